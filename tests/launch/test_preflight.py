import socket

import pytest

from ecc_site.launch import preflight
from ecc_site.startup import StartupError


def test_it_creates_a_data_folder_that_is_not_there_yet(tmp_path):
    preflight.require_writable(tmp_path / "new" / "var")
    assert list((tmp_path / "new" / "var").iterdir()) == []


def test_it_refuses_a_data_folder_that_cannot_be_written(tmp_path):
    file = tmp_path / "file"
    file.write_text("")
    with pytest.raises(
        StartupError, match=r"The data folder .*/file/var cannot be written \(Not a directory\).*ECC_DATA_DIR="
    ):
        preflight.require_writable(file / "var")


def test_it_refuses_a_taken_port_and_says_how_to_choose_another():
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(StartupError, match=f"Port {port} on 127.0.0.1 is taken by another program.*PORT=NUMBER"):
            preflight.require_free_port(port)


def test_it_accepts_a_port_that_nobody_uses(free_port):
    preflight.require_free_port(free_port)


def test_it_refuses_a_second_site_on_the_same_data_folder(tmp_path):
    with (
        preflight.claim(tmp_path),
        pytest.raises(StartupError, match=r"A site already runs from .* \(process \d+\).*ECC_DATA_DIR="),
    ):
        preflight.claim(tmp_path)


def test_it_accepts_the_data_folder_again_when_the_first_site_has_ended(tmp_path):
    preflight.claim(tmp_path).close()
    preflight.claim(tmp_path).close()
