"""Whatever the OpenAPI document allows is answered as it says, and whatever it forbids is refused: by Schemathesis."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.api.caller import Caller

pytestmark = pytest.mark.django_db(transaction=True)
EXAMPLES = os.environ.get("ECC_API_EXAMPLES", "5")  # of an operation and phase; 100 take four minutes
COMMAND = Path(sys.executable).with_name("schemathesis")


def test_it_finds_nothing(live_server, settings, world, admin_user, tmp_path):
    settings.API_REQUESTS_PER_MINUTE = 0
    program = Caller(admin_user)
    arguments = [
        *("run", f"{live_server.url}/api/v1/openapi.json", "--checks", "all", "--mode", "all"),
        *("--max-examples", EXAMPLES, "--header", f"Authorization: Bearer {program.secret}", "--no-color"),
        *("--request-timeout", "60", "--generation-deterministic", "--continue-on-failure"),
    ]
    here = {"NO_PROXY": "127.0.0.1,localhost", "no_proxy": "127.0.0.1,localhost"}
    known = {"SCHEMATHESIS_HOOKS": "tests.api.schemathesis_hooks", "PYTHONPATH": str(settings.BASE_DIR)}
    environment = {**os.environ, **here, **known}
    done = subprocess.run(
        [COMMAND, *arguments], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
    )
    print(done.stdout)
    assert done.returncode == 0, done.stdout[-20_000:] + done.stderr[-2_000:]
    assert int(re.search(r"(\d+) generated", done.stdout)[1]) > 500
