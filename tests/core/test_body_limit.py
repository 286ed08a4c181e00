import pytest
from django.conf import settings
from django.core.files import uploadhandler

pytestmark = pytest.mark.django_db
MORE = settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1


@pytest.fixture
def written(monkeypatch):
    """The temporary files that uploads were written to."""
    files, make = [], uploadhandler.TemporaryFileUploadHandler.new_file

    def new_file(self, *arguments, **options):
        files.append(self)
        return make(self, *arguments, **options)

    monkeypatch.setattr(uploadhandler.TemporaryFileUploadHandler, "new_file", new_file)
    return files


def send(client, path="/import/", size=MORE):
    body = (
        b'--x\r\nContent-Disposition: form-data; name="file"; filename="f.jsonl"\r\n\r\n'
        + b"y" * size
        + b"\r\n--x--\r\n"
    )
    return client.post(path, body, content_type="multipart/form-data; boundary=x")


@pytest.mark.parametrize("path", ["/import/", "/accounts/login/", "/review/", "/healthz", "/nowhere/"])
def test_of_a_stranger_nothing_large_is_read(client, written, path):
    assert send(client, path).status_code == 413
    assert written == []


def test_of_an_annotator_neither(as_annotator, written):
    response = send(as_annotator)
    assert response.status_code == 413
    assert "At most 2 MiB" in response.content.decode()
    assert written == []


def test_a_manager_may_send_a_file_and_not_more_than_the_limit(as_manager, settings, written):
    send(as_manager)
    assert len(written) == 1
    settings.IMPORT_MAX_BYTES = 1
    assert send(as_manager).status_code == 413
    assert len(written) == 1
