"""Containers: each makes records of a file, whatever is in them.

A record is a dict with its number (line, row or element, from 1). What cannot be read as a record is a Refused in its
place. No reader holds more than one record.
"""

from __future__ import annotations

from collections.abc import Iterator

from dialogues.importing.refused import Refused

Records = Iterator[tuple[int, dict | Refused]]
Lines = Iterator[tuple[int, str | Refused]]
