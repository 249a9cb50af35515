"""Numbers of ours under crashes, lost answers and providers that fail: whole or gone, never twice, never forgotten."""

import random

import pytest
from structlog.testing import capture_logs

from agents.managed_numbers import tasks
from agents.managed_numbers.flow import FlowOutcome, advance
from agents.tests.managed import (
    MASTER_SID,
    MASTER_TOKEN,
    Crash,
    buy_and_give_back,
    dying_at,
    finish,
    forget_subaccount,
    give_back,
    judge,
    judge_one,
    let_time_pass,
    managed,
    order,
)
from telephony.models import ManagedStatus

pytestmark = pytest.mark.django_db(transaction=True)

PURCHASE = "POST /2010-04-01/Accounts/{id}/IncomingPhoneNumbers.json"


@pytest.fixture
def sandbox(provider_sandbox, settings):
    settings.TWILIO_MASTER_ACCOUNT_SID, settings.TWILIO_MASTER_AUTH_TOKEN = MASTER_SID, MASTER_TOKEN
    settings.VAPI_RETRY_DELAYS_S = ()
    return provider_sandbox


def numbers():
    return (f"+1{area}5550{last}" for area in (415, 212, 305, 312) for last in range(150, 199))


@pytest.mark.slow
def test_a_worker_that_dies_at_any_step_leaves_no_half_number(north, sandbox, monkeypatch, settings):
    settings.MANAGED_NUMBERS_PER_CLINIC = 50
    for_sale, points, survived = numbers(), [], False
    while not survived:
        row = order(north, next(for_sale))
        with dying_at(monkeypatch, len(points) + 1) as passed:
            try:
                buy_and_give_back(north, row)
                survived = True
            except Crash:
                points.append(passed[-1])
        finish(north, row)
        judge_one(north, sandbox, row)
        forget_subaccount(north)
    assert set(points) >= {
        "managed.before_buying", "managed.bought", "managed.separated", "subaccount.made", "managed.wanted",
        "numbers.imported", "managed.imported", "managed.unwanted", "managed.forgotten", "managed.released",
    }  # fmt: skip


@pytest.mark.parametrize("seed", range(3))
def test_random_faults_end_whole_or_gone(north, sandbox, seed):
    rng, for_sale = random.Random(seed), numbers()
    for _ in range(2):
        row = order(north, next(for_sale))
        for provider in ("twilio", "vapi"):
            trouble = {"status": rng.choice((429, 500, 503)), "error_rate": 0.3, "drop_rate": 0.2}
            sandbox.spoil(provider=provider, after_work=rng.random() < 0.5, **trouble)
        for _ in range(rng.randrange(1, 5)):
            advance(org=north, row_id=row.pk)
            let_time_pass(north)
        if rng.random() < 0.4:
            give_back(north, row)
            advance(org=north, row_id=row.pk)
        for provider in ("twilio", "vapi"):
            sandbox.heal(provider=provider)
        finish(north, row)
    judge(north, sandbox)


def test_a_purchase_whose_answer_was_lost_is_found_again(north, sandbox):
    row = order(north)
    sandbox.spoil(provider="twilio", operation=PURCHASE, drop_rate=1, after_work=True, times=1)

    assert advance(org=north, row_id=row.pk) == FlowOutcome.WAITING
    assert (managed(north, row).status, managed(north, row).twilio_sid) == (ManagedStatus.BUYING, "")
    assert "Twilio cannot be reached" in managed(north, row).problem
    assert finish(north, row).status == ManagedStatus.ACTIVE
    judge(north, sandbox)
    assert len(sandbox.requests_to("twilio", "POST", f"/2010-04-01/Accounts/{MASTER_SID}/Incoming")) == 1


def test_a_purchase_that_may_be_on_its_way_is_waited_for_before_it_counts_as_given_back(north, sandbox):
    row = order(north)
    sandbox.spoil(provider="twilio", operation=PURCHASE, drop_rate=1, times=1)
    advance(org=north, row_id=row.pk)
    give_back(north, row)
    let_time_pass(north, asked=False)

    assert advance(org=north, row_id=row.pk) == FlowOutcome.WAITING
    assert "making sure" in managed(north, row).problem
    assert finish(north, row).status == ManagedStatus.RELEASED
    judge(north, sandbox)


def test_an_account_that_twilio_refuses_is_ours_to_mend_and_loses_nothing(north, sandbox, settings):
    row = order(north)
    settings.TWILIO_MASTER_AUTH_TOKEN = "0" * 29 + "bad"

    assert advance(org=north, row_id=row.pk) == FlowOutcome.WAITING
    assert "Our team has to act" in managed(north, row).problem
    settings.TWILIO_MASTER_AUTH_TOKEN = MASTER_TOKEN
    assert finish(north, row).status == ManagedStatus.ACTIVE
    judge(north, sandbox)


def test_the_sweeper_wakes_what_was_lost(north, sandbox, monkeypatch):
    woken = []
    monkeypatch.setattr(tasks, "wake", lambda task, org_id, row_id: woken.append((task.name, org_id, row_id)))
    row = order(north)

    assert tasks.sweep_managed_numbers() == 1
    assert tasks.sweep_managed_numbers() == 0
    assert woken == [("agents.tasks.advance_managed_number", str(north.pk), str(row.pk))]
    assert tasks.advance_managed_number(str(north.pk), str(row.pk)) == "active"
    assert tasks.advance_managed_number(str(north.pk), str(row.pk)) == "busy"


def test_the_token_stays_out_of_logs(north, sandbox):
    with capture_logs() as logs:
        finish(north, order(north))

    assert logs
    assert not any(MASTER_TOKEN in str(line) for line in logs)
