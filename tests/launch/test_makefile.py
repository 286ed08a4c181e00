"""`make` alone, with stand-ins for Python: nothing is downloaded here."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from ecc_site.launch.options import ROOT

A_PYTHON = """#!/bin/sh
# {version_answer} is the exit code for the question about the version.
case "$*" in
-c*) exit {version_answer} ;;
"-m venv"*) mkdir -p .venv/bin; cp "$0" .venv/bin/python ;;
"-m pip install"*) echo "pip install" >> calls; exit {pip_answer} ;;
"-m ecc_site.launch") echo "launched" ;;
esac
"""


@pytest.fixture
def clone(tmp_path) -> Path:
    """A fresh clone: the Makefile and the requirements, and a PATH with hardly anything on it."""
    for name in ("Makefile", "requirements.txt"):
        shutil.copy(ROOT / name, tmp_path)
    (tmp_path / "bin").mkdir()
    for tool in ("sh", "make", "cmp", "cp", "mkdir", "awk"):
        (tmp_path / "bin" / tool).symlink_to(shutil.which(tool))
    return tmp_path


def offer(clone: Path, name: str, version_answer: int = 0, pip_answer: int = 0) -> None:
    python = clone / "bin" / name
    python.write_text(A_PYTHON.format(version_answer=version_answer, pip_answer=pip_answer))
    python.chmod(0o755)


def make(clone: Path, *targets: str) -> subprocess.CompletedProcess:
    environment = {"PATH": str(clone / "bin"), "HOME": os.environ.get("HOME", "/")}
    return subprocess.run(["make", *targets], cwd=clone, env=environment, capture_output=True, text=True, check=False)


def test_without_a_target_it_explains_its_targets(clone):
    answer = make(clone).stdout
    for target in ("run", "test", "smoke", "check", "help"):
        assert f"make {target} " in answer


def test_the_first_run_installs_and_the_second_does_not(clone):
    offer(clone, "python3.11")
    first, second = make(clone, "run"), make(clone, "run")
    assert "Installing requirements.txt" in first.stdout
    assert second.stdout == "launched\n"
    assert (clone / "calls").read_text() == "pip install\n"


def test_changed_requirements_are_installed(clone):
    offer(clone, "python3.11")
    make(clone, "run")
    with (clone / "requirements.txt").open("a") as requirements:
        requirements.write("another==1.0\n")
    assert "Installing requirements.txt" in make(clone, "run").stdout


def test_an_installation_that_failed_is_tried_again(clone):
    offer(clone, "python3.11", pip_answer=1)
    failed = make(clone, "run")
    assert failed.returncode != 0
    assert "The requirements could not be installed; the lines above say why." in failed.stderr
    assert "launched" not in failed.stdout
    make(clone, "run")
    assert (clone / "calls").read_text() == "pip install\n" * 2


def test_a_python_that_is_too_old_is_passed_over(clone):
    offer(clone, "python3.11", version_answer=1)  # such as the empty shell that pyenv leaves for other versions
    offer(clone, "python3")
    assert "Creating .venv with python3 ..." in make(clone, "run").stdout


def test_without_a_python_it_says_so_in_one_sentence(clone):
    offer(clone, "python3", version_answer=1)
    failed = make(clone, "run")
    assert failed.returncode != 0
    assert "No Python 3.11 or newer was found on the PATH; install one and try again." in failed.stderr
