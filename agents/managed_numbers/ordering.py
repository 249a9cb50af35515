"""What people do with numbers of ours: order, assign, give back. Each is one short transaction; workers do the rest."""

from uuid import UUID

import phonenumbers
from django.conf import settings
from django.db import connection

from agents.managed_numbers.errors import NumberNeedsAddress, NumberNotReady, OwnVapiAccount, TooManyNumbers
from agents.managed_numbers.offers import PricedNumber, find_offer
from agents.managed_numbers.tasks import advance_managed_number
from agents.numbers.managed import answer_with
from agents.reception import find_receptionist
from agents.selectors import get_agent
from credentials.vapi_accounts import find_own_key
from orgs import audit
from orgs.actors import Actor
from orgs.models import Organization
from orgs.scope import org_scope, org_tx
from orgs.tasks import enqueue_on_commit
from telephony.models import ENDED, ManagedPhoneNumber, ManagedStatus
from voxanne.clock import now
from voxanne.errors import BadInput, NotFound
from voxanne.live import publish_on_commit


def order_number(
    *, org: Organization, phone_number: str, kind: str, agent_id: UUID | None, actor: Actor
) -> ManagedPhoneNumber:
    """Have a number bought and connected to an agent, the receptionist by default. Ordering it again changes nothing.

    Call it with no transaction open: it asks Twilio whether the number is still for sale, and what it costs.

    Raises:
        BadInput: no phone number. NotFound: no such agent here.
        NumberNotForSale, NumberNeedsAddress, PriceUnknown, TooManyNumbers, OwnVapiAccount, MasterAccountMissing.
        TwilioNotAsked: it could not be asked. In each case nothing was bought.
    """
    number = read_number(phone_number)
    with org_scope(org):
        with org_tx():
            known = _find_open(number)
            agent = get_agent(agent_id) if agent_id else find_receptionist()
            agent_id = agent.pk if agent else None
            if known is None:
                _check_limit()
        if known is not None:
            return known
        if find_own_key(org.pk) is not None:
            raise OwnVapiAccount
        offer = find_offer(number=number, kind=kind)
        if not offer.can_be_bought:
            raise NumberNeedsAddress(f"{offer.address_note}. Contact support, and we set it up with you.")
        with org_tx():
            return _order(org, offer, agent_id, actor)


def assign_number(*, org: Organization, number_id: UUID, agent_id: UUID, actor: Actor) -> ManagedPhoneNumber:
    """Have another agent answer a number. Vapi follows.

    Raises:
        NotFound: no such number or agent here. NumberNotReady: it is being given back.
    """
    with org_scope(org), org_tx():
        agent, row = get_agent(agent_id), _access(number_id)
        if not row.is_wanted:
            raise NumberNotReady
        if row.agent_id != agent.pk:
            row.agent_id = agent.pk
            row.save(update_fields=["agent_id", "updated_at"])
            answer_with(org=org, phone_number=row.phone_number, agent_id=agent.pk)
            audit.record(actor, "managed_number.assigned", row, agent=str(agent.pk))
            publish_on_commit(org.pk, "agent", id=row.pk)
    return row


def release_number(*, org: Organization, number_id: UUID, actor: Actor) -> ManagedPhoneNumber:
    """Give a number back: from its agent, from Vapi, at Twilio. Doing it again changes nothing.

    Raises:
        NotFound: no such number here.
    """
    with org_scope(org), org_tx():
        row = _access(number_id)
        if row.is_wanted:
            row.is_wanted, row.status = False, ManagedStatus.RELEASING
            row.attempts, row.due_at, row.problem = 0, now(), ""
            row.save()
            audit.record(actor, "managed_number.given_back", row)
            publish_on_commit(org.pk, "agent", id=row.pk)
            enqueue_on_commit(advance_managed_number, str(org.pk), str(row.pk))
    return row


def read_number(typed: str) -> str:
    """A number in E.164.

    Raises:
        BadInput: it is something else.
    """
    try:
        number = phonenumbers.parse(typed.strip(), None)
    except phonenumbers.NumberParseException as error:
        raise BadInput(fields={"phoneNumber": ["Give the number in E.164: + country code and number."]}) from error
    if not phonenumbers.is_possible_number(number):
        raise BadInput(fields={"phoneNumber": ["Give the number in E.164: + country code and number."]})
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _order(org: Organization, offer: PricedNumber, agent_id: UUID | None, actor: Actor) -> ManagedPhoneNumber:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s::text, 0))", [f"managed numbers of {org.pk}"])
    if (known := _find_open(offer.number)) is not None:
        return known
    _check_limit()
    row = ManagedPhoneNumber.objects.create(
        phone_number=offer.number,
        country=offer.country,
        number_type=offer.kind,
        locality=offer.place[:80],
        capabilities=list(offer.capabilities),
        agent_id=agent_id,
        monthly_cost_minor=offer.monthly_cost_minor,
        cost_currency=offer.cost_currency,
        due_at=now(),
    )
    audit.record(actor, "managed_number.ordered", row, cents=offer.monthly_cost_minor, currency=offer.cost_currency)
    publish_on_commit(org.pk, "agent", id=row.pk)
    enqueue_on_commit(advance_managed_number, str(org.pk), str(row.pk))
    return row


def _find_open(number: str) -> ManagedPhoneNumber | None:
    found: ManagedPhoneNumber | None = (
        ManagedPhoneNumber.objects.filter(phone_number=number).exclude(status__in=ENDED).first()
    )
    return found


def _check_limit() -> None:
    if ManagedPhoneNumber.objects.exclude(status__in=ENDED).count() >= settings.MANAGED_NUMBERS_PER_CLINIC:
        raise TooManyNumbers


def _access(number_id: UUID) -> ManagedPhoneNumber:
    row: ManagedPhoneNumber | None = ManagedPhoneNumber.objects.select_for_update().filter(pk=number_id).first()
    if row is None:
        raise NotFound("We could not find that number.")
    return row
