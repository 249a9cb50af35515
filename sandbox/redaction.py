"""Keep secrets out of the ledger and the page, whatever a caller sends."""

from collections.abc import Iterable

from sandbox.json_types import JsonObject, JsonValue

MASK = "[redacted]"
SECRET_HEADERS = frozenset(
    {
        "authorization",
        "cookie",
        "x-api-key",
        "xi-api-key",
        "x-vapi-secret",
        "x-signature",
        "x-vapi-signature",
        "x-goog-channel-token",
    }
)
SECRET_FIELDS = frozenset(
    {
        "token",
        "secret",
        "secretkey",
        "clientsecret",
        "apikey",
        "apisecret",
        "authtoken",
        "twilioauthtoken",
        "twilioapisecret",
        "authpassword",
        "password",
        "auth_token",
        "access_token",
        "refresh_token",
        "id_token",
        "client_secret",
        "signing_secret",
        "client_info",
        "code_verifier",
        "clientstate",
    }
)


def redact_headers(headers: Iterable[tuple[str, str]], *, secret_names: frozenset[str] = frozenset()) -> JsonObject:
    """Return the headers by lower-case name, with the values of secret ones masked."""
    hidden = SECRET_HEADERS | {name.lower() for name in secret_names}
    return {name.lower(): MASK if name.lower() in hidden else value for name, value in headers}


def redact_fields(value: JsonValue) -> JsonValue:
    """Return a copy in which the text under every secret field name is masked."""
    if isinstance(value, dict):
        return {
            key: MASK if str(key).lower() in SECRET_FIELDS and isinstance(item, str) else redact_fields(item)
            for key, item in value.items()
        }
    if isinstance(value, list):
        return [redact_fields(item) for item in value]
    return value
