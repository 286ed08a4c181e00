"""Every address of the site with what it takes, for the guards that walk all of them."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import urlencode

from django.urls import URLPattern, reverse


@dataclass(frozen=True)
class Page:
    """`needs` is the least role; `of` names the rows of the world whose ids are in the address.

    `quotes`: it shows something that a person or a model wrote.
    """

    needs: str
    of: tuple[str, ...] = ()
    methods: str = "GET"
    data: dict = field(default_factory=dict)
    fixed: dict = field(default_factory=dict)
    names: tuple[str, ...] = ("pk",)
    quotes: bool = True

    def address(self, name: str, world) -> str:
        ids = {key: getattr(world, row).pk for key, row in zip(self.names, self.of, strict=False)}
        return reverse(name, kwargs={**ids, **self.fixed})


SITE = {
    "home": Page("signed in"),
    "find": Page("signed in"),
    "healthz": Page("anybody"),
    "login": Page("anybody", methods="GET POST"),
    "logout": Page("anybody", methods="POST"),
    "password_change": Page("signed in", methods="GET POST", quotes=False),
    "tokens": Page("annotator", methods="GET POST"),
    "revoke-token": Page("annotator", methods="POST", data={"token": "1"}),
    "api-docs": Page("annotator", quotes=False),
    "api:openapi-json": Page("anybody"),
    "people": Page("admin", quotes=False),
    "add-person": Page("admin", methods="GET POST", quotes=False),
    "person": Page("admin", ("annotator",), quotes=False),
    "change-role": Page("admin", ("annotator",), "POST", {"role": "annotator"}),
    "set-active": Page("admin", ("annotator",), "POST", {"active": "yes"}),
    "unlock-person": Page("admin", ("annotator",), "POST"),
    "revoke-tokens": Page("admin", ("annotator",), "POST"),
    "set_language": Page("anybody", methods="GET POST", data={"language": "en"}),
    "dataset": Page("manager", ("dataset",)),
    "dataset-work": Page("manager", ("dataset",), "POST", {"work": "scores"}),
    "round": Page("manager", ("round",)),
    "dialogue": Page("manager", ("dialogue",)),
    "audit": Page("manager"),
    "privacy": Page("admin"),
    "erase": Page("admin", methods="GET POST", data={"reason": "asked for", "confirmed": "on"}),
    "erasure": Page("manager", ("erase_job",)),
    "dataset-retention": Page("manager", ("dataset",), "POST", {"days": "30"}),
    "watch": Page("manager"),
    "alert": Page("manager", ("alert",)),
    "acknowledge-alert": Page("manager", ("alert",), "POST", {"note": "known"}),
    "watch-bounds": Page("manager", methods="GET POST", data={"watch_empty": "on", "empty": "2"}),
    "recipients": Page("manager", methods="GET POST", data={"channel": "email", "address": "a@shop.example"}),
    "test-configured": Page("manager", methods="POST"),
    "change-recipient": Page("manager", ("recipient",), "POST", {"act": "off"}),
    "memory": Page("manager"),
    "ask": Page("manager", methods="GET POST", data={"question": "怎么退货"}),
    "trial": Page("manager", ("trial_job",)),
    "add-entry": Page("manager", methods="GET POST", data={"kind": "fact", "text": "7 days"}, quotes=False),
    "import-faq": Page("manager", methods="GET POST", quotes=False),
    "decide-pair": Page("manager", ("pair",), "POST", {"act": "both"}),
    "approve-entries": Page("manager", methods="POST", data={"entry": "1"}),
    "entry": Page("manager", ("entry",), "GET POST", {"kind": "fact", "text": "7 days"}),
    "entry-state": Page("manager", ("entry",), "POST", {"act": "remove"}),
    "why": Page("manager", ("score",)),
    "nearest": Page("manager", ("score",), "GET POST"),
    "jobs": Page("manager"),
    "resume-job": Page("manager", ("import_job",), "POST", fixed={"slug": "import"}),
    "job": Page("manager", ("answer_job",), fixed={"slug": "answer"}),
    "cancel-job": Page("manager", ("answer_job",), "POST", fixed={"slug": "answer"}),
    "dialogues:upload": Page("manager", methods="GET POST", quotes=False),
    "dialogues:import": Page("manager", ("draft",)),
    "dialogues:import-choices": Page("manager", ("draft",), "POST", data={"dataset_name": "shop"}),
    "dialogues:start-import": Page("manager", ("draft",), "GET POST"),
    "dialogues:undo-import": Page("manager", ("import_job",), "POST"),
    "dialogues:import-problems": Page("manager", ("import_job",)),
    "dialogues:search": Page("manager"),
    "dialogues:list": Page("manager", ("dataset",)),
    "scores:room": Page("manager"),
    "scores:list-csv": Page("manager"),
    "scores:figure-csv": Page("manager", fixed={"name": "distribution"}),
    "scores:people": Page("manager", quotes=False),
    "scores:what-if": Page("manager"),
    "scores:save-profile": Page(
        "manager",
        methods="POST",
        data={"dataset": "1", "alpha": "0.5", "theta": "0.2", "threshold": "0.5", "reason": "fits"},
    ),
    "scores:take-profile-again": Page("manager", ("profile",), "POST"),
    "serving:ledger": Page("manager"),
    "serving:call": Page("manager", ("call",)),
    "serving:calls-csv": Page("manager"),
    "serving:calls-jsonl": Page("manager"),
    "serving:patterns": Page("manager", methods="GET POST", data={"name": "member_number", "expression": "M[0-9]{8}"}),
    "serving:try-pattern": Page("manager", methods="POST", data={"text": "M12345678", "expression": "M[0-9]{8}"}),
    "serving:change-pattern": Page("manager", ("pattern",), "POST", {"act": "off"}),
    "review:queue": Page("annotator"),
    "review:new-round": Page("manager", ("dataset",), "GET POST", {"preview": "1"}, names=("dataset",)),
    "review:phrases": Page("manager", methods="GET POST", data={"phrases": "in stock"}),
    "review:reviewer": Page("annotator", ("annotator",)),
    "review:release": Page("manager", ("round", "annotator"), "POST", names=("pk", "person")),
    "review:edit-round": Page("manager", ("round",), "GET POST", {"name": "r"}),
    "review:change-round": Page("manager", ("round",), "POST", {"act": "close"}),
    "review:desk": Page("annotator", ("round",)),
    "review:verdict": Page(
        "annotator", ("round", "item"), "POST", {"key": uuid.UUID(int=1), "preference": "tie"}, names=("pk", "item")
    ),
    "review:skip": Page("annotator", ("round", "item"), "POST", {"reason": "unclear"}, names=("pk", "item")),
    "review:defer": Page("annotator", ("round", "item"), "POST", names=("pk", "item")),
    "review:tag": Page("annotator", ("round", "item"), "POST", {"kind": "topic"}, names=("pk", "item")),
    "review:tags": Page("manager"),
    "review:add-tag": Page("manager", methods="GET POST", data={"name": "refund", "kind": "intent"}, quotes=False),
    "review:edit-tag": Page("manager", ("tag",), "GET POST", {"name": "refund", "position": "3"}),
    "review:tag-state": Page("manager", ("tag",), "POST", {"act": "retire"}),
    "review:suggest-tags": Page("manager", methods="POST", data={"dataset": "1"}),
    "review:item": Page("annotator", ("round", "item"), names=("pk", "item")),
    "review:outbox": Page("annotator", ("round",), "POST"),
    "review:outbox-undo": Page("annotator", ("round",), "POST", {"key": str(uuid.uuid4())}),
    "review:adjudicate": Page(
        "manager", ("round", "item"), "POST", {"key": uuid.UUID(int=3), "preference": "tie"}, names=("pk", "item")
    ),
    "review:take-decision-back": Page(
        "manager", ("round", "item"), "POST", {"key": uuid.UUID(int=4)}, names=("pk", "item")
    ),
    "review:disagreements": Page("manager", ("round",)),
    "review:agreement": Page("manager", ("round",)),
    "review:refresh-figures": Page("manager", ("round",), "POST"),
    "review:calibration": Page("manager"),
    "review:calibration-people": Page("manager"),
    "review:work-out-people": Page("manager", methods="POST"),
    "review:recalibrate": Page("manager", methods="POST"),
    "review:use-fit": Page("manager", methods="POST", data={"mark": "0.8 0.2 0.5"}),
    "review:show-learned": Page("manager", methods="POST", data={"act": "show"}),
    "review:calibration-measures": Page("manager"),
    "review:work-out-measures": Page("manager", methods="POST"),
    "review:calibration-measures-csv": Page("manager"),
    "review:undo": Page("annotator", ("round",), "POST", {"key": uuid.UUID(int=2)}),
    "review:exports": Page("manager", ("round",), "GET POST", {"format": "sft"}),
    "review:export-file": Page("manager", ("export_job",)),
    "review:verdicts-csv": Page("manager", ("round",)),
    "training:runs": Page("manager"),
    "training:new-run": Page("manager", methods="GET POST"),
    "training:run": Page("manager", ("run",)),
    "training:prepare-run": Page("manager", ("draft_run",), "POST"),
    "training:start-run": Page("manager", ("draft_run",), "POST"),
    "training:move-run": Page("manager", ("draft_run",), "POST"),
    "training:resume-run": Page("manager", ("draft_run",), "POST"),
    "training:go-on-from": Page("manager", ("run",), "POST", fixed={"step": 1}),
    "training:teach": Page("manager", ("dataset",), "POST"),
    "training:labels": Page("manager"),
    "training:remember-labels": Page("manager", methods="POST"),
    "training:start-labelling": Page("manager", methods="GET POST"),
    "training:go-on-labelling": Page("manager", ("label_job",), "POST"),
    "training:label": Page("manager", ("label",)),
    "training:edit-label": Page("manager", ("label",), "POST", {"text": "better"}),
    "training:judge-label": Page("manager", ("label",), "POST"),
    "training:teacher": Page("manager"),
    "training:ask-teacher": Page("manager", methods="GET POST"),
    "training:versions": Page("manager"),
    "training:version": Page("manager", ("trained",)),
    "training:evaluate": Page("manager", ("trained",), "POST"),
    "training:review-both": Page("manager", ("trained",)),
    "training:promote": Page("manager", ("trained",), "POST", {"reason": "better"}),
    "training:rollback": Page("manager", ("trained",), "POST", {"reason": "worse"}),
    "training:retire": Page("manager", ("trained",), "POST"),
    "training:adapter": Page("manager", ("trained",)),
    "training:merge": Page("manager", ("trained",), "POST"),
    "training:merged": Page("manager", ("trained",)),
    "training:table6": Page("manager", methods="GET POST"),
    "training:table6-csv": Page("manager"),
    "training:table6-latex": Page("manager"),
}


def named_addresses(resolver, space: str = "") -> set[str]:
    """Every named pattern; all of Django's admin counts as the one name `admin`."""
    found = set()
    for entry in resolver.url_patterns:
        if isinstance(entry, URLPattern):
            assert entry.name, f"{entry} has no name, so no test can find it"
            found.add(f"{space}{entry.name}")
        elif entry.namespace == "admin":
            found.add("admin")
        else:
            found |= named_addresses(entry, f"{space}{entry.namespace}:" if entry.namespace else space)
    return found


