"""Clinics that move between accounts at Vapi, for tests: moved and synced as their tasks would."""

from datetime import timedelta

import pytest
import requests
import time_machine

from agents.accounts.leaving import AFTER_A_CALL, leave_account
from agents.assistants import reconcile
from agents.models import VapiAccount
from agents.tests.twilio_accounts import agents_of, connect, sync_numbers
from credentials import connections
from orgs.actors import Actor
from orgs.models import AuditEntry
from orgs.scope import org_scope, org_tx
from voxanne.clock import now

KEY, OTHER_KEY = "clinic-key-of-north", "another-key-of-north"
CALLS_END = timedelta(seconds=900) + AFTER_A_CALL + timedelta(seconds=1)


@pytest.fixture
def home(north, vapi_sandbox, settings):
    """North, answering from the platform's account with a number; the sandbox."""
    settings.ALLOW_ORG_VAPI_KEYS = True
    connect(north)
    sync(north)
    sync(north)
    return vapi_sandbox


@pytest.fixture
def clock():
    with time_machine.travel(now(), tick=True) as traveller:
        yield traveller


def sync(org):
    """Every agent and number, as their tasks would."""
    for agent in agents_of(org).values():
        reconcile(org=org, agent_id=agent.pk)
    sync_numbers(org)


def move(org, key):
    """To another account, and everything synced there; empty is the platform's."""
    connections.connect_vapi(org=org, given={"apiKey": key}, actor=Actor.system(org.pk))
    sync(org)
    sync(org)


def at_vapi(sandbox, key, path):
    headers = {"Authorization": f"Bearer {key}"}
    return requests.get(f"{sandbox.vapi_url}{path}", headers=headers, timeout=10).json()


def things(sandbox, key, org):
    """What the organisation has in an account: assistants, numbers, Twilio credentials."""
    return (
        len([item for item in at_vapi(sandbox, key, "/assistant") if item["metadata"]["orgId"] == str(org.pk)]),
        len(at_vapi(sandbox, key, "/phone-number")),
        len([item for item in at_vapi(sandbox, key, "/credential") if item["provider"] == "twilio"]),
    )


def rows(org):
    with org_scope(org), org_tx():
        return {row.account: row for row in VapiAccount.objects.all()}


def leave(org):
    return [leave_account(org=org, row_id=row.pk) for row in rows(org).values() if row.left_at]


def audited(org):
    with org_scope(org), org_tx():
        found = AuditEntry.objects.filter(org=org, action__startswith="vapi_account.").order_by("id")
        return list(found.values_list("action", flat=True))
