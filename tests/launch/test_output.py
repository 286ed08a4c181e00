import asyncio
import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from ecc_site.launch.output import Output, Terminal


@pytest.fixture
def written(tmp_path):
    """Let something happen to the Output of `web`; the Output."""

    def run(action, **options) -> Output:
        async def main():
            output = Output("web", tmp_path, **options)
            action(output)
            output.finish()
            return output

        return asyncio.run(main())

    return run


def send(data: bytes):
    return lambda output: os.write(output.writer, data)


def test_a_line_goes_to_the_terminal_with_its_name_and_to_the_log(written, capfd, tmp_path):
    written(send("退货\nup\n".encode()))
    assert capfd.readouterr().out == "web             | 退货\nweb             | up\n"
    assert (tmp_path / "web.log").read_text() == "退货\nup\n"


def test_a_quiet_program_writes_to_its_log_alone_but_what_is_said_about_it_is_shown(written, capfd, tmp_path):
    def two_lines(output):
        send(b"warming up\n")(output)
        output.write("web ended")

    written(two_lines, quiet=True)
    assert capfd.readouterr().out == "web             | web ended\n"
    assert set((tmp_path / "web.log").read_text().splitlines()) == {"warming up", "web ended"}


def test_a_log_that_has_grown_large_is_rotated(written, tmp_path):
    written(send(b"0123456789\n" * 25), largest_bytes=100)
    sizes = {file.name: file.stat().st_size for file in tmp_path.iterdir()}
    assert set(sizes) == {"web.log", "web.log.1"}
    assert max(sizes.values()) <= 100


def test_the_last_lines_are_those_of_the_log(written, tmp_path):
    output = written(send(b"one\ntwo\nthree"))
    assert output.last_lines(2) == f"the last lines of {tmp_path}/web.log:\n  two\n  three"


def test_a_program_that_wrote_nothing_has_no_last_lines(written):
    assert written(lambda _: None).last_lines().endswith("web.log:\n  (it wrote nothing)")


@contextmanager
def terminal() -> Iterator[tuple[Terminal, int]]:
    """A pipe in place of standard output; its reading end. Not a fixture, before which pytest sets standard output."""
    reader, writer = os.pipe()
    with pytest.MonkeyPatch.context() as patch, os.fdopen(writer, "w") as output:
        patch.setattr(sys, "stdout", output)
        patch.setattr(sys, "stderr", output)
        yield Terminal(), reader


def test_a_terminal_that_was_closed_ends_this_process_and_is_asked_no_more():
    asked = []
    before = signal.signal(signal.SIGTERM, lambda *_: asked.append("to end"))
    with terminal() as (operator, reader):
        os.close(reader)
        operator.say("last words")
        operator.say("into the void")
    signal.signal(signal.SIGTERM, before)
    assert asked == ["to end"]


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="only Linux has a file that is always full")
def test_a_terminal_that_is_a_file_on_a_full_disk_misses_lines_and_ends_nothing():
    asked = []
    before = signal.signal(signal.SIGTERM, lambda *_: asked.append("to end"))
    full = os.open("/dev/full", os.O_WRONLY)
    with terminal() as (operator, reader):
        pipe = os.dup(sys.stdout.fileno())
        os.dup2(full, sys.stdout.fileno())
        operator.say("lost")
        os.dup2(pipe, sys.stdout.fileno())
        operator.say("again")
        assert os.read(reader, 2**20).endswith(b"again\n")
        for descriptor in (pipe, full, reader):
            os.close(descriptor)
    signal.signal(signal.SIGTERM, before)
    assert asked == []


def test_a_terminal_that_is_paused_misses_lines_and_goes_on_later():
    with terminal() as (operator, reader):
        talking = threading.Thread(target=_say_many_lines, args=[operator], daemon=True)
        talking.start()
        talking.join(60)  # it would never end if it waited for the reader
        assert not talking.is_alive()
        seen = os.read(reader, 2**20).decode()
        operator.say("again")
        assert "line 0 of many" in seen
        assert "line 9999 of many" not in seen
        assert os.read(reader, 2**20) == b"again\n"
        os.close(reader)


def _say_many_lines(operator: Terminal) -> None:
    for number in range(10_000):
        operator.say(f"line {number} of many")