def pages_to_read() -> dict[str, Page]:
    """What a manager opens in the browser."""
    return {n: page for n, page in SITE.items() if "GET" in page.methods and page.needs not in ("anybody", "admin")}


# --- the REST API, which takes tokens and no session


@dataclass(frozen=True)
class Endpoint:
    """An operation. `of` names the rows of the world whose ids are in the address."""

    needs: str
    scope: str
    method: str = "GET"
    of: dict[str, str] = field(default_factory=dict)
    query: dict[str, str] = field(default_factory=dict)  # name: row of the world
    body: Callable = lambda world: None
    headers: dict = field(default_factory=dict)

    def address(self, name: str, world) -> str:
        ids = {key: getattr(world, row).pk for key, row in self.of.items()}
        asked = urlencode({key: getattr(world, row).pk for key, row in self.query.items()})
        return reverse(f"api:{name}", kwargs=ids) + (f"?{asked}" if asked else "")


API = {
    "list_datasets": Endpoint("manager", "dialogues:read"),
    "list_dialogues": Endpoint("manager", "dialogues:read", query={"dataset": "dataset"}),
    "get_dialogue": Endpoint("manager", "dialogues:read", of={"dialogue_id": "dialogue"}),
    "add_dialogues": Endpoint(
        "manager",
        "dialogues:write",
        "POST",
        body=lambda w: {"dataset": "new", "dialogues": [{"turns": [{"role": "customer", "text": w.text[:20_000]}]}]},
    ),
    "list_answers": Endpoint("manager", "answers:read", query={"dataset": "dataset"}),
    "add_answers": Endpoint(
        "manager",
        "answers:write",
        "POST",
        body=lambda w: {"answers": [{"turn": w.turn.pk, "side": "end", "text": w.text[:20_000]}]},
    ),
    "list_scores": Endpoint("manager", "scores:read", query={"dataset": "dataset"}),
    "list_rounds": Endpoint("annotator", "verdicts:read"),
    "get_next_item": Endpoint("annotator", "verdicts:write", of={"round_id": "round"}),
    "give_verdict": Endpoint(
        "annotator",
        "verdicts:write",
        "POST",
        of={"round_id": "round", "item_id": "item"},
        body=lambda w: {"preference": "tie", "correction": w.text[:4_000]},
        headers={"Idempotency-Key": str(uuid.UUID(int=3))},
    ),
    "list_verdicts": Endpoint("annotator", "verdicts:read", query={"round": "round"}),
}
