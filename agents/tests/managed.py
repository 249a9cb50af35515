"""Numbers of ours for tests: ordered as a clinic orders them, worked on as a worker does, and judged by the sandbox."""

from collections import Counter
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.conf import settings

from agents.leases import HeldRow
from agents.managed_numbers import buying, flow, importing
from agents.managed_numbers.flow import advance
from agents.managed_numbers.ordering import order_number, release_number
from agents.models import Agent
from agents.numbers import sync as number_sync
from orgs.actors import Actor
from orgs.scope import org_scope, org_tx
from providers.testing import SandboxProcess
from telephony import subaccounts
from telephony.models import (
    ENDED,
    ManagedPhoneNumber,
    ManagedStatus,
    PhoneNumberMapping,
    TwilioAccount,
    TwilioSubaccount,
)
from voxanne.clock import now

# Where a worker may die: whatever passes a failpoint.
FAILING = (buying, flow, importing, subaccounts, number_sync)
MASTER_SID, MASTER_TOKEN = "AC" + "0c" * 16, "0d" * 16
NUMBER = "+14155550150"


class Crash(BaseException):
    """As if the process had died here: no handler of the product sees it."""


def order(org: Any, number: str = NUMBER, *, agent_id: UUID | None = None) -> Any:
    return order_number(org=org, phone_number=number, kind="local", agent_id=agent_id, actor=Actor.system(org.pk))


def give_back(org: Any, row: Any) -> Any:
    return release_number(org=org, number_id=row.pk, actor=Actor.system(org.pk))


def managed(org: Any, row: Any) -> Any:
    """The row as it is now."""
    with org_scope(org), org_tx():
        return ManagedPhoneNumber.objects.get(pk=row.pk)


def change(org: Any, row: Any, **values: Any) -> None:
    with org_scope(org), org_tx():
        ManagedPhoneNumber.objects.filter(pk=row.pk).update(**values)


def let_time_pass(org: Any, *, asked: bool = True) -> None:
    """Claims of the dead have run out, and unless not `asked`, what Twilio was asked long ago is settled."""
    with org_scope(org), org_tx():
        past = now() - timedelta(seconds=1)
        ManagedPhoneNumber.objects.filter(claim__isnull=False).update(claimed_until=past)
        if asked:
            ManagedPhoneNumber.objects.filter(asked_at__isnull=False).update(asked_at=now() - timedelta(minutes=5))
        TwilioSubaccount.objects.filter(claim__isnull=False).update(claimed_until=past)
        PhoneNumberMapping.objects.filter(sync_claim__isnull=False).update(sync_claimed_until=past)


def finish(org: Any, row: Any, *, most: int = 30) -> Any:
    """Sweeps, as often as it takes."""
    for _ in range(most):
        let_time_pass(org)
        advance(org=org, row_id=row.pk)
        found = managed(org, row)
        if found.due_at is None:
            return found
    raise AssertionError(f"still {found.status}: {found.problem}")


def buy_and_give_back(org: Any, row: Any) -> None:
    """All steps, unless the worker dies at one."""
    advance(org=org, row_id=row.pk)
    let_time_pass(org)
    give_back(org, row)
    advance(org=org, row_id=row.pk)


@contextmanager
def dying_at(monkeypatch: Any, passage: int) -> Iterator[list[str]]:
    """Let the worker die at this passage of any failpoint, its claims left behind; yields the points passed."""
    passed: list[str] = []

    def die(name: str) -> None:
        passed.append(name)
        if len(passed) == passage:
            raise Crash

    with monkeypatch.context() as patch:
        for module in FAILING:
            patch.setattr(module, "failpoint", die)
        patch.setattr(HeldRow, "release", lambda self: None)
        patch.setattr(subaccounts, "_let_go", lambda row: None)
        yield passed


def forget_subaccount(org: Any) -> None:
    """As if the clinic had none yet."""
    with org_scope(org), org_tx():
        TwilioSubaccount.objects.all().delete()


def judge_one(org: Any, sandbox: SandboxProcess, row: Any) -> None:
    """As `judge`, of one number whatever there is besides."""
    row, twilio = managed(org, row), sandbox.control("GET", "/twilio")
    is_active = row.status == ManagedStatus.ACTIVE
    assert is_active or row.status in ENDED
    owned = [item["id"] for item in twilio["numbers"] if item["phone_number"] == row.phone_number]
    at_vapi = [item["id"] for item in sandbox.vapi("GET", "/phone-number") if item["number"] == row.phone_number]
    with org_scope(org), org_tx():
        mapped = list(PhoneNumberMapping.objects.filter(phone_number=row.phone_number))
    assert owned == ([row.twilio_sid] if is_active else [])
    assert at_vapi == ([row.vapi_phone_number_id] if is_active else [])
    assert [item.vapi_phone_number_id for item in mapped] == at_vapi
    _judge_history(
        [event for event in twilio["numberHistory"] if event["phone_number"] == row.phone_number],
        {row.phone_number} if is_active else set(),
    )


def judge(org: Any, sandbox: SandboxProcess) -> None:
    """Compare the clinic's numbers with what Twilio and Vapi have: whole or gone, nothing twice, nothing forgotten."""
    twilio, at_vapi = sandbox.control("GET", "/twilio"), sandbox.vapi("GET", "/phone-number")
    owned = [item for item in twilio["numbers"] if item["account_sid"] == settings.TWILIO_MASTER_ACCOUNT_SID]
    with org_scope(org), org_tx():
        rows = list(ManagedPhoneNumber.objects.all())
        mapped = dict(PhoneNumberMapping.objects.values_list("phone_number", "vapi_phone_number_id"))
        texts = sorted(TwilioAccount.objects.filter(is_managed=True).values_list("phone_number", flat=True))
        calling = set(Agent.objects.values_list("vapi_phone_number_id", flat=True)) - {""}
    active = [row for row in rows if row.status == ManagedStatus.ACTIVE]
    assert {row.status for row in rows} <= {ManagedStatus.ACTIVE, *ENDED}
    bought = sorted((row.name_at_twilio, row.twilio_sid, row.phone_number) for row in active)
    assert sorted((item["friendly_name"], item["id"], item["phone_number"]) for item in owned) == bought
    known = {row.phone_number: row.vapi_phone_number_id for row in active}
    assert sorted((item["number"], item["id"]) for item in at_vapi) == sorted(known.items())
    assert mapped == known
    assert texts == sorted(known)
    assert calling <= set(known.values())
    assert bool(calling) == bool(active)
    assert len([item for item in sandbox.vapi("GET", "/credential") if item["provider"] == "twilio"]) == len(active)
    assert {row.twilio_subaccount_sid for row in active} <= {item["id"] for item in twilio["accounts"]}
    _judge_history(twilio["numberHistory"], known)


def _judge_history(history: list[Any], known: Collection[str]) -> None:
    """Bought as often as given back, and once more for what we have: never two at once."""
    counted: Counter[str] = Counter()
    for event in reversed(history):
        counted[event["phone_number"]] += {"bought": 1, "released": -1}[event["action"]]
        assert counted[event["phone_number"]] in {0, 1}
    assert {number for number, count in counted.items() if count} == set(known)
