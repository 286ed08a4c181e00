"""How pytest-xdist spreads the tests over two processes: whole files, and all that start a site in one of them.

And which files are read at all: to read all of them is to load all that any of them needs.
"""

from pathlib import Path

import pytest
from xdist.scheduler import LoadFileScheduling

SITES = ("tests/launch/test_site.py", "tests/system/")  # a site keeps both cores busy: one at a time, and begun first
LONG = (  # begun early, so that no process ends alone with a file of a minute
    *("tests/training/", "tests/api/test_schemathesis.py", "tests/project/one_world/"),
    *("tests/project/test_migrating.py", "tests/project/test_hostile_text.py"),
)
APART = "tests/benchmarks/test_smoke.py"  # its tests share nothing


class FilesAndSites(LoadFileScheduling):
    def _split_scope(self, nodeid: str) -> str:
        if nodeid.startswith(APART):
            return nodeid
        return "sites" if nodeid.startswith(SITES) else super()._split_scope(nodeid)


def pytest_xdist_make_scheduler(config, log):
    return FilesAndSites(config, log)


@pytest.hookimpl(tryfirst=True)  # xdist itself would count the cores
def pytest_xdist_auto_num_workers(config):
    """Two; none where one file was chosen, which is ready sooner without."""
    files = {argument.partition("::")[0] for argument in config.args}
    return 0 if len(files) == 1 and Path(*files).is_file() else 2


def pytest_ignore_collect(collection_path, config):
    """For the run on PostgreSQL a file or folder without a test that is marked for it is not read."""
    if config.option.markexpr != "database":
        return None
    files = collection_path.rglob("test_*.py") if collection_path.is_dir() else [collection_path]
    return None if any(b"mark.database" in file.read_bytes() for file in files) else True


@pytest.hookimpl(trylast=True)  # after the random order, and after Django's, which comes from pytest-django
def pytest_collection_modifyitems(items):
    for item in items:
        if item.get_closest_marker("system") and not item.nodeid.startswith(SITES):
            raise pytest.UsageError(f"{item.nodeid} starts a site: add its file to SITES in {__name__}.")
    places = [*SITES, LONG, ""]
    items.sort(key=lambda item: next(i for i, place in enumerate(places) if item.nodeid.startswith(place)))
