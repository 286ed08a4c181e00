import pytest

from ecc_site.launch import prepare
from ecc_site.startup import StartupError


def test_a_database_that_cannot_be_prepared_is_named_after_the_details(monkeypatch, capsys):
    def refuse(production):
        raise ConnectionError("connection refused.\nIs the server running?")

    monkeypatch.setattr(prepare, "_prepare", refuse)
    with pytest.raises(StartupError) as failure:
        prepare.main()
    assert str(failure.value) == "The database could not be prepared: connection refused (ConnectionError)."
    assert "Is the server running?" in capsys.readouterr().err
