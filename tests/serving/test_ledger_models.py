from datetime import date

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import ProtectedError

from serving.models import CloudCall, CloudDay, Version
from serving.runtimes.protocol import CloudProblem

pytestmark = [pytest.mark.django_db, pytest.mark.database]

PASSING = {"busy", "timed_out", "broken"}
LASTING = {"refused", "blocked", "empty"}


@pytest.fixture
def version():
    return Version.objects.create(kind="cloud", name="teacher", model="recorded")


def call(version, **fields):
    return CloudCall.objects.create(version=version, purpose="reference", prompt_hash="0" * 64, messages=[], **fields)


def test_every_outcome_of_a_problem_has_its_word_in_the_ledger():
    assert PASSING | LASTING | {"sent", "answered"} == set(CloudCall.Outcome.values)


@pytest.mark.parametrize("outcome", sorted(PASSING | LASTING))
def test_a_problem_may_pass_or_it_may_not(outcome):
    assert CloudProblem(outcome, "why").may_pass is (outcome in PASSING)


def test_a_new_call_is_one_without_an_answer_yet(version):
    row = call(version)
    assert (row.outcome, row.attempts, row.tokens_in, row.tokens_out, row.latency_ms) == ("sent", 0, 0, 0, None)


def test_messages_are_kept_as_they_were_sent(version):
    said = [{"role": "customer", "text": "打 [PHONE_1] “好吗”\n\t🙂"}]
    row = call(version)
    CloudCall.objects.filter(pk=row.pk).update(messages=said)
    assert CloudCall.objects.get().messages == said


@pytest.mark.parametrize("field", ["tokens_in", "tokens_out", "attempts", "redactions"])
def test_the_ledger_counts_nothing_below_zero(version, field):
    with pytest.raises(IntegrityError), transaction.atomic():
        call(version, **{field: -1})


def test_a_version_with_calls_in_the_ledger_cannot_be_deleted(version):
    call(version)
    with pytest.raises(ProtectedError):
        version.delete()


def test_the_newest_call_comes_first(version):
    rows = [call(version) for _ in range(3)]
    assert list(CloudCall.objects.all()) == rows[::-1]


def test_a_day_has_one_row():
    CloudDay.objects.create(day=date(2026, 3, 1))
    with pytest.raises(IntegrityError), transaction.atomic():
        CloudDay.objects.create(day=date(2026, 3, 1))


def test_the_filters_of_the_ledger_have_their_indexes():
    with connection.cursor() as cursor:
        constraints = connection.introspection.get_constraints(cursor, CloudCall._meta.db_table)
    indexed = [tuple(one["columns"]) for one in constraints.values() if one["index"]]
    assert ("outcome", "id") in indexed
    assert ("version_id", "id") in indexed
