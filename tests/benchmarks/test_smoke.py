"""Every benchmark runs and prints one JSON object; whether its bar holds is no matter of a test.

Not those of faults and of Teach: they start whole sites for minutes, as the tests of the launcher and of Teach do.
"""

import json
import os
import subprocess
import sys

import numpy as np
import pytest
from django.conf import settings

from benchmarks import report

FOLDER = settings.BASE_DIR / "benchmarks"
TAKES_MINUTES = {"desk_browser", "faults", "review_load", "teach"}
NAMES = sorted({path.stem for path in FOLDER.glob("*.py") if "report.parser(" in path.read_text()} - TAKES_MINUTES)


@pytest.mark.benchmark
@pytest.mark.parametrize("name", NAMES)
def test_it_ends_with_one_object(name, tmp_path):
    command = [sys.executable, str(FOLDER / f"{name}.py"), "--smoke", "--json"]
    environment = os.environ | {"ECC_DATA_DIR": str(tmp_path), "OMP_NUM_THREADS": "1"}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=600, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    result = json.loads(done.stdout.splitlines()[-1])
    assert isinstance(result["holds"], bool)
    assert result["figures"]


def test_all_benchmarks_are_among_them():
    others = {path.stem for path in FOLDER.glob("*.py")} - {*NAMES, *TAKES_MINUTES}
    assert others <= {"database", "report", "__init__"}, "a benchmark that no test runs"
    assert len(NAMES) >= 4


def test_values_of_numpy_are_plain_in_the_result():
    figures = {"fast": np.bool_(True), "rate": np.float32(0.5), "n": np.int64(3), "rows": np.array([1, 2])[0]}
    assert json.loads(report.as_json(np.bool_(False), figures)) == {
        "holds": False,
        "figures": {"fast": True, "rate": 0.5, "n": 3, "rows": 1},
    }
