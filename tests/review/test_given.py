"""Answers and verdicts that came with a file become comparisons, and verdicts of whoever takes them over."""

import json

import pytest

from dialogues.importing.run import import_file
from dialogues.models import Answer, Comparison, Dataset, GivenVerdict, ImportJob
from review.given import take_over
from review.models import Round, TakeOverJob, Verdict
from tests import build

pytestmark = [pytest.mark.django_db, pytest.mark.database]


def imported(tmp_path, *records, name="shop.jsonl"):
    path = tmp_path / name
    path.write_text("\n".join(json.dumps(record, ensure_ascii=False) for record in records), encoding="utf-8")
    job = ImportJob.objects.create(dataset_name="shop", path=str(path), file_name=name)
    job.run(import_file)
    job.refresh_from_db()
    return job


def said(question, split="train", **given):
    record = build.record(question, f"agent on {question}", split=split)
    record["turns"][0] |= given
    return record


def taken_over(by):
    job = TakeOverJob.objects.create(dataset=Dataset.objects.get(name="shop"), created_by=by)
    job.run(take_over)
    job.refresh_from_db()
    return job


def test_answers_of_a_file_are_compared_with_each_other_and_with_the_agents(tmp_path):
    assert imported(tmp_path, said("在吗", end="在", cloud="亲，在的")).state == "done"
    answers = {answer.source: answer for answer in Answer.objects.exclude(source="model")}
    assert answers["human"].text == "agent on 在吗"
    models = {answer.version.kind: answer.text for answer in Answer.objects.filter(source="model")}
    assert models == {"end": "在", "cloud": "亲，在的"}
    assert sorted(Comparison.objects.values_list("kind", flat=True)) == ["cloud", "human"]
    assert [c.answer_count for c in Dataset.objects.get().coverages.all()] == [1, 1]


def test_verdicts_are_taken_over_once_by_kind_and_split(tmp_path, manager):
    verdict = {"preference": "reference", "correction": "亲，马上发", "by": "小王"}
    records = [
        said("什么时候发货", end="不知道", cloud="今天发", verdict=verdict),
        said("能退吗", end="能", verdict="end"),
        said("质量好吗", split="test", end="好", cloud="很好", verdict="tie"),
        said("没有评价", end="好", cloud="很好"),
    ]
    imported(tmp_path, *records)
    assert GivenVerdict.objects.count() == 3
    job = taken_over(manager)
    assert (job.state, job.done, job.skipped, job.error) == ("done", 3, 0, "")
    rounds = {(r.purpose, r.kind, r.verdict_count, r.wanted_count) for r in Round.objects.all()}
    assert rounds == {("teach", "cloud", 1, 1), ("teach", "human", 1, 1), ("measure", "cloud", 1, 1)}
    corrected = Verdict.objects.get(current__preference="reference").current
    assert (corrected.correction, corrected.note) == ("亲，马上发", "小王")
    assert taken_over(manager).done == 0
    assert Verdict.objects.count() == 3


@pytest.mark.parametrize(("given", "field"), [({"end": 5}, "turns[].end"), ({"verdict": "best"}, "turns[].verdict")])
def test_what_is_given_wrongly_is_named_and_nothing_of_it_kept(tmp_path, given, field):
    job = imported(tmp_path, said("在吗", **given), said("hello"))
    assert (job.added, job.problem_count) == (1, 1)
    assert job.problems.get().field == field


def test_a_table_may_have_answers_and_verdicts_in_columns(tmp_path):
    path = tmp_path / "pairs.csv"
    path.write_text("question,answer,end,cloud,verdict\n在吗,在的,不在,亲在的,cloud\n", encoding="utf-8")
    job = ImportJob.objects.create(dataset_name="shop", path=str(path), file_name=path.name)
    job.run(import_file)
    assert GivenVerdict.objects.get().preference == "reference"
    assert Comparison.objects.count() == 2


def test_consecutive_messages_keep_what_the_last_was_given(tmp_path):
    record = said("在吗", end="在")
    record["turns"].insert(0, {"role": "customer", "text": "你好"})
    imported(tmp_path, record)
    assert Answer.objects.get(source="model").turn.text == "你好\n在吗"


def test_what_is_given_is_redacted_like_what_was_said(tmp_path):
    verdict = {"preference": "end", "correction": "打13912345678"}
    imported(tmp_path, said("我的电话13800138000", end="记下了13800138000", cloud="好的", verdict=verdict))
    answers = set(Answer.objects.filter(source="model").values_list("text", flat=True))
    assert answers == {"记下了[PHONE_1]", "好的"}
    assert GivenVerdict.objects.get().correction == "打[PHONE_2]"
