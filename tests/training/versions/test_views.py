import io
import json
import zipfile

import pytest
from django.urls import reverse

from dialogues.models import AnswerJob, Comparison, EvalSet
from review.desk.verdicts import record
from scoring.models import ScoreJob
from serving.models import Alias, Version
from tests import build
from tests.build import make_round
from training.evaluation.assessing import assess, assess_measured
from training.evaluation.sets import gate_set, regression_set
from training.models import Assessment, AssessmentJob, Checkpoint, Run
from training.versions.registry import adapter_folder

pytestmark = pytest.mark.django_db


@pytest.fixture
def dataset(db):
    return build.shop(splits=["test"] * 30)


@pytest.fixture
def champion(db):
    version = build.version("v1")
    Alias.move("champion", version)
    return version


@pytest.fixture
def candidate(champion, dataset, settings, tmp_path):
    """A checkpoint of a run, with its adapter on the disk."""
    settings.DATA_DIR = tmp_path
    folder = tmp_path / "runs" / "1" / "checkpoint-30"
    folder.mkdir(parents=True)
    (folder / "adapter_config.json").write_text('{"peft_type": "LORA"}')
    (folder / "adapter_model.safetensors").write_bytes(b"x" * 3_000_000)
    (folder / "optimizer.pt").write_bytes(b"pickle")
    run = build.run(dataset, champion, name="Teach", data_hash="abc123", state="done")
    version = build.version("lora-30", base=champion, adapter="runs/1/checkpoint-30")
    Checkpoint.objects.create(run=run, step=30, version=version, dev_loss=1.25)
    return version


@pytest.fixture
def measured(dataset, champion, candidate):
    build.scored(dataset, champion, [0.4] * 30)
    build.scored(dataset, candidate, [0.5] * 30)
    frozen = gate_set(dataset, "human")
    assess(candidate, champion, frozen)
    return frozen


def url(name, version):
    return reverse(f"training:{name}", args=[version.pk])


def test_of_the_checkpoints_the_registry_lists_those_that_were_measured_or_promoted(as_manager, dataset, candidate):
    def listed():
        return {str(entry.version) for entry in as_manager.get(reverse("training:versions")).context["entries"]}

    assert listed() == {"v1"}
    build.scored(dataset, candidate, [0.5] * 30)
    assert listed() == {"v1", "lora-30"}
    other = build.version("lora-60", base=candidate.base, adapter="runs/1/checkpoint-60")
    Checkpoint.objects.create(run=candidate.checkpoint.run, step=60, version=other)
    Alias.move("champion", other)
    assert listed() == {"v1", "lora-30", "lora-60"}


def test_the_registry_lists_every_end_model_with_origin_and_mean(as_manager, measured, candidate):
    page = as_manager.get(reverse("training:versions"))
    entry = page.context["entries"][0]
    assert (entry.version, entry.checkpoint.step, entry.size) == (candidate, 30, 3_000_027)
    assert entry.summary.mean == pytest.approx(0.5)
    text = page.content.decode()
    assert "abc123" in text
    assert f"run {entry.checkpoint.run_id}" in text


def test_the_registry_asks_the_database_as_often_for_many_versions_as_for_one(
    as_manager, measured, django_assert_max_num_queries
):
    for i in range(20):
        build.version(f"more {i}")
    with django_assert_max_num_queries(20):
        assert len(as_manager.get(reverse("training:versions")).context["entries"]) == 22


def test_what_was_made_for_a_comparison_has_a_page_and_no_place_in_the_registry(as_manager, champion):
    arm = champion.with_memory(3)
    assert str(arm) not in as_manager.get(reverse("training:versions")).content.decode()
    assert as_manager.get(reverse("training:version", args=[arm.pk])).status_code == 200


def test_without_versions_the_registry_says_what_to_do(as_manager):
    assert reverse("home") in as_manager.get(reverse("training:versions")).content.decode()


def test_the_page_of_a_version_shows_the_gate(as_manager, measured, candidate):
    page = as_manager.get(url("version", candidate))
    gate = page.context["gate"]
    assert gate.main.difference.mean == pytest.approx(0.1)
    assert (gate.outcome, gate.offered) == ("better", False)  # the regression set is not measured yet
    text = page.content.decode()
    assert "+0.100" in text
    assert "30 · 0 · 0" in text
    assert 'name="reason" maxlength="500" required' in text
    assert "Measure both versions" in text


