"""The PostgreSQL that `make test` starts for the tests marked `database`."""

from pathlib import Path
from urllib.parse import unquote, urlsplit

import psycopg
import pytest

from tests import postgres


@pytest.fixture
def binaries() -> Path:
    return postgres.server_binaries() or pytest.skip("no PostgreSQL server was found here")


def test_it_answers_and_finds_chinese_by_trigrams_and_is_gone_when_the_block_fails(binaries):
    with pytest.raises(ZeroDivisionError), postgres.temporary_cluster(binaries) as url:
        folder = Path(unquote(urlsplit(url).hostname))
        with psycopg.connect(url.replace("postgres://", "postgresql://", 1)) as connection:
            assert connection.execute("SELECT upper('é'), '退货' ~ '^\\w+$'").fetchone() == ("É", True)
        1 / 0  # noqa: B018
    assert not folder.exists()
