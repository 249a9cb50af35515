"""Lines in tests: a clinic's browser, Twilio's calls answered at once, and its callback as Twilio signs it."""

import json
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.conf import settings
from django.test import Client

from orgs.actors import Actor
from orgs.models import Organization
from orgs.scope import org_scope, org_tx
from telephony.models import HybridForwardingConfig, VerificationStatus, VerifiedCallerId
from telephony.services import map_number
from telephony.tests.hooks import post as post_signed
from voxanne.clock import now
from voxanne.ids import uuid7

PLATFORM_SID, PLATFORM_TOKEN = "AC" + "6" * 32, "6" * 32
LINE, OTHER_LINE, UK_LINE = "+15550001111", "+15550002222", "+442079460999"
AGENT_NUMBER = "+15550109999"
API = "/api/telephony"


@dataclass
class Desk:
    """One clinic at work on its lines, over HTTP and past it."""

    org: Organization
    browser: Client
    sandbox: Any = None

    @property
    def actor(self) -> Actor:
        return Actor.system(self.org.pk)

    def post(self, path: str, body: Any = None, **extra: Any) -> Any:
        return self.browser.post(f"{API}/{path}", json.dumps(body or {}), content_type="application/json", **extra)

    def get(self, path: str, **query: Any) -> Any:
        return self.browser.get(f"{API}/{path}", query)

    def delete(self, path: str) -> Any:
        return self.browser.delete(f"{API}/{path}")

    def initiate(self, number: str = LINE, **body: Any) -> Any:
        return self.post("verify-caller-id/initiate", {"phoneNumber": number, **body})

    def confirm(self, verification_id: Any, code: str) -> Any:
        body = {"verificationId": str(verification_id), "verificationCode": code}
        return self.post("verify-caller-id/confirm", body)

    def start(self, number: str = LINE) -> Any:
        """A verification under way: its answer."""
        answer = self.initiate(number)
        assert answer.status_code == 200, answer.content
        return answer.json()

    def take_call(self, call_sid: str) -> str:
        """Somebody answers the phone and keys the code in, or whatever the number's last digits say."""
        return str(self.sandbox.control("POST", f"/validation-calls/{call_sid}")["outcome"])

    def verify(self, number: str = LINE) -> UUID:
        """The whole proof over HTTP; the line's id."""
        started = self.start(number)
        self.take_call(started["validationId"])
        answer = self.confirm(started["verificationId"], started["validationCode"])
        assert answer.status_code == 200, answer.content
        return UUID(started["verificationId"])

    def has_number(self, number: str = AGENT_NUMBER) -> None:
        """An agent answers this number."""
        map_number(org=self.org, phone_number=number, actor=self.actor, agent_id=uuid7())

    def has_line(self, number: str = LINE) -> VerifiedCallerId:
        """A verified line, as if it had been proved."""
        with org_scope(self.org), org_tx():
            row: VerifiedCallerId = VerifiedCallerId.objects.create(
                org=self.org, phone_number=number, status=VerificationStatus.VERIFIED, verified_at=now(),
                twilio_caller_id_sid="PN" + "1" * 32, twilio_account_sid=PLATFORM_SID,
            )  # fmt: skip
        return row

    def set_up(self, line: Any, **choice: Any) -> Any:
        chosen = {"forwardingType": "total_ai", "carrier": "tmobile", **choice}
        return self.post("forwarding-config", {"verifiedCallerId": str(line), **chosen})

    def row(self, verification_id: Any) -> VerifiedCallerId:
        with org_scope(self.org), org_tx():
            found: VerifiedCallerId = VerifiedCallerId.objects.get(pk=verification_id)
        return found

    def change(self, verification_id: Any, **values: Any) -> None:
        with org_scope(self.org), org_tx():
            VerifiedCallerId.objects.filter(pk=verification_id).update(**values)

    def config(self, forwarding_id: Any) -> HybridForwardingConfig | None:
        with org_scope(self.org), org_tx():
            found: HybridForwardingConfig | None = HybridForwardingConfig.objects.filter(pk=forwarding_id).first()
        return found


def call_back(desk: Desk, started: Any, *, number: str = LINE, token: str = PLATFORM_TOKEN, **fields: Any) -> Any:
    """Twilio tells how the verification call ended; `fields` change what it says."""
    form = {
        "AccountSid": PLATFORM_SID, "CallSid": started["validationId"], "From": "+14157234000", "To": number,
        "CallStatus": "completed", "VerificationStatus": "success", "OutgoingCallerIdSid": "PN" + "a" * 32, **fields,
    }  # fmt: skip
    path = f"/api/twilio/caller-id?org={desk.org.pk}&v={started['verificationId']}"
    return post_signed(path, {name: value for name, value in form.items() if value}, token=token)


def use_platforms_account(given: Any = settings) -> None:
    """The platform has an account at Twilio."""
    given.TWILIO_ACCOUNT_SID, given.TWILIO_AUTH_TOKEN = PLATFORM_SID, PLATFORM_TOKEN


def other_code(code: str) -> str:
    """A code that is not this one."""
    return "000000" if code != "000000" else "111111"


def validations(desk: Desk) -> list[dict[str, Any]]:
    """The verification calls that Twilio was asked for, newest first."""
    found: list[dict[str, Any]] = desk.sandbox.control("GET", "/twilio")["validations"]
    return found
