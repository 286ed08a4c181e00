"""The pages of the memory: what the shop stands by, who said so, and what a customer would get now."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import translation

from dialogues.models import Dataset, Turn, UsedEntry
from knowledge.erasing import erase
from knowledge.forms import EntryForm
from knowledge.models import Clock, Entry, Pair, TrialJob
from knowledge.trials import answer_trial
from review.desk.verdicts import record
from review.models import RoundItem
from review.remembering import origins_of
from serving.models import Alias, Version
from tests import build
from training.models import Label

pytestmark = [pytest.mark.django_db, pytest.mark.database]
A_REPLY = {"kind": "reply", "wordings": "怎么退货\n\n我要退货", "text": "亲，7天内都可以退哦", "language": "zh"}


@pytest.fixture
def entry():
    return Entry.objects.add(by=None, wordings=["怎么退货"], kind="reply", source="page", text="亲，7天内都可以退哦")


def text_of(response):
    return response.content.decode()


def test_an_entry_is_written_found_changed_and_removed(as_manager, manager):
    as_manager.post("/memory/add/", A_REPLY)
    entry = Entry.objects.get()
    assert [wording.text for wording in entry.wordings.all()] == ["怎么退货", "我要退货"]
    assert (entry.state, entry.source, entry.author) == ("active", "page", manager)
    assert "7天内都可以退" in text_of(as_manager.get("/memory/?contains=我要"))
    as_manager.post(f"/memory/{entry.pk}/", A_REPLY | {"text": "亲，15天内都可以退哦"})
    as_manager.post(f"/memory/{entry.pk}/state/", {"act": "remove", "reason": "wrong"})
    assert "15天" not in text_of(as_manager.get("/memory/"))
    assert "15天" in text_of(as_manager.get("/memory/?state=removed"))
    page = text_of(as_manager.get(f"/memory/{entry.pk}/"))
    assert "wrong" in page
    assert "亲，7天内都可以退哦" in page, "earlier revisions are shown"
    as_manager.post(f"/memory/{entry.pk}/state/", {"act": "restore"})
    entry.refresh_from_db()
    assert (entry.state, Clock.now()) == ("active", 4)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"wordings": " \n "}, "wordings"),
        ({"text": " "}, "text"),
        ({"text": "x" * 4001}, "text"),
        ({"valid_from": "2026-05-02", "valid_until": "2026-05-01"}, "valid_until"),
        ({"kind": "idea"}, "kind"),
        ({"language": "fr"}, "language"),
    ],
)
def test_bad_input_is_named_and_nothing_is_written(as_manager, entry, change, field):
    for address in ("/memory/add/", f"/memory/{entry.pk}/"):
        if field == "kind" and address != "/memory/add/":
            continue  # the kind of an entry stays
        response = as_manager.post(address, A_REPLY | change)
        assert list(response.context["form"].errors) == [field]
    assert Clock.now() == 1


def test_a_question_over_several_lines_stays_one(as_manager, entry):
    said = ["你好\n什么时候发货", "几天  能到"]
    entry.change(by=None, wordings=said)
    shown = as_manager.get(f"/memory/{entry.pk}/").context["form"]["wordings"].value()
    assert shown == "你好 什么时候发货\n几天 能到"
    as_manager.post(f"/memory/{entry.pk}/", A_REPLY | {"wordings": f"{shown}\n要多久"})
    assert [wording.text for wording in entry.wordings.all()] == [*said, "要多久"], "“你好” alone would get this reply"


def test_what_somebody_else_saved_meanwhile_is_not_replaced_unseen(as_manager, entry, person):
    opened = as_manager.get(f"/memory/{entry.pk}/").context["form"]["seen"].value()
    entry.change(by=person("bob", "manager"), text="亲，30天内都可以退哦", wordings=["怎么退货", "能退吗"])
    mine = A_REPLY | {"text": "亲，15天内都可以退哦", "seen": opened}

    refused = as_manager.post(f"/memory/{entry.pk}/", mine)
    entry.refresh_from_db()
    assert entry.text == "亲，30天内都可以退哦"
    assert "Meanwhile bob changed this entry (Questions, Reply, fact or rule)" in text_of(refused)
    assert all(text in text_of(refused) for text in ("能退吗", "亲，15天内都可以退哦")), "something is not to be seen"

    as_manager.post(f"/memory/{entry.pk}/", mine | {"seen": refused.context["form"]["seen"].value()})
    entry.refresh_from_db()
    assert entry.text == "亲，15天内都可以退哦"


def test_all_who_changed_it_meanwhile_and_all_that_they_changed_is_named(as_manager, entry, person):
    opened = entry.revision
    entry.change(by=person("bob", "manager"), text="亲，30天内都可以退哦")
    entry.remove(by=person("carol", "manager"))
    refused = as_manager.post(f"/memory/{entry.pk}/", A_REPLY | {"seen": opened})
    assert "Meanwhile bob, carol changed this entry (Reply, fact or rule, State)" in text_of(refused)


def test_what_was_changed_and_changed_back_is_in_nobodys_way(as_manager, entry):
    opened, text = entry.revision, entry.text
    entry.change(by=None, text="亲，30天内都可以退哦")
    entry.change(by=None, text=text)
    assert as_manager.post(f"/memory/{entry.pk}/", A_REPLY | {"seen": opened}).status_code == 302


@pytest.mark.parametrize("seen", ["-1", "7", "9" * 30, "x"])
def test_a_revision_that_there_cannot_be_breaks_nothing(seen, as_manager, entry):
    assert as_manager.post(f"/memory/{entry.pk}/", A_REPLY | {"seen": seen}).status_code in (200, 302)
    assert as_manager.post("/memory/add/", A_REPLY | {"seen": seen}).status_code in (200, 302)


def test_questions_that_look_alike_on_the_page_are_all_kept(as_manager, entry):
    questions = ["几天 能到", "几天  能到", "你好\n什么时候发货"]
    entry.change(by=None, wordings=questions)
    opened, shown = entry.revision, as_manager.get(f"/memory/{entry.pk}/").context["form"]["wordings"].value()
    as_manager.post(f"/memory/{entry.pk}/", A_REPLY | {"wordings": shown})
    assert [wording.text for wording in entry.wordings.all()] == questions
    entry.change(by=None, wordings=["几天 能到"])
    refused = as_manager.post(f"/memory/{entry.pk}/", A_REPLY | {"wordings": shown, "seen": opened})
    seen = refused.context["form"]["seen"].value()
    as_manager.post(f"/memory/{entry.pk}/", A_REPLY | {"wordings": shown, "seen": seen})
    assert [wording.text for wording in entry.wordings.all()] == questions


def test_as_many_characters_as_fit_are_counted_as_they_are_stored(as_manager, entry):
    entry.change(by=None, wordings=[f"{i:04}" + "退" * 45 for i in range(2000)])
    shown = as_manager.get(f"/memory/{entry.pk}/").context["form"]["wordings"].value().replace("\n", "\r\n")
    assert as_manager.post(f"/memory/{entry.pk}/", A_REPLY | {"wordings": shown}).status_code == 302
    assert "At most 100000 characters" in text_of(
        as_manager.post(f"/memory/{entry.pk}/", A_REPLY | {"wordings": shown + "\r\n一二三"})
    )


def test_nobody_else_changes_it_between_the_look_and_the_writing(as_manager, entry, monkeypatch):
    is_valid = EntryForm.is_valid

    def meanwhile(form):
        assert held == [1], "another could write"
        return is_valid(form)

    held = []
    monkeypatch.setattr(Clock, "hold", classmethod(lambda cls: held.append(1)))
    monkeypatch.setattr(EntryForm, "is_valid", meanwhile)
    as_manager.post(f"/memory/{entry.pk}/", A_REPLY)
    assert held == [1]


def test_what_was_erased_does_not_come_back_by_what_somebody_read_before(entry, manager):
    entry.change(by=None, origin="d1")
    entry.remove(by=manager)
    before = Entry.objects.get(pk=entry.pk)
    erase("d1", [entry.pk], ["怎么退货"], manager)
    before.restore(by=manager)
    assert Entry.objects.get().state == "removed"


def test_saved_without_a_change_it_stays_as_it_is(as_manager, entry):
    entry.change(by=None, text="亲，可以退\n请保留吊牌", context="在吗\n我买了鞋")
    as_a_browser_sends = {
        name: field.value().replace("\n", "\r\n") if isinstance(field.value(), str) else field.value()
        for name, field in ((field.name, field) for field in as_manager.get(f"/memory/{entry.pk}/").context["form"])
        if field.value() not in (None, False)
    }
    as_manager.post(f"/memory/{entry.pk}/", as_a_browser_sends)
    entry.refresh_from_db()
    assert (entry.text, entry.context) == ("亲，可以退\n请保留吊牌", "在吗\n我买了鞋")
    assert entry.revisions.count() == 3


def test_what_was_erased_is_not_filled_again(as_manager, manager, entry):
    entry.change(by=None, origin="d1")
    opened = A_REPLY | {"seen": entry.revision}
    erase("d1", [entry.pk], ["怎么退货"], manager)
    said = as_manager.post(f"/memory/{entry.pk}/", opened, follow=True)
    assert "nothing can be written into it any more" in text_of(said)
    assert "<textarea" not in text_of(said)
    entry.refresh_from_db()
    assert (entry.is_erased, entry.state, entry.wordings.count()) == (True, "removed", 0)


def test_nothing_is_written_as_if_it_was_erased(as_manager, entry):
    as_manager.post(f"/memory/{entry.pk}/", A_REPLY | {"text": "[erased]"})
    entry.refresh_from_db()
    assert not entry.is_erased


@pytest.mark.parametrize(("begins", "said"), [("", "The next answer uses it."), ("2999-01-01", "Saved.")])
def test_it_says_that_the_next_answer_uses_it_where_it_does(begins, said, as_manager, entry):
    response = as_manager.post(f"/memory/{entry.pk}/", A_REPLY | {"valid_from": begins}, follow=True)
    assert ("The next answer uses it." in text_of(response)) == (begins == "")
    assert said in text_of(response)


def test_an_entry_with_many_questions_can_be_changed(as_manager, entry):
    entry.change(by=None, wordings=[f"第{i}种问法，怎么退货" for i in range(500)])
    shown = as_manager.get(f"/memory/{entry.pk}/").context["form"]["wordings"].value()
    assert as_manager.post(f"/memory/{entry.pk}/", A_REPLY | {"wordings": shown}).status_code == 302


def test_what_never_leaves_cannot_be_set_free(as_manager, entry):
    entry.change(by=None, never_leaves=True)
    as_manager.post(f"/memory/{entry.pk}/", A_REPLY | {"text": "亲，15天内都可以退哦"})
    entry.refresh_from_db()
    assert (entry.never_leaves, entry.text) == (True, "亲，15天内都可以退哦")


def test_a_fact_has_no_questions(as_manager):
    as_manager.post("/memory/add/", A_REPLY | {"kind": "fact", "context": "x"})
    assert (Entry.objects.get().wordings.count(), Entry.objects.get().context) == (0, "")


def test_many_are_approved_at_once(as_manager, entry):
    proposed = [
        Entry.objects.add(by=None, wordings=[f"q{i}"], kind="reply", source="verdict", text=f"r{i}", state="proposed")
        for i in range(3)
    ]
    assert "Approve the ticked ones" in text_of(as_manager.get("/memory/"))
    ticked = [str(proposed[0].pk), str(proposed[2].pk), str(entry.pk), "x", "9" * 40]
    page = as_manager.post("/memory/approve/", {"entry": ticked}, follow=True)
    assert "2 entries are approved" in text_of(page)
    assert list(Entry.objects.filter(state="proposed")) == [proposed[1]]


def test_the_list_says_how_often_an_entry_answered_and_how_well(as_manager, entry, reviewed):
    answers = [comparison.end for comparison in reviewed.comparisons.order_by("id")[:2]]
    for answer, use in zip(answers, ("direct", "better"), strict=True):
        UsedEntry.objects.create(answer=answer, entry=entry, use=use)
    UsedEntry.objects.create(answer=reviewed.comparisons.last().end, entry=entry, use="example")
    use = as_manager.get("/memory/").context["rows"][0][2]
    assert use == {"count": 2, "mean": pytest.approx(0.15)}
    assert text_of(as_manager.get(f"/memory/{entry.pk}/")).count("reply") >= 3


def test_the_list_asks_a_fixed_number_of_questions(as_manager, django_assert_max_num_queries):
    for i in range(30):
        Entry.objects.add(by=None, wordings=[f"q{i}"], kind="reply", source="page", text=f"r{i}")
    with django_assert_max_num_queries(14):
        as_manager.get("/memory/")


def test_where_it_came_from_is_said_in_the_language_of_the_reader(annotator, round_, manager):
    Dataset.objects.update(remembers_at_once=True)
    item = RoundItem.objects.filter(round=round_).first()
    verdict = record(annotator, item, build.verdict_input("both_bad", correction="within 7 days"))
    written = Entry.objects.add(by=manager, wordings=["q"], kind="reply", source="page", text="r")
    with translation.override("en"):
        origins = origins_of(Entry.objects.all())
        assert origins[verdict.entry_id].startswith(f"correction {verdict.pk} by annotator, ")
        assert origins[written.pk].startswith("written here by manager, ")
    with translation.override("zh-hans"):
        assert f"annotator 的修正 {verdict.pk}" in origins_of([verdict.entry])[verdict.entry_id]


# --- what a customer would get now


@pytest.fixture
def champion(tiny_models):
    end = build.version("end", model=str(tiny_models["llama"]), reads_memory=True)
    Alias.move("champion", end)
    return end


def ask(as_manager, question="怎么退货？"):
    """The page of a trial that a worker has done."""
    address = as_manager.post("/memory/ask/", {"question": question}).url
    assert "being asked" in text_of(as_manager.get(address))
    TrialJob.objects.get().run(answer_trial)
    return text_of(as_manager.get(address, headers={"HX-Request": "true"}))


def test_a_question_is_answered_with_the_memory_as_it_is(as_manager, champion, entry):
    page = ask(as_manager)
    assert f'data-trial-answer lang="zh" dir="auto">{entry.text}<' in page
    assert f"/memory/{entry.pk}/" in page
    assert "hx-get" not in page, "it is not asked again"
    TrialJob.objects.all().delete()
    entry.remove(by=None)
    page = ask(as_manager)
    assert entry.text not in page
    assert "Nothing of the memory was used" in page


def test_a_version_that_reads_no_memory_says_so(as_manager, champion, entry):
    Version.objects.update(reads_memory=False)
    assert "reads no memory" in ask(as_manager)


def test_without_a_model_it_says_so(as_manager):
    page = ask(as_manager)
    assert "No end model answers customers yet" in page


def test_an_empty_question_is_refused(as_manager):
    assert as_manager.post("/memory/ask/", {"question": " "}).context["trial_form"].errors
    assert as_manager.get("/memory/ask/?state=removed").url == "/memory/?state=removed"
    assert not TrialJob.objects.exists()


def test_a_file_is_imported_and_what_was_left_out_is_named(as_manager):
    lines = SimpleUploadedFile("faq.csv", "question,reply\n怎么退货,7天内\n,无\n".encode())
    page = text_of(as_manager.post("/memory/import/", {"file": lines}))
    assert "1 remembered, 0 known before, 1 lines left out" in page
    assert "Line 3: “question” is empty or no text." in page
    refused = as_manager.post("/memory/import/", {"file": SimpleUploadedFile("faq.csv", b"a,b\n")})
    assert "has to name the columns" in text_of(refused)


def test_of_what_is_removed_it_says_that_a_reply_is_still_to_be_learned(as_manager, reviewed):
    label = build.label(Turn.objects.filter(dialogue__split="train").first(), "better", chosen=True)
    Entry.objects.add(by=None, wordings=["q"], kind="reply", source="label", text="better").labels.add(label)
    address = f"/memory/{label.active_entry.pk}/"
    assert "data-to-learn" not in text_of(as_manager.get(address))
    as_manager.post(f"{address}state/", {"act": "remove"})
    assert f'/labels/{label.pk}/">Reject it there too' in text_of(as_manager.get(address))
    Label.objects.update(chosen=False)
    assert "data-to-learn" not in text_of(as_manager.get(address))


@pytest.fixture
def pair(entry):
    other = Entry.objects.add(by=None, wordings=["怎么退货？"], kind="reply", source="page", text="不支持退货")
    return Pair.objects.create(first=entry, second=other, kind="conflict", similarity=1, likeness=0.1)


def seen_of(page):
    return re.findall(r'name="seen" value="(\d+)"', text_of(page))


def test_two_entries_that_contradict_are_shown_and_decided(as_manager, pair):
    page = as_manager.get("/memory/")
    assert text_of(page).count("data-pair") == 1
    assert "Merge" not in text_of(page)
    as_manager.post(f"/memory/pairs/{pair.pk}/", {"act": "first", "seen": seen_of(page)})
    pair.second.refresh_from_db()
    assert pair.second.state == "removed"
    assert "data-pair" not in text_of(as_manager.get("/memory/"))


def test_who_decides_what_is_decided_is_told(as_manager, manager, pair):
    seen = seen_of(as_manager.get("/memory/"))
    pair.decide("both", manager)
    page = as_manager.post(f"/memory/pairs/{pair.pk}/", {"act": "first", "seen": seen}, follow=True)
    assert "These two need no decision any more" in text_of(page)
    Pair.objects.all().delete()  # as once they are about something else
    page = as_manager.post(f"/memory/pairs/{pair.pk}/", {"act": "first", "seen": seen}, follow=True)
    assert "These two need no decision any more" in text_of(page)
    assert Entry.objects.filter(state="active").count() == 2


def test_who_decides_on_what_was_changed_meanwhile_is_told_and_sees_it(as_manager, pair):
    seen = seen_of(as_manager.get("/memory/"))
    pair.second.change(by=None, text="亲，30天内都可以退哦")
    for sent in (seen, [], seen[:1]):
        page = as_manager.post(f"/memory/pairs/{pair.pk}/", {"act": "first", "seen": sent}, follow=True)
        assert "Meanwhile one of the two was changed" in text_of(page)
    assert Entry.objects.filter(state="active").count() == 2
    assert "亲，30天内都可以退哦" in text_of(page)
    as_manager.post(f"/memory/pairs/{pair.pk}/", {"act": "first", "seen": seen_of(page)})
    assert Entry.objects.get(state="active") == pair.first


def test_a_reason_with_what_no_database_stores_is_kept_without_it(as_manager, pair):
    as_manager.post(f"/memory/{pair.first.pk}/state/", {"act": "remove", "reason": "wrong\x00"})
    assert pair.first.revisions.latest("number").reason == "wrong\ufffd"


def test_a_pair_that_was_asked_for_comes_first(as_manager, pair):
    for text in ("a", "b"):
        other = Entry.objects.add(by=None, wordings=["怎么退货"], kind="reply", source="page", text=text)
        Pair.objects.create(first=pair.first, second=other, kind="conflict", similarity=1, likeness=0.1)
    assert as_manager.get(f"/memory/?pair={pair.pk}").context["pairs"][0] == pair
    assert len(as_manager.get("/memory/?pair=x").context["pairs"]) == 3


def test_without_an_act_nothing_is_decided(as_manager, pair):
    seen = seen_of(as_manager.get("/memory/"))
    page = as_manager.post(f"/memory/pairs/{pair.pk}/", {"seen": seen}, follow=True)
    assert "Choose which of the two to keep, or both." in text_of(page)
    assert text_of(page).count("data-pair") == 1


def test_what_would_be_lost_by_merging_is_named_in_place_of_the_button(as_manager, pair):
    Pair.objects.update(kind="duplicate")
    assert "Merge" in text_of(as_manager.get("/memory/"))
    pair.second.change(by=None, language="zh")
    page = as_manager.get("/memory/")
    assert "Cannot be merged, since these differ: Language." in text_of(page)
    sent = {"act": "merge", "seen": seen_of(page)}
    assert "Cannot be merged" in text_of(as_manager.post(f"/memory/pairs/{pair.pk}/", sent, follow=True))
    assert Entry.objects.filter(state="active").count() == 2
