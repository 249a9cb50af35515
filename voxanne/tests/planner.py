"""What PostgreSQL's planner believes of a table, for tests about plans: else autovacuum's last look decides them."""

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager

import psycopg
from django.db import connection

from voxanne.embedded.emptying import connect_to_empty

Superuser = psycopg.Connection[tuple[object, ...]]
# How many different values a column has (-1: as many as rows), and the ends of equally full ranges of them.
Column = tuple[float, Sequence[str]]


@contextmanager
def believed(tables: Mapping[str, tuple[int, Mapping[str, Column]]]) -> Iterator[None]:
    """Let the planner believe in `{table: (rows, {column: …})}` while this is open, whatever the tables hold.

    To a planner that knows no better a table is small, every index of it costs the same, and chance takes one.
    """
    name = connection.settings_dict["NAME"]
    with closing(connect_to_empty(os.environ["DATABASE_SUPERUSER_URL"], name=name)) as superuser:
        for table, (rows, columns) in tables.items():
            _forget(superuser, table)
            _tell(superuser, table, rows, columns)
        try:
            yield
        finally:
            for table in tables:
                _forget(superuser, table)


def _tell(superuser: Superuser, table: str, rows: int, columns: Mapping[str, Column]) -> None:
    superuser.execute(
        "SELECT pg_restore_relation_stats('schemaname', 'public', 'relname', %s::text,"
        " 'relpages', 1, 'reltuples', %s::real)",
        [table, rows],
    )
    for column, (distinct, bounds) in columns.items():
        listed = "{" + ",".join(f'"{bound}"' for bound in bounds) + "}" if bounds else None
        superuser.execute(
            "SELECT pg_restore_attribute_stats('schemaname', 'public', 'relname', %s::text, 'attname', %s::text,"
            " 'inherited', false, 'null_frac', 0::real, 'avg_width', 8, 'n_distinct', %s::real,"
            " 'histogram_bounds', %s::text)",
            [table, column, distinct, listed],
        )


def _forget(superuser: Superuser, table: str) -> None:
    superuser.execute("SELECT pg_clear_relation_stats('public', %s::text)", [table])
    superuser.execute(
        "SELECT pg_clear_attribute_stats('public', %s::text, attname::text, false)"
        " FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped",
        [table, table],
    )
