import uuid
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from dialogues.models import UsedEntry
from knowledge.models import Entry
from review.desk.assignment import next_item
from review.models import Assignment, Verdict, VerdictRevision

pytestmark = pytest.mark.django_db


def desk_of(client, round_, **headers):
    return client.get(reverse("review:desk", args=[round_.pk]), headers=headers)


def first_on(client, round_):
    return desk_of(client, round_).context["desks"][0].item


def judge(client, round_, item, **values):
    data = {"key": uuid.uuid4(), "preference": "end", "seconds": "1.5"} | values
    return client.post(reverse("review:verdict", args=[round_.pk, item.pk]), data)


def test_the_desk_shows_the_conversation_both_answers_and_the_score(as_annotator, round_):
    page = desk_of(as_annotator, round_).content.decode()
    for shown in ("customer 0.0", "v1 customer 0.0", "agent 0.0", "0.10", "0 / 6"):
        assert shown in page
    first = page[: page.index("</article>")]
    assert "agent 0.1" not in first  # what was said later is not shown
    assert page.count("<article") == page.count("hidden>\n<form") + 1  # one is shown, the others wait


def test_a_verdict_saves_and_leads_to_the_next(as_annotator, round_):
    values = {"preference": "tie", "correction": "亲，马上发", "note": "too short"}
    response = judge(as_annotator, round_, first_on(as_annotator, round_), **values)
    assert response.url == reverse("review:desk", args=[round_.pk])
    page = as_annotator.get(response.url).content.decode()
    assert "v1 customer 0.1" in page
    assert "1 / 6" in page
    saved = Verdict.objects.get().current
    assert (saved.preference, saved.correction, saved.note, saved.seconds) == ("tie", "亲，马上发", "too short", 1.5)


def test_undo_brings_the_item_back_with_what_was_written(as_annotator, round_):
    item = first_on(as_annotator, round_)
    judge(as_annotator, round_, item, correction="better so")
    as_annotator.post(reverse("review:undo", args=[round_.pk]), {"key": uuid.uuid4()})
    page = desk_of(as_annotator, round_)
    assert page.context["desks"][0].item == item
    assert "better so" in page.content.decode()


@pytest.mark.parametrize("bad", [{"preference": "great"}, {"key": "x"}, {"seconds": "-1"}, {"correction": "x" * 4001}])
def test_bad_input_is_refused_and_the_item_stays(as_annotator, round_, bad):
    item = first_on(as_annotator, round_)
    response = judge(as_annotator, round_, item, **bad)
    assert response.status_code == 422
    assert response.context["desks"][0].item == item
    assert not VerdictRevision.objects.exists()


def test_an_item_of_another_round_is_not_found(as_annotator, round_):
    item = first_on(as_annotator, round_)
    url = reverse("review:verdict", args=[round_.pk + 1, item.pk])
    assert as_annotator.post(url, {"key": uuid.uuid4(), "preference": "end"}).status_code == 404


def test_a_closed_round_is_not_found(as_annotator, round_):
    type(round_).objects.update(is_open=False)
    assert desk_of(as_annotator, round_).status_code == 404


# --- coming back


def pass_on(round_, person):
    """The lease runs out, and somebody else takes the dialogue."""
    Assignment.objects.update(leased_until=timezone.now() - timedelta(seconds=1))
    return next_item(round_, person("bob", "annotator"))


def test_a_verdict_that_comes_too_late_keeps_its_text(as_annotator, round_, person):
    item = first_on(as_annotator, round_)
    assert pass_on(round_, person) == item
    response = judge(as_annotator, round_, item, correction="<b>my reply</b>", note="my note")
    page = response.content.decode()
    assert response.status_code == 409
    assert response.context["desks"][0].item != item
    for kept in ("&lt;b&gt;my reply&lt;/b&gt;", "my note", "This verdict was not saved", "customer 0.0"):
        assert kept in page


def test_what_is_refused_is_still_in_the_form(as_annotator, round_):
    item = first_on(as_annotator, round_)
    response = judge(as_annotator, round_, item, preference="great", correction="my reply", note="my note")
    [desk] = response.context["desks"]
    assert (desk.item, desk.correction, desk.note) == (item, "my reply", "my note")


