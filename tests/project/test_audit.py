"""Acts that change what customers get, who may do what, or what leaves the site are in one log that nobody edits."""

import pytest
from django.db import transaction
from django.urls import reverse

from ecc_site.core.models import Act, AppendOnly, AuditEntry
from review.models import Round
from scoring.models import Profile
from tests import build
from tests.build import make_round
from tests.project.pages import SITE, pages_to_read

pytestmark = [pytest.mark.django_db, pytest.mark.database]


def entries() -> list[tuple]:
    """Act, person, target and detail of all entries, the oldest first."""
    return list(AuditEntry.objects.order_by("id").values_list("act", "by_name", "target", "detail"))


@pytest.fixture
def versions(db):
    from serving.models import Alias

    old, new = build.version("old"), build.version("new")
    Alias.move("champion", old)
    return old, new


def test_a_promotion_and_its_rollback(versions, as_manager):
    _old, new = versions
    as_manager.post(reverse("training:promote", args=[new.pk]), {"reason": "people like it"})
    as_manager.post(reverse("training:rollback", args=[new.pk]), {"reason": "they do not"})
    assert entries() == [
        ("promoted", "manager", "new", "people like it"),
        ("rolled_back", "manager", "old", "they do not"),
    ]


def test_a_promotion_that_is_refused_is_none(versions, as_manager):
    as_manager.post(reverse("training:promote", args=[versions[1].pk]))
    assert entries() == []


def test_a_version_that_is_retired_and_restored(versions, as_manager):
    address = reverse("training:retire", args=[versions[1].pk])
    for state in ("", "", "candidate", "candidate"):
        as_manager.post(address, {"state": state})
    assert [entry[:3] for entry in entries()] == [("retired", "manager", "new"), ("restored", "manager", "new")]


def test_a_changed_profile_but_not_the_one_that_only_fills_in_the_defaults(world, manager):
    dataset, scorers = build.dataset(build.record("a", "b"), name="shop"), world.scorer_set
    before = AuditEntry.objects.count()
    Profile.objects.active_for(dataset, scorers)
    assert AuditEntry.objects.count() == before
    Profile.objects.revise(dataset, scorers, alpha=0.5, author=manager, reason="fits the verdicts")
    act, who, target, detail = entries()[-1]
    assert (act, who, target) == ("revised_profile", "manager", "shop")
    assert detail.startswith("α 0.5")
    assert detail.endswith("fits the verdicts")


def test_an_opened_round(spec, manager):
    opened = make_round(spec(), by=manager)
    assert entries()[-1][:3] == ("opened_round", "manager", str(opened))


def test_every_download_of_the_site(world, manager, as_manager):
    """Whatever page answers with a file, a later one too."""
    files = 0
    for name in pages_to_read():
        before = AuditEntry.objects.filter(act=Act.EXPORTED).count()
        response = as_manager.get(SITE[name].address(name, world))
        is_file = "attachment" in response.get("Content-Disposition", "")
        files += is_file
        assert AuditEntry.objects.filter(act=Act.EXPORTED).count() == before + is_file, name
    assert files >= 3
    assert set(AuditEntry.objects.filter(act=Act.EXPORTED).values_list("by", flat=True)) == {manager.pk}


def test_what_is_done_in_admin(world, as_admin, person):
    gone = [person(name) for name in ("bob", "carol", "dave")]
    as_admin.post("/admin/auth/group/add/", {"name": "guests"})
    as_admin.post(f"/admin/review/round/{world.round.pk}/change/", {"name": "closed", "guideline_version": 1})
    as_admin.post(f"/admin/auth/user/{gone[0].pk}/delete/", {"post": "yes"})
    ticked = {"action": "delete_selected", "_selected_action": [user.pk for user in gone[1:]], "post": "yes"}
    as_admin.post("/admin/auth/user/", ticked)
    done = [entry[:3] for entry in entries()[-5:]]
    assert done[0] == ("added", "admin", "group: guests")
    assert done[1] == ("changed", "admin", "round: closed")
    assert entries()[-4][3]
    assert done[2] == ("deleted", "admin", "user: bob")
    assert {target for _, _, target in done[3:]} == {"user: carol", "user: dave"}
    assert not Round.objects.get(pk=world.round.pk).is_open


# --- the log


def test_an_act_that_is_undone_leaves_no_entry(spec, manager):
    with transaction.atomic():
        make_round(spec(), by=manager)
        transaction.set_rollback(True)
    assert entries() == []


def test_an_entry_can_be_neither_changed_nor_deleted(manager):
    entry = AuditEntry.objects.record(Act.EXPORTED, "file", by=manager)
    for forbidden in (
        entry.save,
        entry.delete,
        AuditEntry.objects.all().delete,
        lambda: AuditEntry.objects.update(target="other"),
    ):
        with pytest.raises(AppendOnly):
            forbidden()
    assert entries() == [("exported", "manager", "file", "")]


def test_the_name_of_a_person_stays_when_the_account_is_gone(person):
    gone = person("gone")
    AuditEntry.objects.record(Act.EXPORTED, "file", by=gone)
    gone.delete()
    assert AuditEntry.objects.get().by is None
    assert entries() == [("exported", "gone", "file", "")]


def test_the_page_lists_and_filters_page_by_page(manager, admin_user, as_manager, monkeypatch):
    monkeypatch.setattr("ecc_site.core.keyset.keyset_page.__defaults__", ("", 2))
    for i in range(3):
        AuditEntry.objects.record(Act.EXPORTED, f"file {i}", by=manager)
    AuditEntry.objects.record(Act.DISABLED, "eve", by=admin_user)
    first = as_manager.get("/audit/", {"act": "exported"})
    assert [entry.target for entry in first.context["page"].rows] == ["file 2", "file 1"]
    second = as_manager.get("/audit/", {"act": "exported", "after": first.context["page"].next_cursor})
    assert [entry.target for entry in second.context["page"].rows] == ["file 0"]
    by_admin = as_manager.get("/audit/", {"by": admin_user.pk}, headers={"HX-Request": "true"})
    assert [entry.target for entry in by_admin.context["page"].rows] == ["eve"]
    assert by_admin.content.decode().startswith('<div id="audit"')
    assert "disabled an account" in by_admin.content.decode()


def test_the_page_costs_the_same_however_long_the_log(manager, as_manager, django_assert_num_queries):
    for i in range(20):
        AuditEntry.objects.record(Act.EXPORTED, f"file {i}", by=manager)
    as_manager.get("/audit/")
    with django_assert_num_queries(5):  # session, user, roles, the people of the filter, the page
        as_manager.get("/audit/")
