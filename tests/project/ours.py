"""What the project consists of, asked of Django and of pyproject.toml: no guard lists it by hand."""

import tomllib
from pathlib import Path

from django.apps import AppConfig, apps
from django.conf import settings
from django.db import models

CONTRACTS = tomllib.loads((settings.BASE_DIR / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]


def our_apps() -> list[AppConfig]:
    """The installed apps whose code lies in this project."""
    return [app for app in apps.get_app_configs() if _is_ours(Path(app.path))]


def our_packages() -> list[str]:
    """Top-level packages, such as `training`."""
    return sorted({app.name.partition(".")[0] for app in our_apps()})


def our_models() -> list[type[models.Model]]:
    return [model for app in our_apps() for model in app.get_models()]


def sources(package: str) -> list[Path]:
    """Its Python files, migrations left out."""
    folder = settings.BASE_DIR / package.replace(".", "/")
    return [path for path in folder.rglob("*.py") if "migrations" not in path.parts]


def layers() -> list[list[str]]:
    """Modules of each layer, lowest first, from the contracts of import-linter; the parts of an app come before it."""
    found = []
    for layer in reversed(_contract("An import only ever goes down")["layers"]):
        for module in _modules(layer):
            inside = _inside(module)
            found += [[f"{module}.{name}" for name in names] for names in inside]
        found.append(_modules(layer))
    return [*found, ["ecc_site"]]


def layer_of(module: str) -> int:
    """Number of the module's layer; -1 for what is not of the project."""
    names = [(name, i) for i, names in enumerate(layers()) for name in names]
    fitting = [(len(name), i) for name, i in names if module == name or module.startswith(name + ".")]
    return max(fitting)[1] if fitting else -1


def is_plain(module: str) -> bool:
    """Whether the module may not know Django, and so knows no relation of models."""
    plain = _contract("Models and measures are plain Python")["source_modules"]
    return any(module == name or module.startswith(name + ".") for name in plain)


def _is_ours(path: Path) -> bool:
    return path.is_relative_to(settings.BASE_DIR) and not path.relative_to(settings.BASE_DIR).parts[0].startswith(".")


def _contract(name: str) -> dict:
    return next(contract for contract in CONTRACTS if contract["name"] == name)


def _inside(module: str) -> list[list[str]]:
    within = [c for c in CONTRACTS if module in c.get("containers", ())]
    return [_modules(layer) for contract in within for layer in reversed(contract["layers"])]


def _modules(layer: str) -> list[str]:
    return [name.strip() for name in layer.replace("|", ":").split(":")]
