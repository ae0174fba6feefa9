"""Many rows at once. Django takes its time for every single object: `bulk_create` and `bulk_update` build SQL for each
value of each row, and a model's constructor looks at every field and sends signals. Arrival makes a dozen rows for
each message, so here objects are made plainly (`new`), and all rows travel in one statement as JSON, which PostgreSQL
unpacks with the table's own types. Row-level security applies as to any statement.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from operator import attrgetter
from typing import Any, TypeVar

import orjson
from django.db import DEFAULT_DB_ALIAS, connection
from django.db.models import NOT_PROVIDED, Field, Model
from django.db.models.base import ModelState

M = TypeVar("M", bound=Model)


@dataclass(frozen=True, slots=True)
class _Plan:
    """What `new` has to know of a model."""

    fixed: dict[str, Any]  # defaults that are the same each time, by attribute
    made: tuple[tuple[str, Callable[[], Any]], ...]  # defaults that are made each time
    relations: dict[str, str]  # the attribute that holds the id, by the name of the foreign key


def new(model: type[M], **values: Any) -> M:
    """`model(**values)`, not saved, several times faster: no signal is sent, and values are taken as they are.

    Raises TypeError for a name that is no field of the model.
    """
    plan = _plan(model)
    row = model.__new__(model)
    row._state = ModelState()
    held = row.__dict__
    held |= plan.fixed
    for attribute, make in plan.made:
        held[attribute] = values[attribute] if attribute in values else make()
    for name, value in values.items():
        if name in plan.relations:
            row._state.fields_cache[name] = value
            held[plan.relations[name]] = None if value is None else value.pk
        elif name in held:
            held[name] = value
        else:
            raise TypeError(f"{model.__name__} has no field {name!r}")
    return row


@cache
def _plan(model: type[Model]) -> _Plan:
    fields = model._meta.concrete_fields
    made = {f.attname: f.default for f in fields if f.default is not NOT_PROVIDED and callable(f.default)}
    return _Plan(
        fixed={f.attname: f.get_default() for f in fields if f.attname not in made},
        made=tuple(made.items()),
        relations={f.name: f.attname for f in fields if f.is_relation},
    )


def insert(rows: Sequence[M], *, ignore_conflicts: bool = False) -> list[M]:
    """Insert new instances of one model; their ids are set, except with `ignore_conflicts`. Signals are not sent."""
    rows = list(rows)
    if rows:
        ids = _insert(rows, "ON CONFLICT DO NOTHING" if ignore_conflicts else "RETURNING id")
        if not ignore_conflicts:
            for row, (id,) in zip(rows, ids, strict=True):
                _is_saved(row, id)
    return rows


def insert_missing(rows: Sequence[M], *, unique: Sequence[str]) -> list[M]:
    """Insert those of which there is none with the same `unique` columns; returns them, with their ids set."""
    rows = list(rows)
    if not rows:
        return rows
    key = attrgetter(*unique)
    by_key = {key(row): row for row in rows}
    returned = _insert(rows, f"ON CONFLICT DO NOTHING RETURNING id, {_list(unique)}")
    return [_is_saved(by_key[row[1:]], row[0]) for row in returned]


def _insert(rows: Sequence[Model], ending: str) -> list[tuple[Any, ...]]:
    model = type(rows[0])
    fields = _insertable(model)
    source, given = _source(rows, fields)
    columns = _list([field.column for field in fields])
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {model._meta.db_table} ({columns}) SELECT {columns} FROM {source} {ending}", given
        )
        return cursor.fetchall() if "RETURNING" in ending else []


def _is_saved(row: M, id: int) -> M:
    row.__dict__["id"] = id  # not `row.pk`: a property that asks about every parent of the model
    row._state.adding = False
    row._state.db = DEFAULT_DB_ALIAS
    return row


def update(rows: Sequence[Model], fields: Sequence[str]) -> None:
    """Write the named fields of saved instances of one model."""
    rows = list(rows)
    if not rows:
        return
    meta = type(rows[0])._meta
    columns = {field.name: field for field in meta.concrete_fields}
    written = [columns[name] for name in fields]
    source, given = _source(rows, [meta.pk, *written])
    sets = ", ".join(f'"{field.column}" = given."{field.column}"' for field in written)
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {meta.db_table} AS kept SET {sets} FROM (SELECT * FROM {source}) AS given"
            f" WHERE kept.id = given.id",
            given,
        )


@cache
def _insertable(model: type[Model]) -> tuple[Field, ...]:
    return tuple(field for field in model._meta.concrete_fields if not field.primary_key)


def _source(rows: Sequence[Model], fields: Sequence[Field]) -> tuple[str, list[str]]:
    """A FROM item with the fields of all rows, and its parameters. What is the same in all rows travels only once."""
    table = type(rows[0])._meta.db_table
    columns = list(zip(*map(attrgetter(*(field.attname for field in fields)), rows), strict=True))
    alike = [column.count(column[0]) == len(column) for column in columns]
    same = {f.column: values[0] for f, values, one in zip(fields, columns, alike, strict=True) if one}
    names = [field.column for field, one in zip(fields, alike, strict=True) if not one]
    varying = zip(*(values for values, one in zip(columns, alike, strict=True) if not one), strict=True)
    several = [dict(zip(names, values, strict=True)) for values in varying] or [{}] * len(rows)
    return (
        f"(SELECT {_list(names)} FROM json_populate_recordset(NULL::{table}, %s::json)) AS several"
        f" CROSS JOIN (SELECT {_list(same)} FROM json_populate_record(NULL::{table}, %s::json)) AS same"
    ), [_json(several), _json(same)]


def _list(names: Sequence[str] | dict[str, Any]) -> str:
    return ", ".join(f'"{name}"' for name in names)


def _json(value: Any) -> str:
    return orjson.dumps(value, default=_plain).decode()


def _plain(value: Any) -> Any:
    """What JSON has no form for: bytes as PostgreSQL writes bytea."""
    if isinstance(value, bytes | memoryview):
        return "\\x" + bytes(value).hex()
    raise TypeError(f"{type(value).__name__} has no form in JSON")
