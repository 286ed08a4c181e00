import asyncio
import shutil
import socket
import ssl
import subprocess
import threading
from contextlib import suppress

import pytest
from redis.exceptions import BusyLoadingError

from ecc_site.launch.redis_probe import Address
from ecc_site.launch.redis_server import find_binary
from ecc_site.startup import StartupError


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


@pytest.fixture
def password_redis(free_port, tmp_path, eventually):
    """The address of a real Redis that asks for a password, with the right one."""
    options = ["--port", str(free_port), "--dir", str(tmp_path), "--save", "", "--requirepass", "secret"]
    process = subprocess.Popen([find_binary(), *options], stdout=subprocess.DEVNULL)
    url = f"redis://:secret@127.0.0.1:{free_port}/0"
    assert eventually(Address(url).answers)
    yield url
    process.terminate()
    process.wait()


def test_a_redis_that_runs_answers(redis_server):
    assert Address(redis_server).answers()


def test_where_nobody_listens_nobody_answers(free_port):
    assert not Address(f"redis://127.0.0.1:{free_port}/0").is_listening()
    assert not Address(f"redis://127.0.0.1:{free_port}/0").answers()


def test_a_redis_that_wants_a_password_is_refused(password_redis):
    with pytest.raises(StartupError, match=r"Redis at 127.0.0.1:\d+ refuses: it asks for a password.*REDIS_URL"):
        Address(password_redis.replace(":secret@", "")).answers()


def test_the_password_is_never_shown(password_redis):
    with pytest.raises(StartupError) as refused:
        Address(password_redis.replace("secret", "wrong-secret")).answers()
    assert "wrong-secret" not in str(refused.value)


@pytest.mark.parametrize("greeting", [b"SSH-2.0-OpenSSH\r\n", b""], ids=["another protocol", "silence"])
def test_what_does_not_answer_like_a_redis_is_refused(listener, greeting):
    port = listener(greeting)
    with pytest.raises(StartupError, match=f"127.0.0.1:{port} does not answer like a Redis.*REDIS_URL"):
        Address(f"redis://127.0.0.1:{port}/0", timeout_s=0.2).answers()


@pytest.fixture
def self_signed(tmp_path):
    """The port of a server whose certificate nobody signed but itself."""
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    subject = ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"]
    files = ["-keyout", str(key), "-out", str(certificate)]
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", *subject, *files],
        check=True,
        capture_output=True,
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=_shake_hands_with_all, args=[server, context], daemon=True)
        thread.start()
        yield server.getsockname()[1]


def _shake_hands_with_all(server, context):
    with suppress(OSError):
        while True:
            peer, _ = server.accept()
            with suppress(OSError), peer:
                context.wrap_socket(peer, server_side=True)


@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not on the PATH")
def test_a_certificate_that_nobody_trusts_is_named(self_signed):
    with pytest.raises(StartupError, match=r"The certificate of Redis at 127\.0\.0\.1"):
        Address(f"rediss://127.0.0.1:{self_signed}/0").answers()


def test_another_kind_of_address_is_refused():
    with pytest.raises(StartupError, match="REDIS_URL cannot be used: Redis URL must specify"):
        Address("http://127.0.0.1")


def test_a_redis_that_loads_its_data_is_waited_for(redis_server, monkeypatch):
    answers = iter([BusyLoadingError(), BusyLoadingError(), True])
    address = Address(redis_server)
    monkeypatch.setattr(address.client, "ping", lambda: _raise_or_return(next(answers)))
    asyncio.run(address.wait())
    assert next(answers, "all asked") == "all asked"


def _raise_or_return(answer):
    if isinstance(answer, Exception):
        raise answer
    return answer


def test_a_redis_that_never_gets_ready_is_waited_for_in_vain(free_port):
    with pytest.raises(StartupError, match=f"127.0.0.1:{free_port} did not get ready within 0.1 s"):
        asyncio.run(Address(f"redis://127.0.0.1:{free_port}/0").wait(seconds=0.1))
