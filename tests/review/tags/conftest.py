import pytest

from dialogues.models import Turn
from review.models import SuggestTagsJob, Tag, TagExample, TurnTag
from review.tags.suggesting import suggest_tags
from tests import build

QUESTIONS = ("怎么退货", "我想退货怎么办", "什么时候发货", "今天能发货吗", "你好")


@pytest.fixture
def make_tag(db):
    def make(name: str, *examples: str, kind: str = "intent", **values) -> Tag:
        tag = Tag.objects.create(name=name, kind=kind, **values)
        TagExample.objects.bulk_create([TagExample(tag=tag, text=text) for text in examples])
        return tag

    return make


@pytest.fixture
def returns(make_tag):
    return make_tag("returns", "怎么退货呢", "想退货")


@pytest.fixture
def shipping(make_tag):
    return make_tag("shipping", "什么时候发货呢", "今天发货吗", position=1)


@pytest.fixture
def asked(db):
    """A dialogue for each question, all of train."""
    return build.dataset(*(build.record(text, "好的", split="train") for text in QUESTIONS))


@pytest.fixture
def turn():
    return lambda text: Turn.objects.get(text=text, role="customer")


@pytest.fixture
def suggest():
    def run(dataset) -> SuggestTagsJob:
        job = SuggestTagsJob.objects.create(dataset=dataset)
        job.run(suggest_tags)
        job.refresh_from_db()
        return job

    return run


@pytest.fixture
def say():
    """Somebody's decision about a turn that had this suggestion; None: none of the tags."""

    def give(turn, suggested, said, by):
        TurnTag.objects.create(turn=turn, tag=suggested, kind=suggested.kind, similarity=0.5)
        TurnTag.objects.decide(turn, suggested.kind, said, by)

    return give
