"""A PEFT method is one record. A further one, registered here alone, goes all the way that the three go."""

from dataclasses import replace

import pytest
import torch
from django.core.management import CommandError, call_command

from ecc_site.core.charts import theme_colour
from serving.models import Version
from serving.runtimes.end import EndRuntime
from serving.runtimes.protocol import Decoding
from tests import build
from training.evaluation.sets import gate_set
from training.management.commands.table6 import Command as Table6Command
from training.management.commands.train import Command
from training.ml import checkpoints
from training.ml.adapters import adapted
from training.ml.compatibility import refusals
from training.ml.loading import load_model
from training.ml.merging import merge, merge_refusal
from training.ml.methods import METHODS, Method, UnknownMethod, method_named, of_the_paper
from training.ml.presets import reasons, recommended
from training.ml.settings import BadSettings, TrainingSettings
from training.ml.train import train
from training.models import Checkpoint, Run
from training.paper.table6.charts import by_input
from training.paper.table6.choice import Choice, Table6Form
from training.paper.table6.experiment import planned
from training.paper.table6.forms import ExperimentForm
from training.paper.table6.table import Column
from training.paper.table6.table import build as build_table
from training.runs.forms import RunForm

SHORT = Decoding(max_input_tokens=64, max_new_tokens=12)
NAME, LABEL = "shop_factors", "Shop factors"  # no library will have a method of this name
EXPECTED = " or ".join(METHODS)


def factors_config(model, settings):
    from peft import IA3Config

    layers = ["k_proj", "v_proj", "down_proj"]
    return IA3Config(task_type="CAUSAL_LM", target_modules=layers, feedforward_modules=layers[-1:])


FACTORS = Method(
    name=NAME,
    label=LABEL,
    colour="human",
    config=factors_config,
    recommended=lambda parameters: {"weight_decay": 0.01, "batch_size": 4},
    reasons={"weight_decay": "Factors that stay near one.", "batch_size": "Its own batch."},
    rate=10,
    fewest_steps=300,
    merges_as="IA3",
)


@pytest.fixture
def factors(monkeypatch):
    monkeypatch.setitem(METHODS, NAME, FACTORS)
    return FACTORS


# --- the record


def test_the_methods_of_the_paper_in_its_order():
    assert [METHODS[name].label for name in of_the_paper()] == ["Prefix-Tuning", "P-Tuning v2", "LoRA"]


def test_every_method_stands_under_its_own_name():
    assert {name: method.name for name, method in METHODS.items()} == {name: name for name in METHODS}


@pytest.mark.parametrize("name", METHODS)
def test_every_method_has_a_colour_and_a_name_that_the_database_can_hold(name):
    assert theme_colour(METHODS[name].colour)
    assert len(name) <= Run._meta.get_field("method").max_length


@pytest.mark.parametrize(
    "ask",
    [
        lambda: method_named(NAME),
        lambda: Column(Version(name="x"), NAME, 3, [], 0).title,
        lambda: by_input([], [{"name": "x", "method": NAME, "shade": 1, "is_arm": False, "finals": []}]),
    ],
)
def test_a_method_that_nobody_has_registered_is_named(ask):
    with pytest.raises(UnknownMethod, match=f"no PEFT method '{NAME}'; expected {EXPECTED}"):
        ask()


@pytest.mark.parametrize("ask", [lambda: TrainingSettings(method=NAME), lambda: recommended(NAME, 30)])
def test_settings_and_presets_know_the_registered_methods_alone(ask, request):
    with pytest.raises(BadSettings, match=f"{EXPECTED}, got '{NAME}'"):
        ask()
    request.getfixturevalue("factors")
    assert ask()


# --- settings, presets, forms


def test_a_method_brings_its_own_recommendation_and_the_reasons(factors):
    settings = recommended(NAME, 30)
    assert (settings.learning_rate, settings.max_steps) == (2e-2, 300)
    assert (settings.weight_decay, settings.batch_size) == (0.01, 4)
    assert reasons(settings)["batch_size"] == "Its own batch."
    assert reasons(settings)["weight_decay"] == "Factors that stay near one."
    assert refusals({"model_type": "mamba", "max_position_embeddings": 4096}, settings) == []  # it is no prefix


