"""What a person gives for each provider: one description for the API and the page."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from credentials.types import (
    Credentials,
    ElevenLabsCredentials,
    Provider,
    ResendCredentials,
    Secret,
    TwilioCredentials,
)
from voxanne.errors import BadInput

MAX_LENGTH = 320

_NONE: Mapping[str, str] = {}

_ACCOUNT_SID = re.compile(r"AC[0-9a-f]{32}")
_SERVICE_SID = re.compile(r"MG[0-9a-f]{32}")
_AUTH_TOKEN = re.compile(r"[0-9a-f]{32}")
_E164 = re.compile(r"\+[1-9][0-9]{6,14}")
_PHONE_PUNCTUATION = re.compile(r"[ ().\-\u00a0\u2010\u2011]")
_RESEND_KEY = re.compile(r"re_[A-Za-z0-9_]{8,120}")
_SVIX_SECRET = re.compile(r"whsec_[A-Za-z0-9+/]{16,120}={0,2}")
_ANY_KEY = re.compile(r"[A-Za-z0-9_\-]{16,128}")


@dataclass(frozen=True)
class Field:
    """One value of a provider's credentials.

    Attributes:
        name: as the API and the encrypted configuration call it.
        clean: what is stored of what was typed; raises ValueError with a sentence for people.
        mask: which key of the shown metadata tells this value's mask, or of a secret whether there is one; "" shows
            dots.
        goes_with: the value without which this one means nothing: when that changes, the stored one is not kept.
    """

    name: str
    label: str
    clean: Callable[[str], str]
    help: str = ""
    mask: str = ""
    is_secret: bool = False
    is_optional: bool = False
    goes_with: str = ""
    kind: str = "text"

    @property
    def label_in_sentence(self) -> str:
        """`auth token` and `API key`: a word that is all capitals stays one."""
        return self.label if self.label[:2].isupper() else self.label[0].lower() + self.label[1:]


def _shaped(pattern: re.Pattern[str], otherwise: str) -> Callable[[str], str]:
    def clean(text: str) -> str:
        if not pattern.fullmatch(text):
            raise ValueError(otherwise)
        return text

    return clean


def _phone(text: str) -> str:
    return _shaped(_E164, "Write the number with + and its country code, such as +44 20 7946 0000.")(
        _PHONE_PUNCTUATION.sub("", text)
    )


def _email(text: str) -> str:
    try:
        validate_email(text)
    except ValidationError as error:
        raise ValueError("Write one email address, such as desk@your-clinic.co.uk.") from error
    name, _, domain = text.rpartition("@")
    return f"{name}@{domain.lower()}"


_KEY_OTHERWISE = "Copy the whole key: 16 to 128 letters, digits, hyphens or underscores."

FIELDS: dict[Provider, tuple[Field, ...]] = {
    Provider.TWILIO: (
        Field(
            "accountSid",
            "Account SID",
            _shaped(_ACCOUNT_SID, "A Twilio account SID is AC and 32 characters from 0–9 and a–f."),
            help="On the first page of the Twilio console, under Account Info. It starts with AC.",
            mask="maskedSid",
        ),
        Field(
            "authToken",
            "Auth token",
            _shaped(_AUTH_TOKEN, "A Twilio auth token is 32 characters from 0–9 and a–f."),
            help="Beside the account SID. Press Show in the Twilio console, then copy it.",
            is_secret=True,
        ),
        Field(
            "phoneNumber",
            "Phone number",
            _phone,
            help="A number of that account, with its country code.",
            mask="maskedPhone",
            kind="tel",
        ),
        Field(
            "whatsappNumber",
            "WhatsApp number",
            _phone,
            mask="maskedWhatsapp",
            is_optional=True,
            goes_with="accountSid",
            kind="tel",
        ),
        Field(
            "messagingServiceSid",
            "Messaging service SID",
            _shaped(_SERVICE_SID, "A messaging service SID is MG and 32 characters from 0–9 and a–f."),
            help="Only if you send through a messaging service. It starts with MG.",
            mask="maskedServiceSid",
            is_optional=True,
            goes_with="accountSid",
        ),
    ),
    Provider.RESEND: (
        Field(
            "apiKey",
            "API key",
            _shaped(_RESEND_KEY, "A Resend API key starts with re_ and has no spaces."),
            help="Make one under API Keys at Resend, with full access. It starts with re_.",
            is_secret=True,
        ),
        Field(
            "fromEmail",
            "From address",
            _email,
            help="Patients see this sender. Its domain must be verified at Resend.",
            mask="fromEmail",
            kind="email",
        ),
        Field(
            "webhookSecret",
            "Webhook signing secret",
            _shaped(_SVIX_SECRET, "A signing secret starts with whsec_ and has no spaces."),
            help="Only if you add our webhook at Resend yourself; otherwise we do it for you.",
            mask="webhook",
            is_secret=True,
            is_optional=True,
            goes_with="apiKey",
        ),
    ),
    Provider.ELEVENLABS: (
        Field(
            "apiKey",
            "API key",
            _shaped(_ANY_KEY, _KEY_OTHERWISE),
            help="Under Developers, API keys at ElevenLabs, with access to User.",
            is_secret=True,
        ),
    ),
    Provider.VAPI: (
        Field(
            "apiKey",
            "Private key",
            _shaped(_ANY_KEY, _KEY_OTHERWISE),
            help="Under Organization, API Keys at Vapi. Without one your receptionist lives in our account.",
            mask="ownAccount",
            is_secret=True,
            is_optional=True,
        ),
    ),
}


def read_values(
    provider: Provider, given: Any, *, stored: Mapping[str, str] = _NONE, kept: Mapping[str, str] = _NONE
) -> dict[str, str]:
    """Check the shape of what was given, all fields at once.

    Args:
        stored: stands for optional values that were left out; one that was given empty is cleared.
        kept: stands for required values that were left out or given empty.

    Raises:
        BadInput: `fields` names each one that is missing or malformed. No message repeats a value.
    """
    if not isinstance(given, Mapping):
        raise BadInput("Send a JSON object.")
    values: dict[str, str] = {}
    wrong: dict[str, list[str]] = {}
    for field in FIELDS[provider]:
        try:
            values[field.name] = _read(field, given, _stand_in(field, values, stored, kept))
        except ValueError as problem:
            wrong[field.name] = [str(problem)]
    if wrong:
        raise BadInput(fields=wrong)
    return values


def build(provider: Provider, values: Mapping[str, str]) -> Credentials:
    """The typed credentials of checked values, for the providers whose credentials are typed in."""
    match provider:
        case Provider.TWILIO:
            return TwilioCredentials(
                account_sid=values["accountSid"],
                auth_token=Secret(values["authToken"]),
                phone_number=values["phoneNumber"],
                whatsapp_number=values["whatsappNumber"],
                messaging_service_sid=values["messagingServiceSid"],
            )
        case Provider.RESEND:
            return ResendCredentials(
                api_key=Secret(values["apiKey"]),
                from_email=values["fromEmail"],
                webhook_secret=Secret(values["webhookSecret"]),
            )
        case Provider.ELEVENLABS:
            return ElevenLabsCredentials(api_key=Secret(values["apiKey"]))
        case _:
            raise ValueError(f"{provider} is not typed in")


def _stand_in(field: Field, values: Mapping[str, str], stored: Mapping[str, str], kept: Mapping[str, str]) -> str:
    """What counts for the field if it was left out."""
    if not field.is_optional:
        return kept.get(field.name, "")
    if field.goes_with and values.get(field.goes_with) != stored.get(field.goes_with):
        return ""
    return stored.get(field.name, "")


def _read(field: Field, given: Mapping[str, Any], stand_in: str) -> str:
    value = given.get(field.name)
    if value is not None and not isinstance(value, str):
        raise ValueError("This must be text.")
    text = (value or "").strip()
    if not text:
        if field.is_optional:
            return "" if field.name in given else stand_in
        if stand_in:
            return stand_in
        raise ValueError(f"Enter the {field.label_in_sentence}.")
    if len(text) > MAX_LENGTH:
        raise ValueError("This is too long.")
    return field.clean(text)
