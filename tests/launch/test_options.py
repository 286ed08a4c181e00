import pytest

from ecc_site.env import own_redis_socket
from ecc_site.launch.options import ROOT, Options


@pytest.fixture(autouse=True)
def nothing_chosen(monkeypatch):
    for name in ("PORT", "ECC_DATA_DIR", "REDIS_URL", "ECC_PROFILE"):
        monkeypatch.delenv(name, raising=False)


def test_without_choices_it_uses_the_defaults_of_the_project():
    own_redis = f"unix://{own_redis_socket(ROOT / 'var')}?db=0"
    assert Options.from_environment() == Options(8000, ROOT / "var", own_redis, production=False)


@pytest.mark.parametrize("port", ["0", "70000", "http"])
def test_it_refuses_a_port_that_is_none(port, monkeypatch):
    monkeypatch.setenv("PORT", port)
    with pytest.raises(SystemExit, match=r"PORT=.* cannot be used: expected a whole number"):
        Options.from_environment()


def test_it_hands_the_same_choices_to_the_children(monkeypatch, tmp_path):
    monkeypatch.setenv("ECC_DATA_DIR", str(tmp_path))
    options = Options.from_environment()
    for name, value in options.as_environment().items():
        monkeypatch.setenv(name, value)
    assert Options.from_environment() == options
