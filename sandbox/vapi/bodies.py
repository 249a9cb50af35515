"""What Vapi accepts in the bodies of its create and update requests, as far as the product may use them."""

from collections.abc import Iterator

from sandbox.json_types import JsonValue
from sandbox.vapi.shapes import (
    E164_FORM,
    Check,
    Shape,
    any_of,
    flag,
    list_of,
    nested,
    nested_open,
    number,
    one_of,
    text,
    url,
    uuid,
)

SERVER_MESSAGES = (
    "assistant.started", "assistant.speechStarted", "conversation-update", "end-of-call-report", "function-call",
    "hang", "language-changed", "language-change-detected", "model-output", "phone-call-control", "speech-update",
    "status-update", "transcript", 'transcript[transcriptType="final"]', "tool-calls", "transfer-destination-request",
    "handoff-destination-request", "transfer-update", "user-interrupted", "voice-input", "chat.created",
    "chat.deleted", "session.created", "session.updated", "session.deleted", "call.deleted", "call.delete.failed",
    "call.artifact.upload",
)  # fmt: skip

NAME: Check = text(40)

BACKOFF_PLAN = Shape(
    {
        "type": one_of("fixed", "exponential"),
        "maxRetries": number(0, 10),
        "baseDelaySeconds": number(0, 10),
        "excludedStatusCodes": list_of(number(100, 599)),
    },
    required=frozenset({"type", "maxRetries", "baseDelaySeconds"}),
)

SERVER = Shape(
    {
        "url": url,
        "timeoutSeconds": number(1, 300),
        "credentialId": uuid,
        "headers": nested_open(),
        "backoffPlan": nested(BACKOFF_PLAN),
        "staticIpAddressesEnabled": flag,
        "encryptedPaths": list_of(text()),
    }
)

MODEL = Shape(
    {
        **any_of("tools", "toolRefs", "knowledgeBase", "fallbackModels", "speaker", "reasoner", "promptCacheKey"),
        **any_of("toolStrictCompatibilityMode", "promptCacheRetention", "serviceTier", "reasoningEffort"),
        **any_of("emotionRecognitionEnabled", "numFastTurns", "thinking", "url", "headers", "metadataSendMode"),
        **any_of("timeoutSeconds", "wordLevelConfidenceEnabled", "inferenceConfig"),
        "provider": text(),
        "model": text(),
        "messages": list_of(nested_open(role=one_of("system", "assistant", "user", "function", "tool"))),
        "toolIds": list_of(uuid),
        "temperature": number(0, 2),
        "maxTokens": number(50, 10_000),
    },
    required=frozenset({"provider", "model"}),
)

ASSISTANT = Shape(
    {
        **any_of("transcriber", "voice", "voicemailDetection", "transportConfigurations", "observabilityPlan"),
        **any_of("credentials", "hooks", "compliancePlan", "metadata", "backgroundSpeechDenoisingPlan"),
        **any_of("analysisPlan", "startSpeakingPlan", "stopSpeakingPlan", "monitorPlan", "keypadInputPlan"),
        **any_of("backgroundSound", "clientMessages"),
        "name": NAME,
        "model": nested(MODEL),
        "firstMessage": text(),
        "firstMessageInterruptionsEnabled": flag,
        "firstMessageMode": one_of(
            "assistant-speaks-first",
            "assistant-speaks-first-with-model-generated-message",
            "assistant-waits-for-user",
        ),
        "serverMessages": list_of(one_of(*SERVER_MESSAGES)),
        "maxDurationSeconds": number(10, 43_200),
        "modelOutputInMessagesEnabled": flag,
        "voicemailMessage": text(1000),
        "endCallMessage": text(1000),
        "endCallPhrases": list_of(text(140)),
        "artifactPlan": nested_open(structuredOutputIds=list_of(uuid)),
        "credentialIds": list_of(uuid),
        "server": nested(SERVER),
    }
)

ASSISTANT_OVERRIDES = Shape(
    {**ASSISTANT.properties, "variableValues": nested_open(), "tools:append": list_of(nested_open())}
)

FUNCTION = Shape(
    {
        "name": text(64, pattern=r"[a-zA-Z0-9_-]+"),
        "description": text(1000),
        "parameters": nested_open(),
        "strict": flag,
    },
    required=frozenset({"name"}),
)

TOOL_TYPES = ("function", "transferCall", "endCall", "dtmf", "sms", "voicemail", "apiRequest")
TOOL = Shape(
    {
        **any_of("messages", "destinations", "parameters", "rejectionPlan", "variableExtractionPlan", "metadata"),
        **any_of("body", "headers", "backoffPlan", "description"),
        "type": one_of(*TOOL_TYPES),
        "async": flag,
        "function": nested(FUNCTION),
        "server": nested(SERVER),
        "name": NAME,
        "method": one_of("POST", "GET", "PUT", "PATCH", "DELETE"),
        "url": url,
        "credentialId": uuid,
        "timeoutSeconds": number(1, 300),
    },
    required=frozenset({"type"}),
)

