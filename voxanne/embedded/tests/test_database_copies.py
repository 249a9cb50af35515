"""A run's database is copied from a template, which is made once for each content of the schema."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest

from voxanne.embedded import database_copies
from voxanne.embedded.database_copies import drop_test_database, make_test_database, schema_digest

PREFIX = f"copies_{os.getpid()}"
DIGEST = "0123"


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A cluster admin's address; templates of this module have a name of their own there."""
    url = os.environ["DATABASE_SUPERUSER_URL"]
    monkeypatch.setattr(database_copies, "_TEMPLATE", f"{PREFIX}_template_")
    monkeypatch.setattr(database_copies, "schema_digest", lambda: DIGEST)
    yield url
    with psycopg.connect(url, autocommit=True) as connection:
        for name in names(url, PREFIX):
            connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture
def make(server: str) -> Callable[..., bool]:
    """`make("a")` makes a test database whose one table says how it was migrated."""

    def database(name: str, *, digest: str = DIGEST, table: str = "migrated", takes_s: float = 0) -> bool:
        def migrate() -> None:
            time.sleep(takes_s)
            with psycopg.connect(server, dbname=f"{PREFIX}_{name}") as connection:
                connection.execute(f"CREATE TABLE {table} ()")

        return make_test_database(server, name=f"{PREFIX}_{name}", digest=digest, migrate=migrate)

    return database


def names(server: str, prefix: str) -> list[str]:
    with psycopg.connect(server) as connection:
        rows = connection.execute("SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [prefix])
        return sorted(name for (name,) in rows)


def tables(server: str, name: str) -> list[str]:
    with psycopg.connect(server, dbname=f"{PREFIX}_{name}") as connection:
        rows = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        return [name for (name,) in rows]


def test_the_first_is_migrated_and_the_next_are_copies(server: str, make: Callable[..., bool]):
    assert (make("a"), make("b"), make("c")) == (True, False, False)
    assert tables(server, "a") == tables(server, "b") == tables(server, "c") == ["migrated"]


def test_another_schema_is_migrated_again(server: str, make: Callable[..., bool], monkeypatch: pytest.MonkeyPatch):
    make("a")
    monkeypatch.setattr(database_copies, "schema_digest", lambda: "4567")

    assert make("b", digest="4567", table="changed")
    assert not make("c", digest="4567")
    assert tables(server, "c") == ["changed"]


def test_what_was_edited_while_it_was_migrated_becomes_no_template(server: str, make: Callable[..., bool]):
    assert make("a", digest="before the edit")
    assert tables(server, "a") == ["migrated"]
    assert names(server, f"{PREFIX}_template") == []


def test_a_database_of_the_same_name_is_replaced(server: str, make: Callable[..., bool]):
    make("a")
    with psycopg.connect(server, dbname=f"{PREFIX}_a") as connection:
        connection.execute("CREATE TABLE left_behind ()")

    make("a")

    assert tables(server, "a") == ["migrated"]


def test_of_two_at_once_one_migrates_and_the_other_copies(make: Callable[..., bool]):
    with ThreadPoolExecutor(2) as pool:
        migrated = list(pool.map(lambda name: make(name, takes_s=0.2), ["a", "b"]))

    assert sorted(migrated) == [False, True]


def test_only_the_newest_templates_are_kept(server: str, make: Callable[..., bool], monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(database_copies, "_KEPT_TEMPLATES", 1)
    for number in range(2):
        monkeypatch.setattr(database_copies, "schema_digest", lambda number=number: str(number))
        make("a", digest=str(number))

    assert names(server, f"{PREFIX}_template") == [f"{PREFIX}_template_1"]


def test_databases_of_dead_processes_go_and_those_of_living_ones_stay(server: str, make: Callable[..., bool]):
    with subprocess.Popen([sys.executable, "-c", ""]) as ended:
        ended.wait()
    dead, living = f"test_voxanne_{ended.pid}", "test_voxanne_1"
    with psycopg.connect(server, autocommit=True) as connection:
        for name in (dead, living):
            connection.execute(f"CREATE DATABASE {name}")
        make("a")
        left = names(server, "test_voxanne_")
        connection.execute(f"DROP DATABASE {living}")

    assert living in left
    assert dead not in left


def test_dropping_ends_whoever_is_connected(server: str, make: Callable[..., bool]):
    make("a")
    with psycopg.connect(server, dbname=f"{PREFIX}_a"):
        drop_test_database(server, name=f"{PREFIX}_a")
        deadline = time.monotonic() + 20
        while f"{PREFIX}_a" in names(server, PREFIX):
            assert time.monotonic() < deadline
            time.sleep(0.02)


def test_the_hash_is_of_migrations_and_models(monkeypatch: pytest.MonkeyPatch, tmp_path):
    (tmp_path / "orgs" / "migrations").mkdir(parents=True)
    (tmp_path / "orgs" / "views.py").write_text("")
    monkeypatch.setattr(database_copies, "ROOT", tmp_path)
    seen = [schema_digest()]
    for path in ("views.py", "models.py", "migrations/0001_initial.py"):
        (tmp_path / "orgs" / path).write_text("changed = True")
        seen.append(schema_digest())

    assert seen[0] == seen[1]
    assert len(set(seen)) == 3