def test_forms_commands_and_the_column_offer_it(factors):
    assert (NAME, LABEL) in RunForm().fields["method"].choices
    assert (NAME, LABEL) in Run._meta.get_field("method").flatchoices
    assert Run(method=NAME).get_method_display() == LABEL
    assert Command().create_parser("manage.py", "train").parse_args(["shop", "--method", NAME]).method == NAME


def test_the_form_starts_with_lora():
    assert RunForm()["method"].initial == "lora"


@pytest.mark.django_db
def test_it_needs_no_migration(factors):
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


# --- training, checkpoints, serving


def test_it_learns_is_resumed_served_and_merged(factors, qwen, examples, quick, tmp_path):
    settings = quick(method=NAME, learning_rate=0.05, max_steps=8, batch_size=5)
    whole = train(qwen, examples, [], settings, tmp_path / "whole")
    assert whole.losses[-1] < whole.losses[0]

    asked = iter([False, False, True])
    first = train(qwen, examples, [], settings, tmp_path / "halves", should_stop=lambda: next(asked))
    assert (first.state, checkpoints.read(first.checkpoint).settings["method"]) == ("cancelled", NAME)
    second = train(qwen, examples, [], settings, tmp_path / "halves", resume_from=first.checkpoint)
    assert first.losses + second.losses == whole.losses

    conversations = [example.messages for example in examples]
    served = [reply.text for reply in EndRuntime(qwen, whole.checkpoint).reply_batch(conversations, SHORT)]
    assert served != [reply.text for reply in EndRuntime(qwen).reply_batch(conversations, SHORT)]
    merged = EndRuntime(merge(qwen, whole.checkpoint, tmp_path / "merged"))
    assert [reply.text for reply in merged.reply_batch(conversations, SHORT)] == served


def test_its_adapter_alone_has_gradients(factors, qwen, quick):
    torch.manual_seed(0)
    model = adapted(load_model(qwen), quick(method=NAME))
    trained = [name for name, parameter in model.named_parameters() if parameter.requires_grad]
    assert trained
    assert all("ia3_" in name for name in trained)


def test_methods_whose_adapters_are_of_one_type_are_all_named_as_merging(monkeypatch, tmp_path):
    monkeypatch.setitem(METHODS, NAME, replace(FACTORS, merges_as=METHODS["lora"].merges_as))
    (tmp_path / "adapter_config.json").write_text('{"peft_type": "PREFIX_TUNING"}')
    assert f"only LoRA and {LABEL} can be merged" in merge_refusal(tmp_path)


# --- Table VI


def test_a_method_that_the_paper_has_no_length_of_is_not_offered(factors, monkeypatch):
    assert NAME not in dict(ExperimentForm().fields["methods"].choices)
    assert NAME not in ExperimentForm()["methods"].initial
    with pytest.raises(CommandError, match=f"invalid choice: '{NAME}'"):
        Table6Command().create_parser("manage.py", "table6").parse_args(["--method", NAME])
    monkeypatch.setitem(METHODS, NAME, replace(factors, paper_steps=(300, 500)))
    assert (NAME, LABEL) in ExperimentForm().fields["methods"].choices
    assert planned(0.1, [NAME]) == [(NAME, 30), (NAME, 50)]


@pytest.mark.django_db
def test_it_has_its_column_in_table_vi(factors):
    base, dataset = build.version("base"), build.shop("shop", ["test"] * 3)
    lora, added = build.version("lora-3", base=base), build.version("factors-3", base=base)
    taught = build.shop("taught")
    for method, version in ((NAME, added), ("lora", lora)):
        done = build.run(taught, base, method=method, state="done")
        Checkpoint.objects.create(run=done, step=3, version=version)
    for version in (base, lora, added):
        build.scored(dataset, version, [0.3, 0.4, 0.5])
    versions = Choice(Table6Form({"version": [added.pk, lora.pk, base.pk]})).versions
    assert versions == [base, lora, added]
    gate = gate_set(dataset, "human")
    table = build_table(gate, versions, build.scorer_set(), "human", alpha=0.8, theta=0.2)
    assert [column.title for column in table.columns] == ["base", "LoRA 3", f"{LABEL} 3"]
    columns = [
        {"name": c.title, "method": c.method, "shade": c.shade, "is_arm": c.is_arm, "finals": []} for c in table.columns
    ]
    assert by_input([], columns).data[2].marker.color == theme_colour("human")
