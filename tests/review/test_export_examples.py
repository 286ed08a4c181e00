"""The examples of docs/exports.md are what an export gives, except ids and times."""

import re

import pytest
from django.conf import settings

from dialogues.models import Answer
from review.desk.verdicts import record
from review.exports.formats import FORMATS
from review.exports.judged import NAMES, batches
from review.models import Assignment, Verdict, VerdictRevision
from tests import build
from tests.build import make_round

pytestmark = [pytest.mark.django_db, pytest.mark.database]

PAGE = (settings.BASE_DIR / "docs" / "exports.md").read_text(encoding="utf-8")
EXAMPLES = dict(re.findall(r"<!-- (\S+) -->\n((?:    .*\n)+)", PAGE))
CHANGING = r'("(?:verdict|round_id|item|dialogue|turn)": )\d+'


@pytest.fixture
def judged(annotator):
    """One verdict with a correction about the second question of a dialogue."""
    shop = build.dataset(build.record("在吗", "在的", "怎么退货", "亲，7天内可以退", split="train", id="a1"))
    build.scored(shop, build.version("v1"), [0.9, 0.1])
    Answer.objects.filter(turn__text="怎么退货", source="model").update(text="不知道")
    round_ = make_round(build.round_spec(shop, size=1), by=None)
    Assignment.objects.update(annotator=annotator, state="taken")
    said = {"correction": "亲，7天内可以退，请在订单里申请", "seconds": 8.5}
    record(annotator, round_.items.get(), build.verdict_input("reference", **said))
    VerdictRevision.objects.update(created_at="2026-11-29T10:00:00Z")
    return Verdict.objects.filter(round=round_)


def test_every_format_is_described():
    assert set(FORMATS) - set(re.findall(r"^## `(.+?)`", PAGE, re.MULTILINE)) == set()
    assert {*EXAMPLES, "verdicts.csv"} == set(FORMATS)


def test_every_column_is_described():
    table = "".join(line for line in PAGE.splitlines() if line.startswith("| `"))
    assert set(re.findall(r"`(\w+)`", "".join(re.findall(r"\| (`.+?) \|", table)))) == {*NAMES, "conversation"}


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_example_is_what_is_written(name, judged):
    written = "".join(FORMATS[name]().text(batches(judged)))
    example = re.sub("^    ", "", EXAMPLES[name], flags=re.MULTILINE)
    assert re.sub(CHANGING, r"\1N", written) == re.sub(CHANGING, r"\1N", example)
