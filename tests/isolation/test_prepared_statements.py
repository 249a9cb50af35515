"""Prepared statements (`DATABASE_PREPARE_THRESHOLD`): plans are kept for a connection, organisations stay apart."""

import pytest
from django.db import connection, connections

from orgs.models import AuditEntry
from orgs.scope import org_scope, org_tx
from voxanne.settings import data

RUNS = 12


def prepared(cursor):
    cursor.execute("SELECT count(*) FROM pg_prepared_statements")
    return cursor.fetchone()[0]


def another_connection(threshold):
    """A connection with this setting, closed by the caller."""
    other = connections["default"].copy()
    settings = other.settings_dict
    other.settings_dict = {**settings, "OPTIONS": {**settings["OPTIONS"], "prepare_threshold": threshold}}
    return other


@pytest.mark.parametrize(("given", "taken"), [("", None), ("5", 5), ("no number", None)])
def test_the_setting_reaches_the_driver(monkeypatch, given, taken):
    monkeypatch.setenv("DATABASE_PREPARE_THRESHOLD", given)

    assert data._database()["OPTIONS"]["prepare_threshold"] == taken


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("threshold", "expected"), [(None, 0), (5, 1)])
def test_statements_are_prepared_only_where_that_is_asked_for(threshold, expected):
    other = another_connection(threshold)
    try:
        with other.cursor() as cursor:
            for number in range(RUNS):
                cursor.execute("SELECT %s::int + 1", [number])
                assert cursor.fetchone() == (number + 1,)
            assert prepared(cursor) == expected
    finally:
        other.close()


@pytest.mark.django_db(transaction=True)
def test_a_kept_plan_shows_each_organisation_its_own(north, south):
    """The same statement text, under the same connection and role, for one organisation after the other."""
    connection.ensure_connection()
    before, connection.connection.prepare_threshold = connection.connection.prepare_threshold, 1
    try:
        seen = {north.pk: set(), south.pk: set()}
        for _ in range(RUNS):
            for org in (north, south):
                with org_scope(org), org_tx():
                    seen[org.pk].add(frozenset(AuditEntry.objects.values_list("org_id", flat=True)))
        with connection.cursor() as cursor:
            assert prepared(cursor) > 0
    finally:
        connection.connection.prepare_threshold = before

    assert seen == {org.pk: {frozenset({org.pk})} for org in (north, south)}
