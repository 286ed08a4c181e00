import pytest

from review.desk.verdicts import record
from review.models import VerdictRevision
from tests.build import make_round


@pytest.fixture
def overlapping(spec):
    """Three train dialogues of two items, for three people each."""
    return make_round(spec(overlap=3), by=None)


@pytest.fixture
def say(verdict_input):
    """Somebody's verdict about an item, as if the queue had offered it; values are those of the revision."""

    def give(who, item, preference="end", correction="", note="", **values):
        free = item.round.assignments.filter(dialogue=item.dialogue_id)
        if not free.filter(annotator=who).exists():
            place = free.filter(annotator=None).order_by("n").first()
            type(place).objects.filter(pk=place.pk).update(annotator=who, state="taken")
        said = verdict_input(preference, correction=correction, note=note)
        verdict = record(who, item, said)
        VerdictRevision.objects.filter(pk=verdict.current_id).update(**values)
        return verdict

    return give


@pytest.fixture
def people(person):
    return [person(name, "annotator") for name in ("ann", "bob", "cid")]


@pytest.fixture
def items(overlapping):
    """In the order of the walk: dialogue by dialogue."""
    return list(overlapping.items.select_related("round", "comparison__turn").order_by("dialogue_id", "position"))
