import csv
import io

import pytest
from django.urls import reverse

from dialogues.models import Answer, Comparison, EvalSet
from scoring.fusion import final_score
from scoring.models import Score
from serving.models import Alias, Version
from tests import build
from training.evaluation.sets import gate_set
from training.ml.methods import METHODS
from training.models import Checkpoint, Experiment
from training.paper.table6.experiment import INPUTS, input_set, planned
from training.paper.table6.export import csv_text, escaped, latex_text
from training.paper.table6.table import build as build_table

pytestmark = pytest.mark.django_db
URL = "training:table6"


@pytest.fixture
def versions(db):
    base = build.version("base")
    made = [base]
    dataset = build.shop("taught", ["train"] * 2)
    teacher = build.version("teacher", kind="cloud", model="recorded")
    experiment = Experiment.objects.create(
        kind="table6", dataset=dataset, base=base, teacher=teacher, preset="paper", scale=0.1
    )
    for method, steps in planned(1, METHODS):
        made_by = {"experiment": experiment, "parameters": {"max_steps": steps}}
        run = build.run(dataset, base, name=f"{method} {steps}", method=method, state="done", **made_by)
        version = build.version(f"{method}-{steps}", base=base)
        Checkpoint.objects.create(run=run, step=steps, version=version)
        made.append(version)
    return made


@pytest.fixture
def inputs(versions):
    """Four inputs, of which the teacher knows three."""
    dataset = build.shop("inputs", ["test"] * 4)
    cloud = Version.objects.get(name="teacher")
    Answer.objects.filter(source="human").delete()
    turns = [dialogue.turns.get(position=0) for dialogue in dataset.dialogues.order_by("id")]
    for turn in turns[:3]:
        Answer.objects.create(turn=turn, source="model", version=cloud, text=f"回复{turn.pk}", settings_hash="x")
    for i, version in enumerate(versions):
        build.scored(dataset, version, [0.3 + 0.1 * i, 0.5, None, 0.2])
    return input_set(dataset)


@pytest.fixture
def table(inputs, versions):
    listed = list(Version.objects.filter(pk__in=[v.pk for v in versions]).order_by("id"))
    return build_table(inputs, listed, build.scorer_set(), "cloud", alpha=0.8, theta=0.2)


def test_the_inputs_are_six_questions_in_two_languages():
    assert len(INPUTS) == 12
    assert "Hello" in INPUTS


def test_a_column_has_mean_interval_and_coverage(table):
    base = table.columns[0]
    assert base.interval.mean == pytest.approx((0.3 + 0.5) / 2)
    assert (base.interval.n, base.wanted, base.coverage) == (2, 4, 0.5)
    assert [cell.final for cell in base.cells] == [pytest.approx(0.3), 0.5, None, None]


def test_turns_of_a_dialogue_count_together(versions):
    talks = [build.record("q 0", "r 0", "q 1", "r 1", "q 2", "r 2", split="dev") for _ in range(2)]
    talks[1]["turns"][0]["text"] = "q 3"
    dataset = build.dataset(*talks, name="talks")
    build.scored(dataset, versions[0], [0.2] * 3 + [0.8] * 3)
    dev = EvalSet.objects.freeze("dev", Comparison.objects.filter(dataset=dataset), dataset=dataset, kind="human")
    (column,) = build_table(dev, versions[:1], build.scorer_set(), "human", alpha=0.8, theta=0.2).columns
    assert column.interval.mean == pytest.approx(0.5)
    assert (column.interval.low, column.interval.high) == (0, 1), "two dialogues say little, whatever turns they have"


def test_titles_name_method_and_steps(table):
    titles = [column.title for column in table.columns]
    assert titles == ["base", "Prefix-Tuning 3,000", "P-Tuning v2 3,000", "LoRA 3,000", "LoRA 5,000", "LoRA 15,000"]


def test_an_input_that_the_teacher_does_not_know_is_shown_and_unknown(table):
    assert [row.reference for row in table.rows][-1] == ""
    assert {cell.score for cell in table.rows[-1].cells} == {None}


def test_cells_are_recomputed_by_eq_1(inputs, versions):
    Score.objects.update(match_cloud=0.9)
    cell = build_table(inputs, versions[:1], build.scorer_set(), "cloud", alpha=0.6, theta=0.2).rows[0].cells[0]
    assert cell.final == pytest.approx(final_score(0.3, 0.5, 0.9, alpha=0.6, theta=0.2)) == pytest.approx(0.38)


def test_measures_of_text_length_and_time(table):
    measures = table.columns[0].measures
    assert set(measures) == {"bleu", "rouge_l", "chrf", "characters", "latency_ms"}
    assert measures["characters"] == len("base question 0")
    assert measures["latency_ms"] == 5


def test_the_page_shows_the_last_experiment_in_the_order_of_the_paper(as_manager, inputs, versions):
    page = as_manager.get(reverse(URL))
    assert [column.version for column in page.context["inputs"].columns] == versions
    text = page.content.decode()
    assert 'id="figure-by-input"' in text
    assert "LoRA 15,000" in text
    assert "base question 0" in text  # the answer, a click away


