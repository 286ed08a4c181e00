"""An import only ever goes down, and so do the names of relations in strings, which no import linter sees."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings

from tests.project.ours import CONTRACTS, is_plain, layer_of, layers, our_apps, our_packages, sources

SPAN = re.compile(r"-?[A-Za-z_]\w*(__\w+)+")
WORD = re.compile(r"-?[a-z_]\w*")
DOTTED = re.compile(rf"({'|'.join(our_packages())})(\.\w+)+")
CALLS_OF_THE_ORM = {
    *("filter", "exclude", "get", "order_by", "values", "values_list", "select_related", "prefetch_related", "only"),
    *("defer", "annotate", "aggregate", "alias", "distinct", "Q", "F", "OuterRef", "Prefetch", "Count", "Avg", "Sum"),
    *("Min", "Max", "in_bulk", "earliest", "latest", "dates", "select_for_update", "update_or_create", "get_or_create"),
}


@cache
def reverse_names_above(layer: int) -> set[str]:
    """How models of this layer and below are bound to those above it: what they may not know."""
    names = set()
    for model in apps.get_models():
        if layer_of(model.__module__) > layer:
            continue
        for relation in model._meta.related_objects:
            if layer_of(relation.related_model.__module__) > layer:
                names |= {relation.get_accessor_name(), relation.related_query_name}
    return names - {None}


def upward_names(source: str, module: str) -> list[str]:
    """`line: name` for every relation or model of a higher layer that a source of this module names."""
    layer = layer_of(module)
    above = reverse_names_above(layer)
    found = []
    for line, name, parts in names_in(ast.parse(source)):
        if _is_upward_module(name, module) if DOTTED.fullmatch(name) else above.intersection(parts):
            found.append(f"{line}: {name}")
    return found


def _is_upward_module(name: str, module: str) -> bool:
    """A task of one's own app is an address on a queue, not an import."""
    own_task = name.startswith(f"{module.partition('.')[0]}.tasks.")
    return layer_of(name) > layer_of(module) and not own_task


def names_in(tree: ast.AST) -> Iterator[tuple[int, str, list[str]]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute):
            yield node.lineno, node.attr, [node.attr]
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            if SPAN.fullmatch(node.value) or DOTTED.fullmatch(node.value):
                yield node.lineno, node.value, node.value.lstrip("-").split("__")
        elif isinstance(node, ast.Call):
            yield from _names_in_call(node)


def _names_in_call(call: ast.Call) -> Iterator[tuple[int, str, list[str]]]:
    called = getattr(call.func, "attr", getattr(call.func, "id", ""))
    texts = [a.value for a in call.args if isinstance(a, ast.Constant) and isinstance(a.value, str)]
    if called == "get_model" and len(texts) == 2:
        yield call.lineno, ".".join(texts), []
    elif called in CALLS_OF_THE_ORM:
        for name in [*texts, *(k.arg for k in call.keywords if k.arg)]:
            if WORD.fullmatch(name):
                yield call.lineno, name, name.lstrip("-").split("__")


def test_every_module_beside_the_apps_has_its_layer():
    inside = (settings.BASE_DIR / "ecc_site").iterdir()
    modules = {path.stem for path in inside if path.suffix == ".py" or (path / "__init__.py").exists()}
    named = {name for layer in layers() for name in layer}
    assert {name for name in modules - {"__init__", "migrations"} if f"ecc_site.{name}" not in named} == set()


def test_imports_go_down_only():
    command = [Path(sys.executable).with_name("lint-imports"), "--no-cache"]
    linted = subprocess.run(command, cwd=settings.BASE_DIR, capture_output=True, text=True, check=False)
    assert linted.returncode == 0, linted.stdout
    assert f"{len(CONTRACTS)} kept, 0 broken" in linted.stdout


def test_every_app_has_its_layer():
    assert [app.name for app in our_apps() if layer_of(app.name) < 0] == []
    assert layer_of("ecc_site.core") < layer_of("dialogues") < layer_of("training.labels") < layer_of("training.runs")
    assert layer_of("training.runs") < layer_of("training") < layer_of("ecc_site.views") <= layer_of("ecc_site")


@pytest.mark.parametrize("package", our_packages())
def test_no_relation_in_a_string_runs_upwards(package):
    found = []
    for path in sources(package):
        module = ".".join(path.relative_to(settings.BASE_DIR).with_suffix("").parts)
        names = [] if is_plain(module) else upward_names(path.read_text(), module)
        found += [f"{path.relative_to(settings.BASE_DIR)}:{name}" for name in names]
    assert sources(package)
    assert found == []


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("dialogues.querysets", "self.filter(scores__final__lt=0.5)"),
        ("dialogues.querysets", 'self.order_by("-scores__final")'),
        ("dialogues.querysets", 'self.filter(**{"round_items__round": r})'),
        ("dialogues.querysets", 'self.annotate(n=Count("verdicts"))'),
        ("dialogues.querysets", 'self.prefetch_related("scores")'),
        ("dialogues.views.lists", "dataset.rounds.exists()"),
        ("dialogues.querysets", 'apps.get_model("scoring", "Score")'),
        ("dialogues.querysets", 'apps.get_model("review.Round")'),
        ("dialogues.models", 'models.ForeignKey("scoring.Score", on_delete=models.CASCADE)'),
        ("scoring.models", 'task_name = "review.tasks.close"'),
        ("serving.querysets", 'self.filter(answers__turn__role="customer")'),
        ("scoring.querysets", "self.filter(comparison__verdicts__withdrawn=False)"),
        ("ecc_site.core.roles", "user.assignments.all()"),
        ("ecc_site.core.jobs", 'apps.get_model("dialogues", "ImportJob")'),
        ("serving.models", "version.checkpoint.run"),
        ("review.querysets", "self.filter(revisions__labels__chosen=True)"),
        ("training.labels.selections", "dataset.runs.exists()"),
        ("training.evaluation.gate", 'apps.get_model("training", "Run")'),
    ],
)
def test_the_search_finds_a_name_that_runs_upwards(module, source):
    assert upward_names(source, module)


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("dialogues.querysets", "self.filter(answers__version__kind='end')"),
        ("dialogues.querysets", 'apps.get_model("dialogues", "Turn")'),
        ("scoring.querysets", 'self.select_related("comparison__end", "comparison__turn__dialogue")'),
        ("review.querysets", "self.filter(comparison__scores__final__lt=0.5)"),
        ("review.models", 'models.ForeignKey("dialogues.Comparison", on_delete=models.CASCADE)'),
        ("ecc_site.views.dataset", "dataset.rounds.filter(verdicts__withdrawn=False)"),
    ],
)
def test_the_search_lets_pass_what_runs_down(module, source):
    assert upward_names(source, module) == []
