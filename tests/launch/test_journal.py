import datetime

from honcho.printer import Message

from ecc_site.launch import journal, terminal


def line(data, name="web"):
    return Message(type="line", data=data, time=datetime.datetime.now(), name=name, colour=None)


def test_a_line_goes_to_the_terminal_with_its_name_and_to_the_log_of_its_process(tmp_path, capsys):
    written = journal.Journal(tmp_path, when_all_run=lambda: None)
    written.write(line("退货\n".encode()))
    written.write(line("up\n", name="beat"))
    assert "web" in capsys.readouterr().out
    assert (tmp_path / "web.log").read_text() == "退货\n"
    assert (tmp_path / "beat.log").read_text() == "up\n"


def test_the_first_line_tells_once_that_all_processes_run(tmp_path):
    calls = []
    written = journal.Journal(tmp_path, when_all_run=lambda: calls.append(1))
    written.write(line("one"))
    written.write(line("two"))
    assert calls == [1]


def test_a_terminal_that_was_closed_ends_the_site_and_the_log_goes_on(tmp_path, monkeypatch):
    gone = []
    monkeypatch.setattr(terminal, "gone", lambda: gone.append(1))
    written = journal.Journal(tmp_path, when_all_run=lambda: None)
    monkeypatch.setattr(written, "output", ClosedTerminal())
    written.write(line("last words"))
    assert gone == [1]
    assert (tmp_path / "web.log").read_text() == "last words\n"


class ClosedTerminal:
    def write(self, _):
        raise OSError(5, "Input/output error")
