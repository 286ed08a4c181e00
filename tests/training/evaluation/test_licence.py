"""A scorer that failed its licence may not promote alone: the gate asks for people's verdicts."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import timezone
from pydantic import TypeAdapter

from dialogues.models import Dataset, Dialogue, EvalSet
from review.calibration.estimating.licence import Licence, Outcome
from review.calibration.kept import same_work
from review.calibration.subjects.licence import LicenceFigures, OfLanguage
from review.desk.verdicts import record
from review.models import CalibrationFigures, CalibrationJob, RoundItem
from review.rounds.selection import Selection
from scoring.models import Profile
from scoring.parameters import Parameters
from serving.models import Alias, Version
from tests import build
from training.evaluation import licence as licences
from training.evaluation.assessing import assess
from training.evaluation.gate import Gate
from training.evaluation.sets import gate_set, regression_set
from training.versions import measuring
from training.versions.gate import start_gate
from training.versions.measuring import NothingLeft, round_of_both

pytestmark = pytest.mark.django_db
ENGLISH = {"Accept-Language": "en"}


@pytest.fixture(scope="module")
def assessed(module_db):
    """Two versions whose answers are scored: v2 is clearly better, and nothing is forgotten."""
    shop = build.shop(splits=["test"] * 40)
    champion, candidate = build.version("v1"), build.version("v2")
    Alias.move("champion", champion)
    build.scored(shop, champion, [0.4 + 0.001 * i for i in range(40)])
    build.scored(shop, candidate, [0.5 + 0.002 * i for i in range(40)])
    general = regression_set().dataset
    for of in (champion, candidate):
        build.scored(general, of, [0.6] * general.open_turn_count)
    for eval_set in (gate_set(shop, "human"), regression_set()):
        assess(candidate, champion, eval_set)


@pytest.fixture
def dataset(assessed, db):
    return Dataset.objects.get(name="shop")


@pytest.fixture
def champion(assessed, db):
    return Version.objects.get(name="v1")


@pytest.fixture
def candidate(assessed, db):
    return Version.objects.get(name="v2")


@pytest.fixture
def licensed(dataset):
    """The licence of the scorer as if it had been worked out: by language."""

    def keep(**outcomes):
        profile = Profile.objects.active_for(dataset, build.scorer_set())
        values = same_work(licences.licence_filter(profile, "human"))
        found = LicenceFigures(
            [OfLanguage(code, 40, 3, Licence(Outcome(of), 0.0, 0.4, 0.15, [])) for code, of in outcomes.items()],
            0,
            Parameters(0.8, 0.2, 0.5),
        )
        CalibrationFigures.objects.update_or_create(
            subject="licence",
            **{name: values[name] for name in ("dataset", "scorer_set", "kind", "digest")},
            defaults={
                "figures": TypeAdapter(LicenceFigures).dump_python(found, mode="json"),
                **{"profile": profile, "revision": 0, "verdict_count": 0, "newest_score": 0, "score_count": 0},
                "at": timezone.now(),
                "chosen": values["chosen"],
            },
        )

    return keep


@pytest.fixture
def gate(dataset, champion, candidate):
    return lambda: Gate.from_scores(candidate, champion, gate_set(dataset, "human"), regression_set())


@pytest.fixture
def judged(gate, annotator):
    """Somebody judges both versions' replies in a round that the gate has drawn: the candidate's are preferred."""

    def give(preferred="end"):
        drawn = round_of_both(gate())
        round_, _selection = build.round_spec(drawn and gate().main.profile.dataset, purpose="measure")
        selection = Selection(
            drawn.versions, "random", len(drawn.comparisons), comparisons=drawn.comparisons, drawn=drawn.drawn
        )
        made = build.make_round((round_, selection))
        for item in made.items.select_related("comparison__version", "round"):
            made.assignments.filter(dialogue=item.dialogue_id).update(annotator=annotator, state="taken")
            of_candidate = item.comparison.version.name == "v2"
            record(annotator, item, build.verdict_input(preferred if of_candidate else "reference"))
        return made

    return give


def test_without_a_licence_worked_out_the_scores_decide(gate):
    assert (gate().licence_outcome, gate().lacks_verdicts, gate().offered) == ("unknown", False, True)


@pytest.mark.parametrize("outcome, offered", [("passed", True), ("too few", True), ("failed", False)])
def test_a_failed_licence_alone_blocks(gate, licensed, outcome, offered):
    licensed(en=outcome)
    assert (gate().licence_outcome, gate().offered, gate().lacks_verdicts) == (outcome, offered, not offered)


def test_only_the_languages_of_the_set_count(gate, licensed):
    licensed(en="passed", zh="failed")
    assert gate().licence_outcome == "passed"
    first = Dialogue.objects.filter(dataset__name="shop").order_by("pk").first()
    Dialogue.objects.filter(pk=first.pk).update(language="zh")
    assert gate().licence_outcome == "passed"  # one of forty
    some = Dialogue.objects.filter(dataset__name="shop").order_by("pk").values_list("pk", flat=True)[:3]
    Dialogue.objects.filter(pk__in=list(some)).update(language="zh")
    assert gate().licence_outcome == "failed" and len(gate().main.licence.failed_in) == 1


def test_a_language_without_a_licence_is_too_few(gate, licensed):
    licensed(zh="passed")
    assert gate().licence_outcome == "too few"


def test_verdicts_on_both_versions_make_up_for_it(gate, licensed, judged):
    licensed(en="failed")
    judged()
    assert gate().main.people.pairs == 40 and gate().is_borne_out
    assert (gate().lacks_verdicts, gate().offered) == (False, True)


def test_verdicts_that_see_no_gain_do_not(gate, licensed, judged):
    licensed(en="failed")
    judged("reference")
    assert (gate().is_borne_out, gate().lacks_verdicts, gate().offered) == (False, True, False)


def test_both_replies_to_a_question_are_drawn(gate, monkeypatch, judged):
    monkeypatch.setattr(measuring, "QUESTIONS", 25)
    made = judged()
    assert made.item_count == 50 and made.dialogue_count == 25
    assert set(RoundItem.objects.values_list("stratum", flat=True)) == {"random"}
    assert gate().main.people.pairs == 25
    left = set(round_of_both(gate()).comparisons)
    assert len(left) == 30 and left.isdisjoint(made.items.values_list("comparison", flat=True))


def test_what_people_have_judged_is_not_drawn_again(gate, judged):
    judged()
    with pytest.raises(NothingLeft):
        round_of_both(gate())


# --- what it costs, and where it is told


def test_the_licence_is_read_in_three_queries(gate, licensed, django_assert_num_queries):
    licensed(en="failed")
    main = gate().main
    with django_assert_num_queries(3):  # the dataset, what is kept, and the languages of the set
        assert main.licence.outcome == "failed"


def test_measuring_lets_a_job_work_out_the_licence(dataset, champion, candidate, judged, manager):
    judged()
    CalibrationJob.objects.all().delete()
    for _ in range(2):
        start_gate(candidate, dataset, "human", manager)
    assert [job.created_by for job in CalibrationJob.objects.all()] == [manager]


@pytest.mark.parametrize(
    "headers, words",
    [(ENGLISH, "The scorer failed its licence"), ({"Accept-Language": "zh-hans"}, "评分器未通过资格检验")],
)
def test_the_page_says_what_is_needed_and_leads_to_it(as_manager, dataset, candidate, licensed, headers, words):
    licensed(en="failed")
    where = {"dataset": dataset.pk, "kind": "human"}
    page = as_manager.get(reverse("training:version", args=[candidate.pk]), where, headers=headers).content.decode()
    assert words in page and 'data-licence="failed"' in page
    address = reverse("training:review-both", args=[candidate.pk])
    assert address in page and 'maxlength="500" required' in page
    form = as_manager.get(address, where, follow=True, headers=headers)
    assert form.context["form"].drawn_count == 80
    button = reverse("training:promote", args=[candidate.pk]) + f"?dataset={dataset.pk}&kind=human"
    refused = as_manager.post(button, headers=headers, follow=True)
    assert words in refused.content.decode()
    assert Alias.objects.get(name="champion").version.name == "v1"


def test_passed_and_too_few_are_said(as_manager, dataset, candidate, licensed):
    said = {"too few": "The gate goes by the score alone", "passed": "may stand in for an annotator"}
    for outcome, words in said.items():
        licensed(en=outcome)
        where = {"dataset": dataset.pk, "kind": "human"}
        page = as_manager.get(reverse("training:version", args=[candidate.pk]), where, headers=ENGLISH)
        assert words in page.content.decode() and page.context["gate"].offered


def test_the_command_refuses_and_says_why(candidate, licensed):
    licensed(en="failed")
    with pytest.raises(CommandError, match="verdicts on both versions are needed"):
        call_command("promote", "v2", stdout=StringIO())
    out = StringIO()
    call_command("promote", "v2", "--reason", "seen by the team", "--json", stdout=out)
    assert json.loads(out.getvalue()) == {"champion": "v2", "moved": True, "offered": False, "licence": "failed"}


def test_evaluating_tells_the_licence(candidate, dataset, licensed, monkeypatch):
    monkeypatch.setattr("training.management.commands.evaluate.evaluate", lambda *args, **values: None)
    licensed(en="failed")
    out = StringIO()
    call_command("evaluate", "--version", "v2", "--dataset", "shop", "--kind", "human", stdout=out)
    assert "Licence of the scorer: failed (English)" in out.getvalue()
    out = StringIO()
    call_command("evaluate", "--version", "v2", "--dataset", "shop", "--kind", "human", "--json", stdout=out)
    assert json.loads(out.getvalue())["kinds"]["human"]["licence"] == "failed"


def test_evaluating_works_out_a_licence_that_nobody_has(candidate, dataset, judged, monkeypatch):
    monkeypatch.setattr("training.management.commands.evaluate.evaluate", lambda *args, **values: None)
    judged()
    out = StringIO()
    call_command("evaluate", "--version", "v2", "--dataset", "shop", "--kind", "human", stdout=out)
    assert "Licence of the scorer: too few" in out.getvalue()
    assert CalibrationFigures.objects.filter(subject="licence").count() == 1


def test_a_set_over_several_datasets_has_the_licence_of_its_first(gate, licensed, dataset):
    licensed(en="failed")
    profile = Profile.objects.active_for(dataset, build.scorer_set())
    mixed = EvalSet.objects.create(name="mixed")
    assert licences.licence_on(mixed, profile, "human").outcome == "too few"
