"""Buying a number at Twilio, and giving it back. Both look first: there is no idempotency key."""

from datetime import timedelta

from django.conf import settings

from agents.managed_numbers.errors import CannotGoOn, NotYet
from agents.managed_numbers.leases import ManagedLease
from agents.managed_numbers.words import say_refusal
from orgs.models import Organization
from orgs.scope import org_tx
from providers.twilio.master import MasterTwilioClient
from providers.twilio.types import TwilioNumber
from telephony.master_account import master_account_sid
from telephony.messaging.replies import PATH
from telephony.models import RepliesState, TwilioAccount
from telephony.subaccounts import ensure_subaccount
from voxanne.clock import now
from voxanne.errors import Rejected
from voxanne.failpoints import failpoint

# For so long after the question a number that Twilio does not list may still be on its way to us.
SETTLE_S = 90


def buy(org: Organization, lease: ManagedLease, client: MasterTwilioClient) -> None:
    """Have the number at Twilio: the one that an earlier try bought, else a new one.

    It is bought by its number, so two purchases of it cannot both succeed, and called after its row, so that nobody
    takes another organisation's purchase for their own.

    Raises:
        CannotGoOn: Twilio does not sell it to us.
    """
    bought = _find_ours(lease, client) or _ask_for_it(lease, client)
    failpoint("managed.bought")
    _note_bought(lease, bought)


def separate(org: Organization, lease: ManagedLease, client: MasterTwilioClient) -> None:
    """Have the organisation's subaccount, which keeps its usage apart.

    Raises:
        CannotGoOn: Twilio does not let us have one.
    """
    try:
        account_sid = ensure_subaccount(org=org, client=client)
    except Rejected as refused:
        raise CannotGoOn(say_refusal(refused), twilio=refused.code) from refused
    failpoint("managed.separated")
    lease.note(twilio_subaccount_sid=account_sid)


def give_back(lease: ManagedLease, client: MasterTwilioClient) -> None:
    """Release the number at Twilio, if we have it. Safe to run twice.

    Raises:
        NotYet: Twilio was asked for it a moment ago and nobody knows what it said.
    """
    ours = _find_ours(lease, client)
    if ours is None:
        _wait_until_settled(lease)
        return
    failpoint("managed.before_release")
    client.release_number(ours.sid)
    failpoint("managed.released")


def _find_ours(lease: ManagedLease, client: MasterTwilioClient) -> TwilioNumber | None:
    named = client.list_numbers_named(lease.row.name_at_twilio)
    return next((number for number in named if number.number == lease.row.phone_number), None)


def _ask_for_it(lease: ManagedLease, client: MasterTwilioClient) -> TwilioNumber:
    moment = now()
    lease.write(asked_at=moment, claimed_until=moment + timedelta(seconds=60))
    lease.row.asked_at = moment
    failpoint("managed.before_buying")
    try:
        return client.buy_number(
            lease.row.phone_number, name=lease.row.name_at_twilio, sms_url=f"{settings.BACKEND_URL}{PATH}"
        )
    except Rejected as refused:
        # An earlier question whose answer was lost may have been carried out meanwhile.
        ours = _find_ours(lease, client)
        if ours is None:
            raise CannotGoOn(say_refusal(refused), twilio=refused.code) from refused
        return ours


def _note_bought(lease: ManagedLease, bought: TwilioNumber) -> None:
    """The number is ours; texts to it are the organisation's."""
    with org_tx():
        lease.note(twilio_sid=bought.sid, bought_at=now(), capabilities=sorted(bought.capabilities))
        TwilioAccount.objects.get_or_create(
            phone_number=lease.row.phone_number,
            is_managed=True,
            defaults={"account_sid": master_account_sid(), "replies": RepliesState.REACH_US},
        )


def _wait_until_settled(lease: ManagedLease) -> None:
    asked_at = lease.row.asked_at
    if asked_at is None or lease.row.twilio_sid:
        return
    left_s = SETTLE_S - int((now() - asked_at).total_seconds())
    if left_s > 0 and not _was_refused(lease):
        raise NotYet("We are making sure that Twilio has not sold us this number after all.", wait_s=left_s)


def _was_refused(lease: ManagedLease) -> bool:
    """Whether Twilio's last answer was a plain no."""
    return lease.row.problem_code.isdecimal()