def test_what_is_measured_can_only_be_measured_again(as_manager, measured, candidate, champion):
    for version, value in ((champion, 0.4), (candidate, 0.5)):
        build.scored(regression_set().dataset, version, [value] * regression_set().items.count())
    assess(candidate, champion, regression_set())
    page = as_manager.get(url("version", candidate))
    assert page.context["gate"].regression_outcome == "holds"
    assert "Measure again" in page.content.decode()
    assert "Measure both versions" not in page.content.decode()


def test_the_page_says_how_many_the_set_has_assessed_and_what_its_intervals_pay(as_manager, measured, candidate):
    text = as_manager.get(url("version", candidate)).content.decode()
    assert "This set has assessed 1 candidate, this one; its intervals are 99.91% ones" in text
    assert "The test dialogues of a new dataset begin anew." in text
    assert "clustered by dialogue, 99.91% interval" in text
    chinese = as_manager.get(url("version", candidate), headers={"Accept-Language": "zh-hans"}).content.decode()
    assert "该评测集已评判 1 个候选版本" in chinese


def test_before_it_is_assessed_a_candidate_has_no_interval_and_measuring_has_it_assessed(
    as_manager, measured, champion, dataset
):
    other = build.version("v3")
    build.scored(dataset, other, [0.6] * 30)
    address = f"{url('version', other)}?dataset={dataset.pk}&kind=human"
    page = as_manager.get(address)
    assert page.context["gate"].outcome == "unassessed"
    assert "has not assessed the candidate yet" in page.content.decode()
    assert "% interval" not in page.content.decode()
    as_manager.post(f"{url('evaluate', other)}?dataset={dataset.pk}&kind=human")
    AssessmentJob.objects.get(candidate=other, eval_set=measured).run(assess_measured)
    page = as_manager.get(address)
    assert page.context["gate"].outcome == "better"
    assert "This set has assessed 2 candidates, this one as number 2" in page.content.decode()


def test_it_is_measured_on_the_questions_that_its_gate_reads(as_manager, champion, candidate, dataset):
    """Those that were held out from its run, where the dataset's own set has others."""
    build.scored(dataset, build.version("v0"), [0.4] * 30)
    few = Comparison.objects.filter(pk__in=Comparison.objects.order_by("pk")[:20])
    held_out = EvalSet.objects.freeze("held out", few, purpose="held_out", dataset=dataset, kind="human")
    Run.objects.update(held_out=held_out)
    as_manager.post(url("evaluate", candidate))
    asked = AnswerJob.objects.filter(dataset=dataset)
    assert {(job.version, job.eval_set) for job in asked} == {(champion, held_out), (candidate, held_out)}
    assert not EvalSet.objects.filter(purpose="gate").exists()


def test_looking_at_the_page_counts_nothing(as_manager, measured, champion, dataset):
    other = build.version("v3")
    build.scored(dataset, other, [0.6] * 30)
    for _ in range(2):
        as_manager.get(f"{url('version', other)}?dataset={dataset.pk}&kind=human")
    assert Assessment.objects.count() == 1


def test_without_verdicts_the_page_says_how_people_enter(as_manager, measured, candidate):
    text = as_manager.get(url("version", candidate)).content.decode()
    assert "Nobody has reviewed both versions on these questions" in text


@pytest.mark.parametrize(
    ("count", "said"),
    [(1, "replies to 1 question of this set"), (5, "to 5 questions of this set"), (25, "25 pairs in 25 dialogues")],
)
def test_what_people_say_is_beside_the_scores(
    as_manager, annotator, measured, champion, candidate, dataset, count, said
):
    for version, preference in ((champion, "reference"), (candidate, "end")):
        spec = build.round_spec(measured.dataset, version=version, purpose="measure", order="random", size=30)
        round_ = make_round(spec, None)
        round_.assignments.update(annotator=annotator, state="taken")
        for item in round_.items.order_by("comparison__turn")[:count]:
            record(annotator, item, build.verdict_input(preference))
    text = as_manager.get(url("version", candidate)).content.decode()
    assert said in text
    assert f"prefer the same version in {count} of the {count} pairs" in text


