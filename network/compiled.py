"""Single rows by statements compiled once a process, for the few paths that every post takes: `locked()`, writing a post, telling of it.

Putting an ORM statement together costs 0.25–0.4 ms here, the database's part of it 0.02–0.05. A post needs a dozen of them, the worker that
tells of it as many again: compiled, the two cost a third. Everywhere else the ORM reads better. The same rows, the same values, the same
errors as the ORM's own `get()`, `save(force_insert=True)` and `save(update_fields=…)`; no signals are sent (the house has none).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import cache
from typing import Any, TypeVar

from django.db import DEFAULT_DB_ALIAS, connections, models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.query import get_related_populators
from django.db.transaction import TransactionManagementError

M = TypeVar("M", bound=models.Model)


def get(model: type[M], pk: int, *related: str, lock: bool = False) -> M:
    """The row of this number with its `related` rows (names as in `select_related`), under its row lock with `lock`.

    Raises the model's DoesNotExist; TransactionManagementError for a lock outside of a transaction.
    """
    return _reading(model, related, lock).row(pk)


def insert(row: models.Model) -> None:
    """Write a new row, which then knows its number. IntegrityError as the database says. Not for models that inherit tables."""
    connection, (sql, fields) = _here(), _inserting(type(row), quiet=False)
    with connection.cursor() as cursor:
        cursor.execute(sql, _values(row, fields, connection))
        row.pk = cursor.fetchone()[0]
    row._state.adding, row._state.db = False, connection.alias


def insert_quietly(row: models.Model) -> None:
    """Write a new row, or leave it when it breaks a unique rule, as `bulk_create(ignore_conflicts=True)` does."""
    connection, (sql, fields) = _here(), _inserting(type(row), quiet=True)
    with connection.cursor() as cursor:
        cursor.execute(sql, _values(row, fields, connection))


def insert_alike(row: models.Model, names: Sequence[str], each: Iterable[Sequence[object]]) -> None:
    """Write many new rows like `row`, which differ in the fields `names` by the values of `each`; quietly, as above."""
    connection, (sql, fields) = _here(), _inserting(type(row), quiet=True)
    values, places = _values(row, fields, connection), [[field.name for field in fields].index(name) for name in names]
    rows = []
    for differing in each:
        rows.append(values.copy())
        for place, value in zip(places, differing, strict=True):
            rows[-1][place] = fields[place].get_db_prep_save(value, connection)
    with connection.cursor() as cursor:
        cursor.executemany(sql, rows)


def update(row: models.Model, *names: str) -> None:
    """Write these fields of a row that is there (the caller holds its lock)."""
    connection, (sql, fields) = _here(), _updating(type(row), names)
    with connection.cursor() as cursor:
        cursor.execute(sql, [*_values(row, fields, connection), row.pk])


def run(sql: str, *values: object) -> int:
    """One statement of ours, with numbers, texts and times for its `%s`; returns how many rows it touched."""
    connection = _here()
    with connection.cursor() as cursor:
        cursor.execute(sql, _plain(values, connection))
        return int(cursor.rowcount)


def ask(sql: str, *values: object) -> list[tuple[Any, ...]]:
    """The rows that a statement of ours answers with, as the database returns them: for columns with numbers and texts."""
    connection = _here()
    with connection.cursor() as cursor:
        cursor.execute(sql, _plain(values, connection))
        return list(cursor.fetchall())


def _plain(values: Iterable[object], connection: BaseDatabaseWrapper) -> list[Any]:
    return [connection.ops.adapt_datetimefield_value(value) if isinstance(value, datetime) else value for value in values]


# --- How they are put together -----------------------------------------------------------------------------------------------
class _Reading:
    """`SELECT … WHERE id = ?` of a model, and how its columns become the row and its related rows (as Django's ModelIterable does it)."""

    def __init__(self, model: type[models.Model], related: tuple[str, ...], lock: bool) -> None:
        query = model._base_manager.select_related(*related) if related else model._base_manager.all()
        query = query.filter(pk=_ANY).order_by()
        if lock:
            query = query.select_for_update(of=("self",))
        compiler = query.query.get_compiler(DEFAULT_DB_ALIAS)
        self.sql, self.params = compiler.as_sql()
        klass, select = compiler.klass_info, compiler.select
        if klass is None:
            raise TypeError(model)
        self.model, self.lock = model, lock
        self.first, self.last = klass["select_fields"][0], klass["select_fields"][-1] + 1
        self.names = [column[0].target.attname for column in select[self.first : self.last]]
        self.related = get_related_populators(klass, select, DEFAULT_DB_ALIAS)  # type: ignore[call-arg]  # the stubs are of Django 6
        self.converters = [(at, *pair) for at, pair in compiler.get_converters([column[0] for column in select]).items()]

    def row(self, pk: int) -> Any:
        connection = _here()
        if self.lock and connection.get_autocommit():
            raise TransactionManagementError("A row is locked inside a transaction.")
        with connection.cursor() as cursor:
            cursor.execute(self.sql, [pk if value == _ANY else value for value in self.params])
            found = cursor.fetchone()
        if found is None:
            raise self.model.DoesNotExist(f"{self.model.__name__} {pk}")  # type: ignore[attr-defined]  # each model has it
        values = list(found)
        for at, convert, expression in self.converters:
            for each in convert:
                values[at] = each(values[at], expression, connection)
        row = self.model.from_db(connection.alias, self.names, values[self.first : self.last])
        for populate in self.related:
            populate.populate(values, row)
        return row


_ANY = 2**62  # stands for the number in the compiled statement; no row has it


@cache
def _reading(model: type[models.Model], related: tuple[str, ...], lock: bool) -> _Reading:
    return _Reading(model, related, lock)


@cache
def _inserting(model: type[models.Model], *, quiet: bool) -> tuple[str, tuple[models.Field[Any, Any], ...]]:
    if model._meta.parents:
        raise TypeError(f"{model.__name__} stands in several tables.")
    fields = tuple(field for field in model._meta.concrete_fields if not field.primary_key)
    columns, marks = _columns(fields), ", ".join(["%s"] * len(fields))
    end = "ON CONFLICT DO NOTHING" if quiet else f"RETURNING {_columns([model._meta.pk])}"
    return f"INSERT INTO {_quoted(model._meta.db_table)} ({columns}) VALUES ({marks}) {end}", fields  # noqa: S608  # nosec B608 # names of our models


@cache
def _updating(model: type[models.Model], names: tuple[str, ...]) -> tuple[str, tuple[models.Field[Any, Any], ...]]:
    fields: tuple[models.Field[Any, Any], ...] = tuple(model._meta.get_field(name) for name in names)  # type: ignore[misc]  # columns of its own
    marks = ", ".join(f"{_columns([field])} = %s" for field in fields)
    return f"UPDATE {_quoted(model._meta.db_table)} SET {marks} WHERE {_columns([model._meta.pk])} = %s", fields  # noqa: S608  # nosec B608 # as above


def _values(row: models.Model, fields: Iterable[models.Field[Any, Any]], connection: BaseDatabaseWrapper) -> list[Any]:
    return [field.get_db_prep_save(getattr(row, field.attname), connection) for field in fields]


def _columns(fields: Iterable[Any]) -> str:
    return ", ".join(_quoted(field.column) for field in fields)


def _quoted(name: str) -> str:
    return str(_here().ops.quote_name(name))


def _here() -> BaseDatabaseWrapper:
    """This thread's connection itself: `django.db.connection` looks it up again at each attribute, a tenth of what a post costs."""
    return connections[DEFAULT_DB_ALIAS]