def test_each_version_of_the_experiment_is_followed_by_its_arm_with_the_memory(as_manager, inputs, versions):
    for number in (1, 2):  # the second on later labels
        for version in (versions[0], versions[5]):
            build.scored(inputs.dataset, version.with_fixed_memory(number), [0.9, 0.8, None, 0.2])
    page = as_manager.get(reverse(URL))
    titles = [column.title for column in page.context["inputs"].columns]
    assert titles == [
        *("base", "base + memory", "Prefix-Tuning 3,000", "P-Tuning v2 3,000", "LoRA 3,000", "LoRA 5,000"),
        *("LoRA 15,000", "LoRA 15,000 + memory"),
    ]
    columns = page.context["inputs"].columns
    assert {column.version.fixed_memory for column in columns if column.is_arm} == {2}
    assert columns[-1].interval.mean == pytest.approx(0.85)
    assert columns[-1].shade == columns[-2].shade
    assert [bar["marker"]["pattern"]["shape"] for bar in page.context["by_input"]["data"]][-2:] == ["", "/"]


def test_an_arm_of_a_revision_of_the_shop_s_memory_names_it(as_manager, inputs, versions):
    arm = versions[0].with_memory(37)
    page = as_manager.get(reverse(URL), {"version": [arm.pk]})
    assert [column.title for column in page.context["measured"].columns] == ["base + memory 37"]


def test_alpha_and_theta_of_the_address_change_the_table(as_manager, inputs):
    Score.objects.update(match_cloud=0.9)
    means = [
        as_manager.get(reverse(URL), {"alpha": a, "theta": t}).context["measured"].columns[0].interval.mean
        for a, t in ((1, 0.2), (0, 0.2), (0, 1))
    ]
    assert means == [pytest.approx(0.4), pytest.approx(0.5), pytest.approx(0.4)]


def test_a_version_that_has_answered_nothing_yet_has_an_empty_column(as_manager, inputs):
    late = build.version("late")
    page = as_manager.get(reverse(URL), {"version": [late.pk]})
    assert page.status_code == 200
    assert page.context["measured"].columns[0].interval.mean is None
    assert set(page.context["measured"].columns[0].measures.values()) == {None}


def test_versions_can_be_chosen(as_manager, inputs, versions):
    page = as_manager.get(reverse(URL), {"version": [versions[5].pk, versions[0].pk]})
    assert [column.version for column in page.context["inputs"].columns] == [versions[0], versions[5]]


def test_the_page_names_sets_and_axes_in_the_language_of_the_reader(as_manager, inputs):
    page = as_manager.get(reverse(URL), {"eval_set": inputs.pk}, headers={"Accept-Language": "zh-hans"})
    text = page.content.decode()
    assert text.count(f"论文表 VI 的输入 · inputs · 云端模型 · #{inputs.pk}") == 2  # the choice and the heading
    assert page.context["means"]["layout"]["xaxis"]["title"]["text"] == "最终分"
    assert page.context["by_input"]["layout"]["yaxis"]["title"]["text"] == "最终分"


def test_without_an_experiment_the_page_says_what_to_do(as_manager):
    assert "table6" in as_manager.get(reverse(URL)).content.decode()


def test_to_htmx_the_page_is_a_fragment(as_manager, inputs):
    text = as_manager.get(reverse(URL), headers={"HX-Request": "true"}).content.decode()
    assert text.lstrip().startswith('<div id="table6"')


def test_csv_has_a_line_for_each_input_and_each_summary(as_manager, inputs):
    response = as_manager.get(reverse("training:table6-csv"))
    rows = list(csv.reader(io.StringIO(response.content.decode("utf-8-sig"))))
    assert rows[0][2:4] == ["base", "Prefix-Tuning 3,000"]
    assert rows[1][0] == "question 0"
    assert rows[1][2] == "0.3000"
    assert [row[0] for row in rows[5:9]] == ["mean", "interval low", "interval high", "coverage"]


def test_latex_is_a_tabular_with_as_many_columns(as_manager, inputs):
    text = as_manager.get(reverse("training:table6-latex")).content.decode()
    assert r"\begin{tabular}{lrrrrrr}" in text
    assert text.count(r"\\") == 1 + 4 + 4 + 5
    assert all(line.count(" & ") == 6 for line in text.splitlines() if line.endswith(r"\\"))


def test_hostile_text_stays_text(table):
    assert escaped("50% & #1_{x}\\\n~^$") == r"50\% \& \#1\_\{x\}\textbackslash{} \textasciitilde{}\textasciicircum{}\$"
    assert csv_text(table).count("\n") == latex_text(table).count(r"\\")


def test_without_anything_to_show_a_download_leads_to_the_page_that_says_what_to_do(as_manager):
    assert as_manager.get(reverse("training:table6-csv"))["Location"] == reverse(URL)


@pytest.mark.parametrize("name", ["eval_set", "version", "alpha", "theta", "of"])
def test_nonsense_in_the_address_is_survived(as_manager, inputs, name):
    for value in ("x", "-1", "99999999999999999999", "NaN", "%00", ""):
        assert as_manager.get(f"{reverse('training:table6-csv')}?{name}={value}").status_code == 200, value
    assert as_manager.get(f"{reverse(URL)}?{name}=x").status_code == 200


def test_before_the_experiment_it_shows_what_the_last_gate_compared(as_manager, db):
    champion, dataset = build.version("v1"), build.shop("shop", ["test"] * 3)
    Alias.move("champion", champion)
    made = [build.version(f"lora-{step}", base=champion) for step in (1, 2)]
    for version in (champion, *made):
        build.scored(dataset, version, [0.3, 0.4, 0.5])
    run = build.run(dataset, champion, best=made[1], held_out=gate_set(dataset, "human"))
    for step, version in enumerate(made, start=1):
        Checkpoint.objects.create(run=run, step=step, version=version)
    page = as_manager.get(reverse(URL))
    assert page.context["choice"].eval_set == run.held_out
    assert [column.version for column in page.context["measured"].columns] == [champion, made[1]]
