"""What Vapi's documentation says beyond its published types (lengths, bounds, forms), and where those are wrong."""

from collections.abc import Iterator, Mapping

from sandbox.json_types import JsonObject, JsonValue
from sandbox.vapi.shapes import E164_FORM, Check, list_of, number, one_of, text, url, uuid

NAME: Check = text(40)


def e164(name: str, value: JsonValue) -> Iterator[str]:
    """Accept a telephone number with its country code."""
    if not isinstance(value, str) or not E164_FORM.match(value):
        yield (
            f"{name} must be a valid phone number in the E.164 format. "
            "Hot tip, you may be missing the country code (Eg. US: +1)."
        )


DIALLED = frozenset({"number", "numberE164CheckEnabled"})
"""What objects have that name somebody to be dialled."""


def dialled_number(body: JsonObject, prefix: str) -> Iterator[str]:
    """Want a number with its country code, unless it is said that it need not have one."""
    if body.get("numberE164CheckEnabled") is not False and body.get("number") is not None:
        yield from e164(f"{prefix}number", body["number"])


BY_PROPERTY: Mapping[str, Check] = {
    "assistantId": uuid,
    "assistantIds": list_of(uuid),
    "credentialId": uuid,
    "credentialIds": list_of(uuid),
    "squadId": uuid,
    "structuredOutputIds": list_of(uuid),
    "toolIds": list_of(uuid),
    "workflowId": uuid,
}
"""Wherever a property of this name stands."""

MODEL: Mapping[str, Check] = {"temperature": number(0, 2), "maxTokens": number(50, 10_000)}
"""In every provider's model."""

BY_TYPE: Mapping[str, Mapping[str, Check]] = {
    "AssistantOverrides": {"name": NAME, "maxDurationSeconds": number(10, 43_200)},
    "BackoffPlan": {  # published as objects, which they are not
        "type": one_of("fixed", "exponential"),
        "maxRetries": number(0, 10),
        "baseDelaySeconds": number(0, 10),
        "excludedStatusCodes": list_of(number(100, 599)),
    },
    "CompliancePlanRecordingConsentPlan_StayOnLine": {"waitSeconds": number(1, 6)},
    "CreateAssistantDto": {
        "name": NAME,
        "maxDurationSeconds": number(10, 43_200),
        "voicemailMessage": text(1000),
        "endCallMessage": text(1000),
        "endCallPhrases": list_of(text(140, shortest=2)),
    },
    "CreateCustomCredentialDto": {"name": NAME},
    "CreateCustomerDto": {
        "number": text(40, shortest=3),
        "name": NAME,
        "email": text(40),
        "externalId": text(40),
        "extension": text(10),
    },
    "CreateElevenLabsCredentialDto": {"name": NAME, "apiKey": text(10_000)},
    "CreateStructuredOutputDto": {"name": NAME},
    "CreateTwilioCredentialDto": {"name": NAME},
    "CreateTwilioPhoneNumberDto": {"name": NAME, "number": e164},
    "CreateVapiPhoneNumberDto": {"name": NAME, "numberDesiredAreaCode": text(3, shortest=3)},
    "OpenAiFunction": {
        "name": text(64, pattern=r"[a-zA-Z0-9_-]+"),
        "description": text(1000),
    },
    "Server": {"url": url, "timeoutSeconds": number(1, 300)},
    "StopSpeakingPlan": {"voiceSeconds": number(0, 0.5)},
    "SummaryPlan": {"timeoutSeconds": number(1, 60)},
    "TransferPlan": {"sipVerb": one_of("refer", "bye", "dial")},  # published as an object
}
