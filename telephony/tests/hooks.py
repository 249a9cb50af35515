"""Twilio's webhooks, signed as Twilio signs them."""

from uuid import uuid4

from django.conf import settings
from django.http import QueryDict
from django.test import Client
from django.utils.http import urlencode
from twilio.request_validator import RequestValidator

from telephony.tests.texting import NUMBER, PATIENT, SID, TOKEN

FORM = "application/x-www-form-urlencoded"


def sid():
    return f"SM{uuid4().hex}"


def text_form(body="Hello", **fields):
    facts = {
        "MessageSid": sid(), "AccountSid": SID, "From": PATIENT, "To": NUMBER, "Body": body, "NumMedia": "0",
        "NumSegments": "1", "SmsStatus": "received", "ApiVersion": "2010-04-01",
    }  # fmt: skip
    return facts | fields


def status_form(message_sid, status, **fields):
    facts = {
        "MessageSid": message_sid, "SmsSid": message_sid, "MessageStatus": status, "SmsStatus": status, "To": PATIENT,
        "From": NUMBER, "AccountSid": SID, "ApiVersion": "2010-04-01",
    }  # fmt: skip
    return facts | fields


def sign(path, form, token=TOKEN):
    body = urlencode(form)
    return RequestValidator(token).compute_signature(f"{settings.BACKEND_URL}{path}", QueryDict(body))


def post(path, form, *, signature=None, token=TOKEN, **headers):
    """One webhook; signed for this very form and path unless a signature is given."""
    signature = sign(path, form, token) if signature is None else signature
    given = {"X-Twilio-Signature": signature} if signature else {}
    return Client().post(path, urlencode(form), content_type=FORM, headers=given | headers)


def text_in(body="Hello", *, token=TOKEN, **fields):
    return post("/api/twilio/sms", text_form(body, **fields), token=token)


def status_in(message, message_sid, status, **fields):
    return post(f"/api/twilio/status?m={message.pk}", status_form(message_sid, status, **fields))
