"""`manage.py setup_database`, on a database of its own."""

import os
from io import StringIO

import psycopg
import pytest
from django.core.management import CommandError, call_command

NAME = f"voxanne_setup_{os.getpid()}"


@pytest.fixture
def superuser_url():
    url = os.environ["DATABASE_SUPERUSER_URL"]
    yield url
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{NAME}" WITH (FORCE)')


def test_it_makes_the_database_with_its_extension_and_may_run_again(superuser_url):
    out = StringIO()

    for _ in range(2):
        call_command("setup_database", "--database", NAME, stdout=out)

    with psycopg.connect(superuser_url, dbname=NAME) as connection:
        (extension,) = connection.execute("SELECT extname FROM pg_extension WHERE extname = 'vector'").fetchone()
        (owner,) = connection.execute(
            "SELECT pg_get_userbyid(datdba)::text FROM pg_database WHERE datname = %s", [NAME]
        ).fetchone()
        may = connection.execute("SELECT has_schema_privilege('voxanne_web', 'public', 'CREATE')").fetchone()
    assert (extension, owner, may) == ("vector", "voxanne_owner", (False,))
    assert out.getvalue().count(f"Database {NAME} is ready") == 2


def test_without_an_admins_address_it_says_so(monkeypatch):
    monkeypatch.delenv("DATABASE_SUPERUSER_URL")

    with pytest.raises(CommandError, match="DATABASE_SUPERUSER_URL is missing"):
        call_command("setup_database")


def test_a_server_that_refuses_is_said_without_the_password(monkeypatch):
    monkeypatch.setenv("DATABASE_SUPERUSER_URL", "postgresql://postgres:canary@127.0.0.1:1/postgres")

    with pytest.raises(CommandError) as refused:
        call_command("setup_database")

    assert "canary" not in str(refused.value)
