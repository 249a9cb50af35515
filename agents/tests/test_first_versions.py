"""Every agent has a first version: those of new clinics, and those that were there before versions were."""

from importlib import import_module

import pytest
from django.db import connection, transaction

from agents.models import Agent, AgentVersion, CallDirection
from agents.versions import config_of
from conftest import as_owner
from orgs.scope import org_scope, org_tx, service_tx

FIRST_VERSIONS = import_module("agents.migrations.0004_versions").FIRST_VERSIONS


def rows_of(org):
    with org_scope(org), org_tx():
        versions = AgentVersion.objects.order_by("agent__call_direction").values_list("number", "config", "changes")
        return list(versions), [config_of(agent) for agent in Agent.objects.order_by("call_direction")]


@pytest.mark.django_db(transaction=True)
def test_a_new_clinics_agents_start_with_version_one_live(north, agent_of):
    versions, configs = rows_of(north)

    assert versions == [(1, config, {}) for config in configs]
    assert (agent_of(north).version, agent_of(north).published_version) == (1, 1)
    with org_scope(north), org_tx():
        assert not AgentVersion.objects.filter(published_at=None).exists()


@pytest.mark.django_db(transaction=True)
def test_agents_of_before_get_the_same(north, south, change_agent):
    change_agent(north, tools_enabled=["checkAvailability"], transfer_settings={"default": "+442079460100"})
    change_agent(south, CallDirection.OUTBOUND, version=3)
    with service_tx("test"):
        AgentVersion.across_orgs.all().delete()

    with as_owner(), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("ALTER TABLE agent_versions NO FORCE ROW LEVEL SECURITY")
        cursor.execute(FIRST_VERSIONS)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE agent_versions FORCE ROW LEVEL SECURITY")

    versions, configs = rows_of(north)
    assert versions == [(1, config, {}) for config in configs]
    assert [number for number, _, _ in rows_of(south)[0]] == [1, 3]