def test_to_htmx_the_page_is_a_fragment(as_manager, measured, candidate):
    text = as_manager.get(url("version", candidate), headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in text
    assert text.lstrip().startswith('<div id="version"')


def test_a_version_without_scores_can_be_measured(as_manager, champion, candidate, dataset):
    build.scored(dataset, champion, [0.4] * 30)
    assert as_manager.get(url("version", candidate)).context["gate"].outcome == "unmeasured"
    as_manager.post(url("evaluate", candidate))
    as_manager.post(url("evaluate", candidate))
    jobs = AnswerJob.objects.filter(dataset=dataset)
    assert [(job.version, job.eval_set.items.count()) for job in jobs] == [(candidate, 30)]
    assert AnswerJob.objects.filter(dataset__name="regression").count() == 2
    assert ScoreJob.objects.count() == 2
    assert AssessmentJob.objects.filter(candidate=candidate, champion=champion).count() == 2


def test_measuring_without_a_reference_says_why(as_manager, champion, candidate):
    response = as_manager.post(f"{url('evaluate', candidate)}?dataset={candidate.checkpoint.run.dataset_id}&kind=cloud")
    page = as_manager.get(response["Location"]).content.decode()
    assert "has no reference answer of this kind" in page


def test_overruling_the_gate_needs_a_reason(as_manager, measured, champion, candidate):
    page = as_manager.post(url("promote", candidate), follow=True).content.decode()
    assert "Give a reason to promote anyway" in page
    assert Version.objects.champion() == champion
    as_manager.post(url("promote", candidate), {"reason": "the board wants it\x00"})
    assert Version.objects.champion() == candidate
    assert "the board wants it\ufffd" in as_manager.get(url("version", candidate)).content.decode()


@pytest.fixture
def nothing_forgotten(champion, candidate):
    """On the regression set both are equally good."""
    general = regression_set().items.first().turn.dialogue.dataset
    for version in (champion, candidate):
        build.scored(general, version, [0.6] * general.open_turn_count)
    assess(candidate, champion, regression_set())


def test_an_offered_promotion_needs_none(as_manager, measured, nothing_forgotten, champion, candidate):
    as_manager.post(url("promote", candidate))
    as_manager.post(url("promote", candidate))
    assert Version.objects.champion() == candidate
    assert Version.objects.get(aliases__name="previous") == champion


def test_rolling_back_twice_by_a_double_click_returns_once(as_manager, champion, candidate):
    as_manager.post(url("promote", candidate), {"reason": "try"})
    assert "Roll back to v1" in as_manager.get(url("version", candidate)).content.decode()
    for _ in range(2):
        as_manager.post(url("rollback", candidate), {"reason": "worse"})
    assert Version.objects.champion() == champion


def test_the_adapter_is_a_zip_of_the_peft_folder_without_pickles(as_manager, candidate):
    response = as_manager.get(url("adapter", candidate))
    archive = zipfile.ZipFile(io.BytesIO(b"".join(response.streaming_content)))
    assert archive.namelist() == ["lora-30/adapter_config.json", "lora-30/adapter_model.safetensors"]
    assert archive.testzip() is None
    assert json.loads(archive.read("lora-30/adapter_config.json")) == {"peft_type": "LORA"}


@pytest.mark.parametrize("place", ["../outside", "/etc", ".", "runs/none"])
def test_an_adapter_outside_the_data_folder_is_not_handed_out(as_manager, candidate, tmp_path, place):
    (tmp_path.parent / "outside").mkdir(exist_ok=True)
    Version.objects.filter(pk=candidate.pk).update(adapter=place)
    candidate.refresh_from_db()
    assert adapter_folder(candidate) is None
    assert as_manager.get(url("adapter", candidate)).status_code == 404


def test_a_link_inside_the_adapter_is_not_followed(as_manager, candidate, tmp_path):
    (tmp_path / "secret.json").write_text("secret")
    (adapter_folder(candidate) / "link.json").symlink_to(tmp_path / "secret.json")
    content = b"".join(as_manager.get(url("adapter", candidate)).streaming_content)
    assert "link.json" not in zipfile.ZipFile(io.BytesIO(content)).namelist()


@pytest.mark.parametrize("value", ["x", "-1", "999999999999999999999", "%00"])
def test_nonsense_in_the_address_is_survived(as_manager, measured, candidate, value):
    for name in ("dataset", "kind", "after"):
        assert as_manager.get(f"{reverse('training:versions')}?{name}={value}").status_code == 200
        assert as_manager.get(f"{url('version', candidate)}?{name}={value}").status_code == 200


def test_a_candidate_is_retired_and_brought_back_by_one_button(as_manager, candidate):
    address = reverse("training:retire", args=[candidate.pk])
    for state in ("retired", "candidate"):
        as_manager.post(address, {"state": state})
        candidate.refresh_from_db()
        assert candidate.state == state


def test_the_champion_is_not_retired(as_manager, champion):
    response = as_manager.post(reverse("training:retire", args=[champion.pk]), {"state": "retired"}, follow=True)
    assert "is the champion" in response.content.decode()
    champion.refresh_from_db()
    assert champion.state == "candidate"
