import pytest

from tests.build import champion, label, shop, turn
from training.models import Label

pytestmark = [pytest.mark.django_db, pytest.mark.database]


def chosen():
    return list(Label.objects.chosen().values_list("text", flat=True))


def test_person_wins_over_teacher_over_corpus():
    asked = turn(shop(), 0)
    label(asked, "corpus", "corpus")
    assert chosen() == ["corpus"]
    label(asked, "teacher", "teacher", teacher=champion())
    assert chosen() == ["teacher"]
    label(asked, "person")
    assert chosen() == ["person"]
    label(asked, "teacher again", "teacher", teacher=champion())
    assert chosen() == ["person"]


def test_the_newest_person_wins():
    asked = turn(shop(), 0)
    label(asked, "first")
    label(asked, "second")
    assert chosen() == ["second"]


def test_when_the_winner_is_rejected_the_next_one_wins():
    asked = turn(shop(), 0)
    label(asked, "teacher", "teacher", teacher=champion())
    person = label(asked, "person")
    Label.objects.filter(pk=person.pk).update(rejected=True, chosen=False)
    Label.objects.choose([asked.pk])
    assert chosen() == ["teacher"]
