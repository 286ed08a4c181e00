"""Acknowledging, and the pages of the watch."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from ecc_site.core.models import Act, AuditEntry
from ecc_site.models import Alert, Bound, Measurement
from ecc_site.overview.to_do.alerts import open_alerts
from ecc_site.watch.bounds import bounds_for, proposal
from ecc_site.watch.measuring import watch
from ecc_site.watch.subjects import SUBJECTS

pytestmark = pytest.mark.django_db


@pytest.fixture
def alert(shop) -> Alert:
    shop.goes_on(texts=["in stock"] * 200 + [""] * 100)
    watch()
    return Alert.objects.get(subject="empty")


def entered(**changes) -> dict:
    """The general bounds as the form sends them when nobody has touched it."""
    shares = {key for key, subject in SUBJECTS.items() if subject.unit.value == "share"}
    values = {key: 100 * s.bound if key in shares else s.bound for key, s in SUBJECTS.items()}
    return {**values, **{f"watch_{key}": "on" for key in SUBJECTS}, **changes}


# --- one alert


def test_it_is_acknowledged_once_with_a_note_that_the_audit_log_has(alert, as_manager, manager, as_admin):
    as_manager.post(f"/watch/{alert.pk}/acknowledge/", {"note": "the warehouse was closed"})
    as_admin.post(f"/watch/{alert.pk}/acknowledge/", {"note": "me too"})
    alert.refresh_from_db()
    assert (alert.state, alert.acknowledged_by, alert.note) == ("acknowledged", manager, "the warehouse was closed")
    entry = AuditEntry.objects.get(act=Act.ACKNOWLEDGED)
    assert (entry.by, entry.detail, entry.target) == (manager, "the warehouse was closed", "Empty answers · shop · v1")


def test_a_note_that_is_too_long_is_not_lost(alert, as_manager):
    page = as_manager.post(f"/watch/{alert.pk}/acknowledge/", {"note": "x" * 501}).content.decode()
    assert "x" * 501 in page
    assert Alert.objects.open().filter(pk=alert.pk).exists()


def test_an_acknowledged_alert_is_not_open_yet_lasts(alert, as_manager):
    as_manager.post(f"/watch/{alert.pk}/acknowledge/")
    assert not Alert.objects.open().filter(pk=alert.pk).exists()
    assert Alert.objects.lasting().filter(pk=alert.pk).exists()


def test_its_page_shows_what_is_behind_it_and_leads_there(alert, as_manager, shop):
    page = as_manager.get(f"/watch/{alert.pk}/").content.decode()
    assert page.count("∅") == 20
    assert f"/scores/?dataset={shop.dataset.pk}&amp;kind=human&amp;version={shop.version.pk}&amp;since=" in page
    assert "/dialogues/" in page


def test_an_alert_about_a_subject_that_is_no_more_is_not_shown(alert, as_manager):
    Alert.objects.update(subject="phase of the moon")
    Measurement.objects.filter(subject="empty").update(subject="phase of the moon")
    assert as_manager.get(f"/watch/{alert.pk}/").status_code == 404
    assert as_manager.get("/watch/").status_code == 200


# --- the feed


@pytest.mark.database
def test_the_feed_is_filtered_and_in_the_readers_language(alert, as_manager):
    assert [one.alert for one in as_manager.get("/watch/?state=open&subject=empty").context["told"]] == [alert]
    assert as_manager.get("/watch/?state=over").context["told"] == []
    as_manager.post("/i18n/setlang/", {"language": "zh-hans"})
    with translation.override("zh-hans"):
        assert str(SUBJECTS["empty"].name) in as_manager.get("/watch/").content.decode()


def test_the_feed_asks_as_much_of_thirty_alerts_as_of_one(alert, as_manager):
    def queries() -> int:
        with CaptureQueriesContext(connection) as seen:
            assert as_manager.get("/watch/").status_code == 200
        return len(seen)

    queries()  # the first also asks for the session
    one = queries()
    over = {"state": "over", "ending": "within", "over_at": alert.opened_at}
    for _ in range(30):
        alert.pk = None
        for name, value in over.items():
            setattr(alert, name, value)
        alert.save(force_insert=True)
    assert queries() == one


# --- bounds


def test_what_nobody_touched_is_not_stored(as_manager):
    assert as_manager.post("/watch/bounds/", entered()).status_code == 302
    assert not Bound.objects.exists()
    assert not AuditEntry.objects.exists()


@pytest.mark.database
def test_a_change_is_stored_for_all_and_audited(as_manager, manager):
    as_manager.post("/watch/bounds/", entered(empty="3.5"))
    assert bounds_for(None)["empty"] == pytest.approx(0.035)
    entry = AuditEntry.objects.get(act=Act.CHANGED_BOUND)
    assert (entry.by, entry.target, entry.detail) == (
        manager,
        "Empty answers · all datasets",
        "the usual bound → 3.5%",
    )
    as_manager.post("/watch/bounds/", entered())
    assert not Bound.objects.exists()


def test_a_dataset_has_its_own_where_it_differs(as_manager, shop):
    shop.goes_on(1)
    own = entered(empty="5")
    del own["watch_loops"]
    as_manager.post(f"/watch/bounds/?dataset={shop.dataset.pk}", own)
    assert (bounds_for(shop.dataset)["empty"], bounds_for(shop.dataset)["loops"]) == (0.05, None)
    assert bounds_for(None)["empty"] == SUBJECTS["empty"].bound
    assert Bound.objects.count() == 2


@pytest.mark.parametrize("value", ["101", "-1", "many", ""])
def test_a_bound_that_cannot_be_is_named_and_nothing_is_lost(as_manager, value):
    page = as_manager.post("/watch/bounds/", entered(empty=value, loops="7")).content.decode()
    assert "errorlist" in page
    assert 'value="7"' in page
    assert not Bound.objects.exists()


@pytest.mark.database
def test_a_proposal_lies_beyond_what_the_last_windows_showed(alert, as_manager, shop):
    shown = {"subject": "loops", "dataset": shop.dataset, "version": shop.version, "kind": "human"}
    rows = [Measurement(value=v, low=v - 0.005, high=v + 0.005, **shown) for v in (0.01, 0.012, 0.014, 0.012)]
    assert 0.014 < proposal("loops", rows) < 0.03
    assert proposal("loops", rows[:2]) is None
    drops = [Measurement(value=v, low=v - 0.02, high=v + 0.02) for v in (0.0, 0.01, -0.01)]
    assert -0.1 < proposal("median", drops) < -0.01
    for row in drops:
        row.value, row.low, row.high = 0.1, 0.09, 0.11
    assert proposal("median", drops) == 0, "no bound of a drop lies above 0"


def test_proposals_are_filled_in_when_they_are_asked_for(alert, as_manager, shop):
    for _ in range(2):
        shop.goes_on(120)
        watch()
    address = f"/watch/bounds/?dataset={shop.dataset.pk}"
    proposed = as_manager.get(f"{address}&proposed=1").context["form"]["empty"].value()
    assert proposed != as_manager.get(address).context["form"]["empty"].value()


# --- the overview


def test_the_overview_says_that_answers_got_worse_until_somebody_has_seen_it(alert, as_manager):
    [found] = open_alerts()
    assert (found.text, found.address) == ("1 alert: answers got worse", "/watch/?state=open")
    as_manager.post(f"/watch/{alert.pk}/acknowledge/")
    assert list(open_alerts()) == []
