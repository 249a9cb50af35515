"""Twilio accounts for tests, saved as a clinic saves them but for the question to Twilio."""

from agents.models import Agent, CallDirection
from agents.numbers.sync import reconcile_number
from agents.twilio import store_own_twilio
from credentials.service import credential_service
from credentials.types import Provider, Secret, TwilioCredentials
from orgs.actors import Actor
from orgs.models import IntegrationSettings
from orgs.scope import org_scope, org_tx
from telephony.models import PhoneNumberMapping

SID, OTHER_SID = "AC" + "1a" * 16, "AC" + "2b" * 16
TOKEN, OTHER_TOKEN = "3c" * 14 + "1234", "4d" * 14 + "5678"
NUMBER, OTHER_NUMBER = "+442079460101", "+442079460102"


def account(number=NUMBER, sid=SID, token=TOKEN):
    return TwilioCredentials(account_sid=sid, auth_token=Secret(token), phone_number=number)


def connect(org, **facts):
    """The organisation's account, saved."""
    credential_service.save(org_id=org.pk, credentials=account(**facts), actor=Actor.system(org.pk))


def disconnect(org):
    credential_service.delete(org_id=org.pk, provider=Provider.TWILIO, actor=Actor.system(org.pk))


def connect_agent(org, direction=CallDirection.INBOUND, **facts):
    """An agent's own account, saved."""
    with org_scope(org), org_tx():
        agent_id = Agent.objects.get(call_direction=direction).pk
        store_own_twilio(org=org, agent_id=agent_id, credentials=account(**facts), actor=Actor.system(org.pk))
    return agent_id


def choose(org, **values):
    """The clinic's choice of who answers, as the database holds it."""
    with org_scope(org), org_tx():
        IntegrationSettings.objects.update(**values)


def numbers_of(org):
    """The rows as they are now, by number."""
    with org_scope(org), org_tx():
        return {row.phone_number: row for row in PhoneNumberMapping.objects.order_by("pk")}


def number_of(org, number=NUMBER):
    return numbers_of(org)[number]


def change_number(org, **values):
    with org_scope(org), org_tx():
        PhoneNumberMapping.objects.update(**values)


def sync_numbers(org):
    """Sync every number of the organisation, as its tasks would."""
    return [reconcile_number(org=org, row_id=row.pk) for row in numbers_of(org).values()]


def agents_of(org):
    with org_scope(org), org_tx():
        return {agent.call_direction: agent for agent in Agent.objects.all()}


def linked(org):
    """Which number at Vapi each agent calls from, by direction."""
    return {direction: agent.vapi_phone_number_id for direction, agent in agents_of(org).items()}


def imported(sandbox):
    """The numbers at Vapi, by number."""
    return {item["number"]: item for item in sandbox.vapi("GET", "/phone-number")}
