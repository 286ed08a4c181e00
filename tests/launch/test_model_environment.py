import os
import subprocess
import sys

from ecc_site.launch.model_environment import FOR_MODELS, with_models
from ecc_site.launch.options import ROOT


def test_what_the_operator_has_set_stays():
    assert with_models({"OMP_WAIT_POLICY": "ACTIVE"})["OMP_WAIT_POLICY"] == "ACTIVE"


def test_a_command_begins_its_life_in_it():
    command = [sys.executable, "ecc_site/launch/model_environment.py", "env"]
    bare = {name: value for name, value in os.environ.items() if name not in {*FOR_MODELS, "DJANGO_SETTINGS_MODULE"}}
    done = subprocess.run(command, cwd=ROOT, env=bare, capture_output=True, text=True, check=True)
    assert {f"{name}={value}" for name, value in FOR_MODELS.items()} <= set(done.stdout.splitlines())
    assert "DJANGO_SETTINGS_MODULE" not in done.stdout  # or the tests could not be started through it