STRUCTURED_OUTPUT = Shape(
    {
        **any_of("model", "conditions", "compliancePlan", "regex"),
        "name": NAME,
        "type": one_of("ai", "regex"),
        "schema": nested_open(type=one_of("string", "number", "integer", "boolean", "array", "object")),
        "description": text(),
        "assistantIds": list_of(uuid),
        "workflowIds": list_of(uuid),
    },
    required=frozenset({"name", "schema"}),
)

AUTHENTICATION_PLANS = {
    "bearer": Shape(
        {"type": text(), "token": text(), "headerName": text(), "bearerPrefixEnabled": flag},
        required=frozenset({"token"}),
    ),
    "hmac": Shape(
        {
            "type": text(),
            "secretKey": text(),
            "algorithm": one_of("sha256", "sha512", "sha1"),
            "signatureHeader": text(),
            "timestampHeader": text(),
            "signaturePrefix": text(),
            "includeTimestamp": flag,
            "payloadFormat": text(),
            "messageIdHeader": text(),
            "signatureEncoding": one_of("hex", "base64"),
            "secretIsBase64": flag,
        },
        required=frozenset({"secretKey", "algorithm"}),
    ),
}


def _authentication_plan(name: str, value: JsonValue) -> Iterator[str]:
    plan = AUTHENTICATION_PLANS.get(value.get("type", "")) if isinstance(value, dict) else None
    if plan is None:
        yield f"{name}.type must be one of the following values: {', '.join(AUTHENTICATION_PLANS)}"
    else:
        yield from plan.problems(value, prefix=f"{name}.")


CREDENTIAL = Shape(
    {
        "provider": one_of("custom-credential", "webhook", "twilio", "11labs"),
        "name": NAME,
        "authenticationPlan": _authentication_plan,
        **any_of("encryptionPlan"),
    },
    required=frozenset({"provider", "authenticationPlan"}),
)
TWILIO_CREDENTIAL = Shape(
    {
        "provider": one_of("twilio"),
        "name": NAME,
        "accountSid": text(),
        "authToken": text(),
        "apiKey": text(),
        "apiSecret": text(),
    },
    required=frozenset({"provider", "accountSid"}),
    one_group_of=(("authToken",), ("apiKey", "apiSecret")),
)
ELEVENLABS_CREDENTIAL = Shape(
    {"provider": one_of("11labs"), "name": NAME, "apiKey": text(10_000), "apiUrl": url},
    required=frozenset({"provider", "apiKey"}),
)


def _e164(name: str, value: JsonValue) -> Iterator[str]:
    if not isinstance(value, str) or not E164_FORM.match(value):
        yield (
            f"{name} must be a valid phone number in the E.164 format. Hot tip, you may be missing the country code."
        )


PHONE_NUMBER = Shape(
    {
        **any_of("fallbackDestination", "hooks", "authentication"),
        "provider": one_of("vapi"),
        "numberDesiredAreaCode": text(3),
        "sipUri": text(),
        "name": NAME,
        "assistantId": uuid,
        "workflowId": uuid,
        "squadId": uuid,
        "server": nested(SERVER),
    },
    required=frozenset({"provider"}),
)
TWILIO_PHONE_NUMBER = Shape(
    {
        **any_of("fallbackDestination", "hooks", "twilioApiKey", "twilioApiSecret"),
        "provider": one_of("twilio"),
        "number": _e164,
        "twilioAccountSid": text(),
        "twilioAuthToken": text(),
        "smsEnabled": flag,
        "name": NAME,
        "assistantId": uuid,
        "workflowId": uuid,
        "squadId": uuid,
        "server": nested(SERVER),
    },
    required=frozenset({"provider", "number", "twilioAccountSid"}),
)


CUSTOMER = Shape(
    {
        **any_of("squadOverrides", "sipUri"),
        "assistantOverrides": nested(ASSISTANT_OVERRIDES),
        "number": _e164,
        "numberE164CheckEnabled": flag,
        "extension": text(10),
        "name": NAME,
        "email": text(40),
        "externalId": text(40),
    }
)

CALL = Shape(
    {
        **any_of("transport", "metadata"),
        "assistant": nested(ASSISTANT),
        "name": NAME,
        "assistantId": uuid,
        "assistantOverrides": nested(ASSISTANT_OVERRIDES),
        "phoneNumberId": uuid,
        "customer": nested(CUSTOMER),
        "customers": list_of(nested(CUSTOMER)),
    }
)
CALL_UPDATE = Shape({"name": NAME})
