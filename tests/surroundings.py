"""What a process of the tests finds around it, made before Django reads its settings: `-p` in pyproject.toml.

What was meant for the real site leaves the environment; a folder for data and the address of a Redis that belong to the
tests come into it. A worker of pytest-xdist inherits the folder of the process that started it and gets one below it.
"""

import gc
import os
import re
import shutil
import sys
import tempfile
from pathlib import Path

import pytest

from tests.ports import free_port

ROOT = Path(__file__).parent.parent
KEPT = {"DATABASE_URL"}  # the second run of the tests is told with it where PostgreSQL is
ONE_THREAD = {"OMP_NUM_THREADS": "1"}  # two processes with two threads each hinder each other on two cores
MODULES = pytest.StashKey[int]()  # how many were loaded when all objects were last taken for such as stay
MANY = 100


@pytest.hookimpl(tryfirst=True)  # before pytest-django loads the settings
def pytest_load_initial_conftests():
    from ecc_site.launch.model_environment import with_models

    for name in _read_by_the_site() - KEPT:
        os.environ.pop(name, None)
    os.environ.update(with_models({**ONE_THREAD, **os.environ}))
    _keep_bytecode()
    os.environ["ECC_DATA_DIR"] = str(_data_dir())
    os.environ["REDIS_URL"] = f"redis://127.0.0.1:{free_port()}/0"
    os.environ["DJANGO_SETTINGS_MODULE"] = "ecc_site.settings"


@pytest.hookimpl(wrapper=True)
def pytest_collection(session):
    """What is collected stays: to look through it for what can be freed, then and later, takes seconds."""
    gc.disable()
    try:
        return (yield)
    finally:
        _freeze(session.config)
        gc.enable()


@pytest.hookimpl(trylast=True)
def pytest_runtest_teardown(item):
    """So does a library that a test was the first to load: each training looks for garbage, several times."""
    if len(sys.modules) > item.config.stash[MODULES] + MANY:
        gc.collect()
        _freeze(item.config)


def _freeze(config: pytest.Config) -> None:
    gc.freeze()
    config.stash[MODULES] = len(sys.modules)


def pytest_unconfigure(config):
    if not hasattr(config, "workerinput"):  # the folders of the workers lie below this one
        shutil.rmtree(os.environ["ECC_DATA_DIR"], ignore_errors=True)


def _keep_bytecode() -> None:
    """Two processes of tests, and the many that they start, compile the code once, not each anew."""
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    sys.dont_write_bytecode = False


def _read_by_the_site() -> set[str]:
    """The names of all environment variables that the settings and the demo read."""
    source = "".join(path.read_text() for path in (ROOT / "ecc_site").glob("*.py"))
    return set(re.findall(r'\benv_\w+\(\s*"(\w+)"', source)) - {"ECC_DATA_DIR"}


def _data_dir() -> Path:
    if worker := os.environ.get("PYTEST_XDIST_WORKER"):
        folder = Path(os.environ["ECC_DATA_DIR"]) / worker
        folder.mkdir()
        return folder
    return Path(tempfile.mkdtemp(prefix="ecc-tests-"))
