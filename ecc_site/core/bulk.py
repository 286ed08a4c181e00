"""Inserts and finds many rows at the speed of the database: no object and no expression for each."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from itertools import chain
from typing import Any, TypeVar, cast

from django.db import connection, models
from django.db.models import ForeignKey
from django.utils import timezone

from ecc_site.core.batching import batched

Row = TypeVar("Row", bound=models.Model)
AT_ONCE = 50  # rows of one statement: one for each takes a third longer


def new_ids(model: type[models.Model], count: int) -> list[int]:
    """That many unused primary keys, ascending; only inside a transaction that goes on to use them."""
    table = model._meta.db_table
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":  # whose transactions that write come one after the other
            cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
            row = cursor.fetchone()
            last = row[0] if row else 0
            return list(range(last + 1, last + count + 1))
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, %s)) FROM generate_series(1, %s)", [f'"{table}"', "id", count]
        )
        return [row[0] for row in cursor.fetchall()]


def insert_rows(model: type[models.Model], names: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Insert rows of values for the attributes `names` (`dialogue_id` for a relation); the others get their defaults.

    The values go to the database as they are: use it for texts, numbers, truth values and times.
    """
    fields = [field for field in model._meta.concrete_fields if field.attname in names or not field.primary_key]
    given = [field for name in names for field in fields if field.attname == name]
    others = [field for field in fields if field not in given]
    constants = [_default(field) for field in others]
    quote = connection.ops.quote_name
    columns = ", ".join(quote(field.column or field.attname) for field in [*given, *others])
    place = f"({', '.join(['%s'] * (len(given) + len(others)))})"
    values = [(*row, *constants) for row in rows]
    whole = len(values) - len(values) % AT_ONCE
    with connection.cursor() as cursor:
        for count, part in ((AT_ONCE, values[:whole]), (1, values[whole:])):
            statement = f"INSERT INTO {quote(model._meta.db_table)} ({columns}) VALUES {', '.join([place] * count)}"
            cursor.executemany(statement, [list(chain(*group)) for group in batched(part, count)])


def rows_having(
    model: type[models.Model], names: Sequence[str], name: str, values: Iterable[Any], **fixed: Any
) -> list[tuple[Any, ...]]:
    """The attributes `names` of the rows whose `name` is among many values, and that have the values in `fixed`.

    Faster than a queryset, which makes an expression of each value. `names` are attributes such as `dataset_id`.
    """
    quote = connection.ops.quote_name
    columns = {field.attname: field.column or field.attname for field in model._meta.concrete_fields}
    sqlite = connection.vendor == "sqlite"
    many = "IN (SELECT value FROM json_each(%s))" if sqlite else "= ANY(%s)"
    conditions = [f"{quote(columns[name])} {many}", *(f"{quote(columns[key])} = %s" for key in fixed)]
    selected = ", ".join(quote(columns[key]) for key in names)
    statement = f"SELECT {selected} FROM {quote(model._meta.db_table)} WHERE {' AND '.join(conditions)}"
    listed = list(values)
    with connection.cursor() as cursor:
        cursor.execute(statement, [json.dumps(listed) if sqlite else listed, *fixed.values()])
        return cursor.fetchall()


def with_existing(rows: Sequence[Row], name: str) -> list[Row]:
    """Those whose relation `name` leads to a row that is there, and stays to the end of the transaction.

    For what was computed from rows that somebody may have removed meanwhile.
    """
    if not rows:
        return []
    relation = cast(ForeignKey, rows[0]._meta.get_field(name))
    ids = {getattr(row, relation.attname) for row in rows}
    locked = relation.related_model._base_manager.select_for_update(no_key=True).order_by("pk")
    found = {pk for part in batched(sorted(ids)) for pk in locked.filter(pk__in=part).values_list("pk", flat=True)}
    return [row for row in rows if getattr(row, relation.attname) in found]


def delete_rows(model: type[models.Model], name: str, value: Any) -> None:
    """Delete the rows whose attribute `name` has the value, however many, without collecting what points to them.

    The database refuses it, at the latest with the end of the transaction, where something does.
    """
    quote = connection.ops.quote_name
    columns = {field.attname: field.column or field.attname for field in model._meta.concrete_fields}
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {quote(model._meta.db_table)} WHERE {quote(columns[name])} = %s", [value])


def refresh_statistics(*tables: type[models.Model]) -> None:
    """Let PostgreSQL look at tables into which many rows came at once: it plans by what it knows of them.

    By itself it does so minutes later, and until then reads a round of a million items whole for every verdict. SQLite
    plans without.
    """
    if connection.vendor == "postgresql":
        quoted = ", ".join(connection.ops.quote_name(model._meta.db_table) for model in tables)
        with connection.cursor() as cursor:
            cursor.execute(f"ANALYZE {quoted}")


def _default(field: models.Field[Any, Any]) -> Any:
    now = getattr(field, "auto_now_add", False) or getattr(field, "auto_now", False)
    return field.get_db_prep_save(timezone.now() if now else field.get_default(), connection)
