"""Queries compiled once for an actor's rights. Building a permission filter costs the ORM more than the database needs to answer it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from django.core.exceptions import EmptyResultSet
from django.db import connection

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from network.spaces.actors import Actor

# Stands in the compiled parameters for a value that differs at each call. No row has such a number.
SLOTS = tuple(2**62 + at for at in range(4))


def rows(actor: Actor, name: str, build: Callable[..., QuerySet[Any]], *values: int) -> list[Sequence[Any]]:
    """The rows of a `.values_list()` query that depends on the actor's rights and on `values` (numbers).

    `build(actor, *slots)` makes the query from stand-ins; it must use each of them as a plain value, and nothing else that changes
    between calls (no time, no language). Fields that the database returns raw (numbers, texts) only: no converters run.
    """
    kept = actor.rights.derived.get(name)
    if kept is None:
        query = build(actor, *SLOTS[: len(values)]).query
        try:
            kept = query.get_compiler(connection.alias).as_sql()
        except EmptyResultSet:
            kept = ("", ())
        actor.rights.derived[name] = kept
    sql, params = kept
    if not sql:
        return []
    places = dict(zip(SLOTS, values, strict=False))
    with connection.cursor() as cursor:
        cursor.execute(sql, [places.get(param, param) if isinstance(param, int) else param for param in params])
        return list(cursor.fetchall())
