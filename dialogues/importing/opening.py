"""Opens what was uploaded: a file as it is, compressed with gzip, or the files in a zip archive."""

from __future__ import annotations

import gzip
import io
import lzma
import shutil
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import BinaryIO, cast

from django.utils.translation import gettext as _

from dialogues.importing.problems import BadFile
from dialogues.importing.texts import storable

MOST_FILES = 200  # in an archive
RATIO, ALWAYS_FINE = 100, 100 * 2**20  # an archive that grows more than a hundredfold, beyond 100 MiB, is a bomb
BROKEN = (
    zipfile.BadZipFile,
    gzip.BadGzipFile,
    EOFError,
    zlib.error,
    lzma.LZMAError,
    NotImplementedError,  # another way of compressing
    RuntimeError,  # a password
    ValueError,  # names and dates that cannot be
    OSError,
)

ZIP, GZIP, PARQUET, OLD_OFFICE = b"PK\x03\x04", b"\x1f\x8b", b"PAR1", b"\xd0\xcf\x11\xe0"
SHEET = "xl/workbook.xml"


@dataclass
class Source:
    """One file of dialogues. `name` is for people; `open` starts at its beginning each time."""

    path: Path
    name: str
    member: zipfile.ZipInfo | None = None  # in a zip archive
    limit: int = ALWAYS_FINE  # bytes unpacked
    _raw: list[BinaryIO] = field(default_factory=list)

    def open(self) -> BinaryIO:
        """The content, unpacked. Opening and reading it raise BadFile where it is broken or a bomb."""
        raw = self.path.open("rb")
        self._raw = [raw]
        try:
            file = self._member(raw) if self.member else raw
            return self._bounded(gzip.GzipFile(fileobj=file), file) if file.peek(2)[:2] == GZIP else file
        except BaseException:
            raw.close()
            raise

    def _member(self, raw: io.BufferedReader) -> io.BufferedReader:
        assert self.member
        with _as_bad_file():
            archive = zipfile.ZipFile(raw)
            member = cast(io.IOBase, archive.open(self.member))
        return self._bounded(member, raw)

    def _bounded(self, file: io.IOBase, under: io.BufferedReader) -> io.BufferedReader:
        return io.BufferedReader(_Bounded(file, under, self.limit))

    @contextmanager
    def open_seekable(self) -> Iterator[BinaryIO]:
        """The content, in which one can go back: packed content is unpacked into a file without a name."""
        with self.open() as file:
            if file.seekable():
                yield file
                return
            with tempfile.TemporaryFile() as copy:
                shutil.copyfileobj(file, copy)
                copy.seek(0)
                yield cast(BinaryIO, copy)

    def head(self, size: int) -> bytes:
        """The first bytes of the content."""
        with self.open() as file:
            return file.read(size)

    @cached_property
    def kind(self) -> bytes:
        """ZIP for a spreadsheet, PARQUET, OLD_OFFICE, GZIP for what is packed twice, or empty for text."""
        start = self.head(4)
        kinds = (ZIP, PARQUET, OLD_OFFICE, GZIP)
        return next((kind for kind in kinds if start.startswith(kind)), b"")

    def position(self) -> int:
        """How many bytes of the file as it lies on disk have been read."""
        return self._raw[0].tell() if self._raw and not self._raw[0].closed else 0


class _Bounded(io.RawIOBase):
    """Reads on until `limit` bytes. Closing it closes what lies under it, too."""

    def __init__(self, file: io.IOBase, under: io.BufferedReader, limit: int) -> None:
        self._file, self._under = cast(BinaryIO, file), under
        self._left, self._limit = limit, limit

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return False

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        with _as_bad_file():
            content = self._file.read(len(buffer))
        self._left -= len(content)
        if self._left < 0:
            raise BadFile(_bomb(self._limit))
        buffer[: len(content)] = content
        return len(content)

    def close(self) -> None:
        self._file.close()
        self._under.close()
        super().close()


@contextmanager
def _as_bad_file() -> Iterator[None]:
    try:
        yield
    except BROKEN as error:
        reason = storable(str(error))[:200] or type(error).__name__
        raise BadFile(_("The archive is broken: %(error)s.") % {"error": reason}) from error


def _bomb(limit: int) -> str:
    sentence = _("Unpacked, the file is larger than %(size)s MiB, far more than real text would be.")
    return sentence % {"size": limit // 2**20}


def sources(path: Path, name: str) -> list[Source]:
    """The files of dialogues in an upload, in the order of the archive. Raises BadFile."""
    size = path.stat().st_size
    if not size:
        raise BadFile(_("The file is empty."))
    limit = max(ALWAYS_FINE, RATIO * size)
    with path.open("rb") as file:
        if file.read(4) != ZIP:
            return [Source(path, name.removesuffix(".gz"), limit=limit)]
        found = members(file, limit)
    if any(member.filename == SHEET for member in found):
        return [Source(path, name, limit=limit)]
    if len(found) > MOST_FILES:
        raise BadFile(_("The archive has more than %(count)s files.") % {"count": MOST_FILES})
    return [Source(path, readable_name(member), member, limit) for member in found if _is_data(member)]


def members(file: BinaryIO, limit: int) -> list[zipfile.ZipInfo]:
    """The files in a zip archive. Raises BadFile where it is broken, locked, or has more than `limit` bytes unpacked.

    Nothing is ever unpacked to a path, so no name in it can lead out of a folder.
    """
    with _as_bad_file(), zipfile.ZipFile(file) as archive:
        files = [member for member in archive.infolist() if not member.is_dir()]
    if any(member.flag_bits & 1 for member in files):
        raise BadFile(_("The archive is protected by a password; save it without."))
    if sum(member.file_size for member in files) > limit:
        raise BadFile(_bomb(limit))
    return files


def readable_name(member: zipfile.ZipInfo) -> str:
    """The name in the archive; archives made by Windows in China have it in GB18030 and do not say so."""
    if member.flag_bits & 0x800 or member.filename.isascii():
        return storable(member.filename)
    try:
        return storable(member.filename.encode("cp437").decode("gb18030"))
    except UnicodeError:
        return storable(member.filename)


def _is_data(member: zipfile.ZipInfo) -> bool:
    """Not a link, a hidden file, or what a Mac adds to archives."""
    is_link = (member.external_attr >> 16) & 0o170000 == 0o120000
    path = PurePosixPath(member.filename)
    return not is_link and not path.name.startswith(".") and "__MACOSX" not in path.parts
