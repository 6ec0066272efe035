"""Queries compiled once for an actor's rights. Building a permission filter costs the ORM more than the database needs to answer it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from django.core.exceptions import EmptyResultSet
from django.db import DEFAULT_DB_ALIAS, connections

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from network.spaces.actors import Actor

AMONG = 2**61  # stands for a list: `pk__in=[AMONG]`
# Stands in the compiled parameters for a value that differs at each call. No row has such a number.
SLOTS = tuple(2**62 + at for at in range(4))


def rows(
    actor: Actor, name: str, build: Callable[..., QuerySet[Any, Any]], *values: int, among: Sequence[int] = ()
) -> list[tuple[Any, ...]]:
    """The rows of a `.values_list()` query that depends on the actor's rights, on `values` (numbers) and on a list of numbers.

    `build(actor, *slots)` makes the query from stand-ins; it must use each of them as a plain value, `[AMONG]` for the list, and nothing
    else that changes between calls (no time, no language). Fields that the database returns raw (numbers, texts): no converters run.
    """
    kept = actor.rights.derived.get(name)
    if kept is None:
        query = build(actor, *SLOTS[: len(values)]).query
        try:
            kept = query.get_compiler(DEFAULT_DB_ALIAS).as_sql()
        except EmptyResultSet:
            kept = ("", ())
        actor.rights.derived[name] = kept
    sql, params = kept
    if not sql or (AMONG in params and not among):
        return []
    if AMONG in params:
        parts = sql.split("%s")
        marks = [", ".join(["%s"] * len(among)) if param == AMONG else "%s" for param in params]
        sql = "".join(part + mark for part, mark in zip(parts, [*marks, ""], strict=True))
    places = dict(zip(SLOTS, values, strict=False))
    filled: list[Any] = []
    for param in params:
        if param == AMONG:
            filled += among
        else:
            filled.append(places.get(param, param) if isinstance(param, int) else param)
    with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
        cursor.execute(sql, filled)
        return list(cursor.fetchall())


def counts(actor: Actor, *queries: Callable[[Actor], QuerySet[Any, Any]]) -> list[int]:
    """How many rows each of these queries of the actor's rights finds, asked all at once: pages show several such numbers."""
    name = "counts:" + " ".join(f"{query.__module__}.{query.__qualname__}" for query in queries)
    kept = actor.rights.derived.get(name)
    if kept is None:
        parts, given = [], []
        for query in queries:
            try:
                sql, params = query(actor).query.get_compiler(DEFAULT_DB_ALIAS).as_sql()
                parts.append(f"(SELECT COUNT(*) FROM ({sql}) AS found)")  # noqa: S608  # nosec B608 # the ORM's own words
                given += params
            except EmptyResultSet:
                parts.append("0")
        kept = actor.rights.derived[name] = (f"SELECT {', '.join(parts)}", given)
    with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
        cursor.execute(*kept)
        return list(cursor.fetchone() or ())
