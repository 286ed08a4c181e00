"""Reads a file of dialogues in whatever form it is: finds out its encoding, its container and its format."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import Any

from django.utils.translation import gettext as _

from dialogues.importing.containers import CONTAINERS, Beginning, Container
from dialogues.importing.encodings import FEW, SAMPLE, broken_share, guessed, is_known, with_mark
from dialogues.importing.formats import FORMATS, Choices, Format
from dialogues.importing.formats.columns import all_of, mapping
from dialogues.importing.opening import GZIP, OLD_OFFICE, Source
from dialogues.importing.problems import BadFile
from dialogues.importing.records import Items
from dialogues.importing.refused import Refused
from dialogues.importing.texts import storable

FIRST = 30  # records or lines by which a format is recognised
MOST_COLUMNS, LONGEST_NAME = 500, 60  # of records that a person may be asked about


@dataclass(frozen=True)
class Reading:
    """How a file is read."""

    source: Source
    encoding: str
    container: Container
    format: Format
    columns: tuple[str, ...] = ()  # of a table, or the fields of objects, where the format wants to know what is where

    def items(self, choices: Choices) -> Items:
        """The dialogues and what cannot be used, in the order of the file. Raises BadFile."""
        self._check_columns(choices)
        return self.format.read(self.container.read(self.source, self.encoding), choices)

    def _check_columns(self, choices: Choices) -> None:
        found = mapping(self.columns, self.format.fields, choices.columns)
        missing = [field for field in self.format.needed if found.get(field) not in self.columns]
        if missing:
            sentence = _(
                "Nothing says which column holds: %(missing)s. The columns are: %(columns)s. Choose it in “Columns”, "
                "or with --column %(field)s=NAME."
            )
            values = {"missing": ", ".join(missing), "columns": _shortened(self.columns), "field": missing[0]}
            raise BadFile(sentence % values)


def reading_of(source: Source, encoding: str = "", wanted: str = "") -> Reading:
    """How the file is to be read, with the encoding and the format that a person chose, if any. Raises BadFile."""
    kind = source.kind
    if kind == OLD_OFFICE:
        raise BadFile(_("This is a spreadsheet of an old kind (.xls); save it as .xlsx or CSV."))
    if kind == GZIP:
        raise BadFile(_("The file is packed more than once; unpack it first."))
    chosen, encoding = encoding, "" if kind else _encoding(source, encoding)
    seen: tuple[str, ...] = ()
    asked: Reading | None = None
    broken: BadFile | None = None
    for container in _containers(source, encoding, FORMATS.get(wanted)):
        sample, error = _sample(source, encoding, container)
        broken = broken or error
        columns = _columns(sample) if container.of == "records" else ()
        if found := _matching(container, sample, wanted):
            return Reading(source, encoding, container, found, columns if found.fields else ())
        if not asked and (format_to_ask := _to_ask(container, columns, sample, wanted)):
            asked = Reading(source, encoding, container, format_to_ask, columns)
        seen = seen or (columns if container.names_fields else ())
    if asked:
        return asked
    if broken:
        raise broken
    if chosen and encoding and not seen and guessed(sample_of_file := source.head(SAMPLE)) != encoding:
        raise BadFile(_not_in(chosen, sample_of_file))
    raise BadFile(_unreadable(encoding, seen))


def _encoding(source: Source, chosen: str) -> str:
    """The chosen encoding, if the file can be in it, or else the one that is guessed. Raises BadFile."""
    sample = source.head(SAMPLE)
    if not chosen:
        return guessed(sample)
    if not is_known(chosen):
        raise BadFile(_("“%(encoding)s” is not an encoding that is known here.") % {"encoding": storable(chosen)})
    encoding = with_mark(chosen, sample)
    if broken_share(sample, encoding) > FEW:
        raise BadFile(_not_in(chosen, sample))
    return encoding


def _not_in(encoding: str, sample: bytes) -> str:
    sentence = _("The file is not text in %(encoding)s; it looks like %(guess)s.")
    return sentence % {"encoding": encoding.upper(), "guess": guessed(sample).upper()}


def _unreadable(encoding: str, fields: tuple[str, ...]) -> str:
    known = ", ".join(str(known.label) for known in FORMATS.values())
    if fields:
        sentence = _("The records have the fields %(fields)s, but no dialogue. Known formats: %(formats)s.")
        return sentence % {"fields": _shortened(fields), "formats": known}
    if not encoding:
        return _("No dialogues were recognised in the file. Known formats: %(formats)s.") % {"formats": known}
    sentence = _("No dialogues were recognised in the file, read as text in %(encoding)s. Known formats: %(formats)s.")
    return sentence % {"encoding": encoding.upper(), "formats": known}


def _shortened(names: tuple[str, ...]) -> str:
    named = [name[:LONGEST_NAME] for name in names[:20]]
    return ", ".join(named) + (", …" if len(names) > len(named) else "")


def _containers(source: Source, encoding: str, wanted: Format | None) -> list[Container]:
    """Those that the file may be, the likeliest first; of those, if any, that the wanted format is read from."""
    beginning = Beginning.of(source, encoding)
    likely = [(container.likelihood(beginning), container) for container in CONTAINERS.values()]
    found = [container for how, container in sorted(likely, key=lambda pair: -pair[0]) if how]
    return [container for container in found if wanted and container.of == wanted.of] or found


def _sample(source: Source, encoding: str, container: Container) -> tuple[list[Any], BadFile | None]:
    """The first records or lines that can be read, and what ended the reading."""
    sample: list[Any] = []
    try:
        for _number, item in islice(container.read(source, encoding), FIRST):
            if not isinstance(item, Refused):
                sample.append(item)
    except BadFile as error:
        return sample, error
    return sample, None


def _columns(sample: list[dict[str, Any]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(storable(name) for name in all_of(sample)))[:MOST_COLUMNS]


def _matching(container: Container, sample: list[Any], wanted: str) -> Format | None:
    """The first format that matches, of all or of the wanted one."""
    candidates = [known for name, known in FORMATS.items() if known.of == container.of and wanted in ("", name)]
    return next((known for known in candidates if sample and known.matches(sample)), None)


def _to_ask(container: Container, columns: tuple[str, ...], sample: list[Any], wanted: str) -> Format | None:
    """As what records are read that match no format: as is wanted, or by columns that the person is asked for."""
    if wanted:
        return FORMATS[wanted] if sample and FORMATS[wanted].of == container.of else None
    can_be_asked = container.asked_as and len(columns) >= 2 and max(map(len, columns)) <= LONGEST_NAME
    return FORMATS[container.asked_as] if can_be_asked else None
