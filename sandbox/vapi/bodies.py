"""What Vapi accepts in the bodies of its create and update requests, as far as the product may use them."""

from dataclasses import replace

from sandbox.vapi.schema.limits import NAME
from sandbox.vapi.schema.published import only, root, shape_of
from sandbox.vapi.shapes import Shape, anything, list_of, nested, nested_open, one_of, uuid

ASSISTANT = root("assistant")
ASSISTANT_OVERRIDES = root("assistantOverrides")
CUSTOMER = root("customer")
SERVER = shape_of("Server")
STRUCTURED_OUTPUT = root("structured-output")

TOOL_TYPES = ("function", "transferCall", "endCall", "dtmf", "sms", "voicemail", "apiRequest")
TOOLS = {kind: root(f"tool.{kind}", type=one_of(kind)) for kind in TOOL_TYPES}
ANY_TOOL = Shape({"type": one_of(*TOOL_TYPES)}, required=frozenset({"type"}), open=True)

CREDENTIAL_PROVIDERS = ("custom-credential", "twilio", "11labs")
CREDENTIALS = {kind: root(f"credential.{kind}", provider=one_of(kind)) for kind in CREDENTIAL_PROVIDERS}
# Vapi also fetches tokens (OAuth 2); that is not played here, so it is not taken either.
CREDENTIALS["custom-credential"] = root(
    "credential.custom-credential",
    provider=one_of("custom-credential"),
    authenticationPlan=only("credential.custom-credential", "authenticationPlan", "bearer", "hmac"),
)
CREDENTIALS["twilio"] = replace(CREDENTIALS["twilio"], one_group_of=(("authToken",), ("apiKey", "apiSecret")))
ANY_CREDENTIAL = Shape({"provider": one_of(*CREDENTIAL_PROVIDERS)}, required=frozenset({"provider"}), open=True)

PHONE_NUMBER_PROVIDERS = ("twilio", "vapi")
PHONE_NUMBERS = {kind: root(f"phone-number.{kind}", provider=one_of(kind)) for kind in PHONE_NUMBER_PROVIDERS}
ANY_PHONE_NUMBER = Shape({"provider": one_of(*PHONE_NUMBER_PROVIDERS)}, required=frozenset({"provider"}), open=True)


CALL = Shape(
    {
        "name": NAME,
        "assistantId": uuid,
        "assistant": nested(ASSISTANT),
        "assistantOverrides": nested(ASSISTANT_OVERRIDES),
        "phoneNumberId": uuid,
        "customer": nested(CUSTOMER),
        "customers": list_of(nested(CUSTOMER)),
        "transport": anything,
        "metadata": nested_open(),  # not published, but taken: VapiAI/docs pull request 1027
    }
)
CALL_UPDATE = Shape({"name": NAME})
