"""The site that a story of Teach happens on."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

from ecc_site.launch.options import ROOT
from tests.running_site import Site

IN_SITE = "benchmarks.teach_story.in_site"


class TeachSite(Site):
    def ask(self, *arguments: object) -> Any:
        """What a program that works on the data of the site says, from JSON."""
        command = [sys.executable, "-m", IN_SITE, *map(str, arguments)]
        said = subprocess.run(command, cwd=ROOT, env=self._environment, check=True, stdout=subprocess.PIPE, text=True)
        return json.loads(said.stdout.splitlines()[-1])
