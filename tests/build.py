"""Data for the tests in small parts that fit together: people, what was said, answers, scores, rounds, labels, runs.

No part loads a model.
"""

import uuid
from collections.abc import Sequence

from django.contrib.auth.models import Group, User

from dialogues.importing.store import store_batch
from dialogues.importing.turns import parse_turns
from dialogues.models import Answer, Comparison, Dataset, Turn, text_hash
from review.desk.verdicts import VerdictInput
from review.models import Round
from review.rounds import making
from review.rounds.selection import Selection
from scoring.models import Profile, Score, ScorerSet
from serving.models import Version
from serving.runtimes.protocol import EVALUATION
from training.models import Label, Run

SPLITS = ("train", "train", "train", "dev", "test")
SELECTED = ("low", "high", "theta_rule", "against_people", "tag", "random_share", "gold_round", "gold_count")
PARAMETERS = {"method": "lora", "max_steps": 4, "seed": 7}

# --- people


def person(name: str, *roles: str, **values) -> User:
    """A user of this name with these roles, without a password: clients of the tests are signed in without one."""
    user = User.objects.create_user(name, **values)
    user.groups.set(Group.objects.get_or_create(name=role)[0] for role in roles)
    return user


# --- what was said


def record(*texts: str, **fields) -> dict:
    """A line of an import file: customer and agent speak in turns, the customer first."""
    roles = ("customer", "agent")
    return {"turns": [{"role": roles[i % 2], "text": text} for i, text in enumerate(texts)], **fields}


def dataset(*records: dict, name: str = "shop") -> Dataset:
    """A dataset of these dialogues; they are added where there is one of this name."""
    made, _ = Dataset.objects.get_or_create(name=name)
    store_batch(made, [parse_turns(record) for record in records])
    made.refresh_from_db()
    return made


def shop(name: str = "shop", splits: Sequence[str] = SPLITS) -> Dataset:
    """One dialogue a split: `question 0` and the human agent's `reply 0`, and so on."""
    return dataset(*(record(f"question {i}", f"reply {i}", split=split) for i, split in enumerate(splits)), name=name)


def turn(of: Dataset, i: int) -> Turn:
    """The customer's i-th question in a `shop`."""
    return Turn.objects.get(dialogue__dataset=of, text=f"question {i}")


# --- answers and scores


def version(name: str = "v1", **values) -> Version:
    """An end version; its model has the same name and does not exist."""
    return Version.objects.create(**({"kind": "end", "name": name, "model": name} | values))


def champion() -> Version:
    """The end model that is configured, the shipped one."""
    Version.objects.register_configured()
    return Version.objects.champion()


def answered(asked: Dataset, by: Version, texts: Sequence[str | None] = (), settings_hash: str = "x") -> None:
    """An answer to every open turn, `v1 question 0`, beside each reference; a text that is None leaves its turn out."""
    turns = list(Turn.objects.open_in(asked))
    texts = texts or [f"{by.name} {turn.text}" for turn in turns]
    said = {"source": "model", "version": by, "settings_hash": settings_hash, "latency_ms": 5}
    pairs = zip(turns, texts, strict=True)
    Answer.objects.keep([Answer(turn=turn, text=text, **said) for turn, text in pairs if text is not None], asked, by)
    Comparison.objects.pair([turn.pk for turn in turns])


def scorer_set() -> ScorerSet:
    return ScorerSet.objects.get_or_create(
        digest="0" * 64, defaults={"similarity": "by-hand", "match": "by-hand", "theta": 0.2}
    )[0]


def scored(asked: Dataset, by: Version, finals: Sequence, settings_hash: str = EVALUATION.digest) -> None:
    """As answered, and the final scores are these; None leaves one unknown, ... leaves its turn unanswered."""
    turns = Turn.objects.open_in(asked)
    texts = [None if final is ... else f"{by.name} {turn.text}" for turn, final in zip(turns, finals, strict=True)]
    answered(asked, by, texts, settings_hash)
    graded(asked, by, finals)


def graded(asked: Dataset, by: Version, finals: Sequence) -> None:
    """The final scores of the answers to the open turns, in their order."""
    final_of = dict(zip(Turn.objects.open_in(asked).values_list("pk", flat=True), finals, strict=True))
    profile = Profile.objects.active_for(asked, scorer_set())
    unscored = Comparison.objects.filter(dataset=asked, version=by, scores__isnull=True).select_related(
        "dataset", "version"
    )
    Score.objects.bulk_create(_score(comparison, final_of[comparison.turn_id], profile) for comparison in unscored)


def _score(comparison: Comparison, final: float | None, profile: Profile) -> Score:
    # match_cloud is under Θ: the final score is the similarity, whatever α is.
    parts = {"similarity": final, "match_end": 0.5, "match_cloud": 0.1, "final": final}
    repeated = {name: getattr(comparison, name) for name in ("dataset", "version", "kind", "split")}
    return Score(comparison=comparison, scorer_set=profile.scorer_set, profile=profile, **parts, **repeated)


# --- people's verdicts


def round_spec(reviewed: Dataset, **changes) -> tuple[Round, Selection]:
    """What a manager may ask for: everything that v1 answered, the worst first."""
    selected = {"version": None, "order": "worst", "size": 100}
    selected |= {name: changes.pop(name) for name in [*selected, *SELECTED] if name in changes}
    version = selected.pop("version") or Version.objects.get(name="v1")
    usual = {"name": "week 47", "kind": "human", "purpose": "teach"}
    return Round(dataset=reviewed, **(usual | changes)), Selection(versions=(version.pk,), **selected)


def make_round(spec: tuple[Round, Selection], by: User | None = None) -> Round:
    return making.make_round(*spec, by)


def verdict_input(preference: str = "end", **values) -> VerdictInput:
    return VerdictInput(**({"key": uuid.uuid4(), "preference": preference} | values))


# --- what is learned


def label(asked: Turn, text: str, source: str = "person", **values) -> Label:
    """A reply to the turn that is to be learned, and the best label of the turn is chosen."""
    where = {"dataset": asked.dialogue.dataset, "split": asked.dialogue.split}
    if "revision" in values:
        where["round"] = values["revision"].verdict.round
    if source == "person":
        where["origin"] = "correction" if "revision" in values else "by_hand"
    made = Label.objects.create(
        **({"turn": asked, "source": source, "text": text, "text_hash": text_hash(text)} | where | values)
    )
    Label.objects.choose([asked.pk])
    return made


def run(taught: Dataset, base: Version, **values) -> Run:
    """A queued LoRA run of four steps on what people said."""
    usual = {"name": "run", "method": "lora", "parameters": PARAMETERS, "mix": {"person": 100}}
    return Run.objects.create(dataset=taught, base=base, **(usual | values))
