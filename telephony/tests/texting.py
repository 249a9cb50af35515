"""Clinics that text: accounts as a clinic connects them, and what a worker does."""

from itertools import count

from credentials.service import credential_service
from credentials.types import ResendCredentials, Secret, TwilioCredentials
from orgs.actors import Actor
from orgs.scope import org_scope, org_tx
from telephony.messaging import send_message
from telephony.messaging.delivering import deliver
from telephony.models import Message

SID, OTHER_SID = "AC" + "1a" * 16, "AC" + "2b" * 16
TOKEN, OTHER_TOKEN = "3c" * 14 + "1234", "4d" * 14 + "5678"
NUMBER, OTHER_NUMBER = "+442079460101", "+442079460102"
PATIENT = "+447700900123"
_keys = count()


def connect_twilio(org, sid=SID, token=TOKEN, number=NUMBER, **facts):
    account = TwilioCredentials(account_sid=sid, auth_token=Secret(token), phone_number=number, **facts)
    credential_service.save(org_id=org.pk, credentials=account, actor=Actor.system(org.pk))


def connect_resend(org, key="re_live_key", sender="hello@north.example"):
    account = ResendCredentials(api_key=Secret(key), from_email=sender)
    credential_service.save(org_id=org.pk, credentials=account, actor=Actor.system(org.pk))


def send(org, **wish):
    """Queue a text to the patient, or what else is said."""
    facts = {"channel": "sms", "to": PATIENT, "body": "See you at 9.", "idempotency_key": f"key-{next(_keys)}"}
    return send_message(**facts | {"org": org, "actor": Actor.system(org.pk)} | wish)


def by_hand(org, **wish):
    return send(org, by_person=True, **wish)


def email(org, **wish):
    return send(org, **{"channel": "email", "to": "ana@patients.example", "subject": "Your visit"} | wish)


def work(org, message):
    """What the worker does, and the row after it."""
    return deliver(org=org, message_id=message.pk), message_of(org, message)


def message_of(org, message):
    with org_scope(org), org_tx():
        return Message.objects.get(pk=message.pk)


def change(org, message, **values):
    with org_scope(org), org_tx():
        Message.objects.filter(pk=message.pk).update(**values)


def texts_at_twilio(sandbox):
    """What Twilio has, oldest first."""
    return sandbox.control("GET", "/ledger")["messages"]


def posts(sandbox, provider="twilio"):
    """Every attempt to send that reached the provider."""
    path = "/emails" if provider == "resend" else ""
    found = sandbox.requests_to(provider, "POST", path)
    return [item for item in found if "Messages.json" in item["path"] or provider == "resend"]