def test_a_second_tab_is_told_and_shows_what_the_first_has_saved(as_annotator, round_):
    item = first_on(as_annotator, round_)
    judge(as_annotator, round_, item, revision=0, correction="from the first tab")
    response = judge(as_annotator, round_, item, revision=0, preference="tie", note="from the second tab")
    [desk] = response.context["desks"]
    assert response.status_code == 409
    assert (desk.item, desk.correction, desk.note) == (item, "from the first tab", "from the second tab")
    assert f'name="revision" value="{Verdict.objects.get().current.pk}"' in response.content.decode()


def test_somebody_elses_key_is_refused_and_the_item_stays(as_annotator, round_, person, client):
    key = uuid.uuid4()
    judge(as_annotator, round_, first_on(as_annotator, round_), key=key)
    client.force_login(person("bob", "annotator"))
    item = first_on(client, round_)
    response = judge(client, round_, item, key=key, note="mine")
    assert response.status_code == 422
    assert (response.context["desks"][0].item, response.context["desk"].note) == (item, "mine")
    assert client.post(reverse("review:undo", args=[round_.pk]), {"key": key}).status_code == 422


def test_a_late_undo_says_who_reviews_the_item_now(as_annotator, round_, person):
    item = first_on(as_annotator, round_)
    judge(as_annotator, round_, item)
    pass_on(round_, person)
    as_annotator.post(reverse("review:undo", args=[round_.pk]), {"key": uuid.uuid4()})
    assert "the annotator who has the dialogue now" in desk_of(as_annotator, round_).content.decode()


def test_a_manager_who_looks_takes_nothing_until_the_first_verdict(as_manager, manager, round_):
    item = first_on(as_manager, round_)
    assert not Assignment.objects.exclude(state="free").exists()
    judge(as_manager, round_, item)
    assert Verdict.objects.get().assignment.annotator == manager
    assert first_on(as_manager, round_).dialogue_id == item.dialogue_id


def test_the_end_of_a_round_says_so(as_annotator, round_):
    while desks := desk_of(as_annotator, round_).context["desks"]:
        judge(as_annotator, round_, desks[0].item)
    assert "Nothing left for you" in desk_of(as_annotator, round_).content.decode()


def test_the_desk_asks_a_fixed_number_of_questions(as_annotator, round_, django_assert_max_num_queries):
    desk_of(as_annotator, round_)
    with django_assert_max_num_queries(21):
        desk_of(as_annotator, round_)


def test_the_queue_lists_open_rounds(as_annotator, round_):
    assert "week 47" in as_annotator.get(reverse("review:queue")).content.decode()


def test_an_annotators_first_page_is_the_queue(as_annotator):
    assert as_annotator.get("/").url == reverse("review:queue")


def test_verdicts_download_as_csv_without_formulas(as_manager, as_annotator, round_):
    item = first_on(as_annotator, round_)
    judge(as_annotator, round_, item, note="=HYPERLINK(1)")
    response = as_manager.get(reverse("review:verdicts-csv", args=[round_.pk]))
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    header, line = text.splitlines()
    assert header.startswith("verdict,round,annotator")
    assert "'=HYPERLINK(1)" in line
    assert "v1 customer 0.0" in line


def test_a_remembered_answer_says_where_it_came_from(as_annotator, round_, annotator):
    item = round_.items.first()
    entry = Entry.objects.add(by=annotator, wordings=["q"], kind="reply", source="page", text=item.comparison.end.text)
    for i, use in enumerate(("direct", "example")):
        used = entry if not i else Entry.objects.add(by=None, wordings=["q"], kind="reply", source="import", text="x")
        UsedEntry.objects.create(answer=item.comparison.end, entry=used, use=use)
    page = as_annotator.get(f"/review/{round_.pk}/", headers={"Accept-Language": "en"}).content.decode()
    assert page.count("data-remembered") == 1
    assert "from written here by annotator, " in page


def test_numbers_that_the_model_has_read_nowhere_are_named(as_annotator, round_):
    item = round_.items.first()
    entry = Entry.objects.add(by=None, wordings=["q"], kind="reply", source="page", text="within 15 days")
    UsedEntry.objects.create(answer=item.comparison.end, entry=entry, use="example")
    type(item.comparison.turn).objects.filter(pk=item.comparison.turn_id).update(text="where is order 12345678")
    type(item.comparison.end).objects.filter(pk=item.comparison.end_id).update(text="12345678: 15 days, 99.9 yuan")
    page = as_annotator.get(f"/review/{round_.pk}/", headers={"Accept-Language": "en"}).content.decode()
    assert "not in the conversation: 99.9<" in page
