"""The first profile of a dataset, which is made when somebody asks for it."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from ecc_site.core.models import AuditEntry
from scoring.models import Profile
from scoring.querysets import ProfileQuerySet
from tests import build


@pytest.fixture
def asked(db):
    return build.shop(), build.scorer_set()


@pytest.mark.django_db
def test_it_has_the_defaults_of_the_paper_and_the_theta_of_the_scorers(asked):
    profile = Profile.objects.active_for(*asked)
    assert (profile.revision, profile.alpha, profile.theta, profile.reason) == (1, 0.8, 0.2, "default")
    assert Profile.objects.active_for(*asked) == profile


@pytest.mark.django_db
def test_what_somebody_saves_at_that_moment_stays(asked, monkeypatch):
    make = ProfileQuerySet.get_or_create

    def saved_before(profiles, **values):
        Profile.objects.revise(*asked, alpha=0.6, reason="fits")
        return make(profiles, **values)

    monkeypatch.setattr(ProfileQuerySet, "get_or_create", saved_before)
    assert Profile.objects.active_for(*asked).alpha == 0.6
    assert Profile.objects.count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.database
def test_of_two_who_ask_at_once_both_get_the_same(transactional_db):
    asked, ready = (build.shop(), build.scorer_set()), threading.Barrier(2)

    def ask(_) -> Profile:
        ready.wait()
        try:
            return Profile.objects.active_for(*asked)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        first, second = pool.map(ask, range(2))
    assert first == second == Profile.objects.get()
    assert not AuditEntry.objects.exists()
