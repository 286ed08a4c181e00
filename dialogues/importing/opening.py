"""Opens what was uploaded: a file as it is, compressed with gzip, or the files in a zip archive."""

from __future__ import annotations

import gzip
import io
import lzma
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import BinaryIO, cast

from django.utils.translation import gettext as _

from dialogues.importing.problems import BadFile

MOST_FILES = 200  # in an archive
RATIO, ALWAYS_FINE = 100, 100 * 2**20  # an archive that grows more than a hundredfold, beyond 100 MiB, is a bomb
BROKEN = (zipfile.BadZipFile, gzip.BadGzipFile, EOFError, zlib.error, lzma.LZMAError, NotImplementedError)

ZIP, GZIP, PARQUET, OLD_OFFICE = b"PK\x03\x04", b"\x1f\x8b", b"PAR1", b"\xd0\xcf\x11\xe0"
SHEET = "xl/workbook.xml"


@dataclass
class Source:
    """One file of dialogues. `name` is for people; `open` starts at its beginning each time."""

    path: Path
    name: str
    member: str = ""  # in a zip archive
    zipped: bool = False  # with gzip
    limit: int = 2**63
    _raw: list[BinaryIO] = field(default_factory=list)

    def open(self) -> BinaryIO:
        """The content, unpacked. Reading it raises BadFile where it is broken or a bomb."""
        raw: BinaryIO = self.path.open("rb")
        self._raw = [raw]
        if self.member:
            return io.BufferedReader(_Bounded(cast(io.IOBase, zipfile.ZipFile(raw).open(self.member)), self.limit))
        if self.zipped:
            return io.BufferedReader(_Bounded(gzip.GzipFile(fileobj=raw), self.limit))
        return raw

    def head(self, size: int) -> bytes:
        """The first bytes of the content."""
        with self.open() as file:
            return file.read(size)

    @property
    def kind(self) -> bytes:
        """ZIP for a spreadsheet, PARQUET, OLD_OFFICE, or empty for text."""
        start = self.head(4)
        return start if start in (ZIP, PARQUET, OLD_OFFICE) else b""

    def position(self) -> int:
        """How many bytes of the file as it lies on disk have been read."""
        return self._raw[0].tell() if self._raw and not self._raw[0].closed else 0


class _Bounded(io.RawIOBase):
    """Reads on until `limit` bytes."""

    def __init__(self, file: io.IOBase, limit: int) -> None:
        self._file, self._left, self._limit = cast(BinaryIO, file), limit, limit

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return False

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        try:
            content = self._file.read(len(buffer))
        except BROKEN as error:
            raise BadFile(
                _("The archive is broken: %(error)s.") % {"error": str(error) or type(error).__name__}
            ) from error
        self._left -= len(content)
        if self._left < 0:
            size = self._limit // 2**20
            raise BadFile(
                _("Unpacked, the file is larger than %(size)s MiB, far more than real text would be.") % {"size": size}
            )
        buffer[: len(content)] = content
        return len(content)


def sources(path: Path, name: str) -> list[Source]:
    """The files of dialogues in an upload, in the order of the archive. Raises BadFile."""
    size = path.stat().st_size
    if not size:
        raise BadFile(_("The file is empty."))
    limit = max(ALWAYS_FINE, RATIO * size)
    with path.open("rb") as file:
        start = file.read(4)
    if start[:2] == GZIP:
        return [Source(path, name.removesuffix(".gz"), zipped=True, limit=limit)]
    if start != ZIP:
        return [Source(path, name)]
    members = list(_members(path))
    if any(member.filename == SHEET for member in members):
        return [Source(path, name)]
    return [
        Source(path, member.filename, member=member.filename, limit=limit) for member in members if _is_data(member)
    ]


def _members(path: Path) -> Iterator[zipfile.ZipInfo]:
    """The archive's files. Nothing is ever unpacked to a path, so no name in it can lead out of a folder."""
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
    except BROKEN as error:
        raise BadFile(_("The archive is broken: %(error)s.") % {"error": error}) from error
    files = [member for member in members if not member.is_dir()]
    if len(files) > MOST_FILES and not any(member.filename == SHEET for member in files):
        raise BadFile(_("The archive has more than %(count)s files.") % {"count": MOST_FILES})
    if any(member.flag_bits & 1 for member in files):
        raise BadFile(_("The archive is protected by a password; save it without."))
    return iter(files)


def _is_data(member: zipfile.ZipInfo) -> bool:
    """Not a link, a hidden file, or what a Mac adds to archives."""
    is_link = (member.external_attr >> 16) & 0o170000 == 0o120000
    path = PurePosixPath(member.filename)
    return not is_link and not path.name.startswith(".") and "__MACOSX" not in path.parts
