"""The credentials with which Vapi proves itself to us: a `custom-credential` that carries a secret or signs with it.

One for the platform (its tools) and one for each organisation (its assistants). A new secret is known to us before Vapi
is given it, and the one before is accepted for a day more (`credentials.connections`, `VAPI_WEBHOOK_SECRETS_RETIRED`),
so that no message is refused on the way.
"""

import structlog
from django.conf import settings
from django.utils.crypto import salted_hmac

from agents.hashing import definition_hash
from agents.models import RegistrationKind
from agents.registrations import Wanted, ensure_all
from credentials.service import credential_service
from orgs.models import IntegrationSettings, Organization, WebhookAuth
from orgs.scope import org_tx
from providers.vapi.client import JsonObject, VapiClient
from voxanne.errors import Rejected

log = structlog.get_logger(__name__)

HEADER = "X-Vapi-Secret"
PLATFORM_CREDENTIAL = "voxanne-platform"


def platform_mark() -> str:
    """Notices a new platform secret without telling anything that could be guessed against."""
    return salted_hmac("agents.platform_credential", settings.VAPI_WEBHOOK_SECRET, algorithm="sha256").hexdigest()


def ensure_platform_credential(client: VapiClient) -> str:
    """The id of the credential with which Vapi calls our tools, carrying `VAPI_WEBHOOK_SECRET`."""
    plan = _plan(WebhookAuth.SECRET, settings.VAPI_WEBHOOK_SECRET)
    return _ensure(client, PLATFORM_CREDENTIAL, plan, platform_mark())


def org_credential_name(org: Organization) -> str:
    """How an organisation's own credential is called at Vapi."""
    return f"voxanne-{org.pk.hex}"


def ensure_org_credential(client: VapiClient, org: Organization) -> str:
    """The id at Vapi of the organisation's own credential, carrying its present webhook secret as it chose.

    Raises:
        CredentialUnreadable: our stored secret cannot be decrypted.
        ProviderError: Vapi did not answer as needed.
    """
    ours = credential_service.ensure_vapi_webhook_secret(org)
    with org_tx():
        chosen = IntegrationSettings.objects.values_list("webhook_auth", flat=True).first()
    plan = _plan(WebhookAuth(chosen or WebhookAuth.SECRET), ours.webhook_secret.reveal())
    return _ensure(client, org_credential_name(org), plan, ours.secret_id)


def _ensure(client: VapiClient, name: str, plan: JsonObject, mark: str) -> str:
    body = {"provider": "custom-credential", "name": name, "authenticationPlan": plan}
    shown = {**body, "authenticationPlan": {**plan, **dict.fromkeys({"token", "secretKey"} & plan.keys(), "")}}
    digest = definition_hash([shown, mark])
    wanted = Wanted(RegistrationKind.CREDENTIAL, name, digest, shown, lambda: _give(client, body), client.account)
    return ensure_all([wanted])[0]


def _give(client: VapiClient, body: JsonObject) -> str:
    """Give Vapi a credential, once by its name: the one that is there gets the present secret.

    That Vapi can change a credential is documented nowhere. Where it refuses to, a new one is made: assistants are
    linked to it by the same sync, and the old one is deleted when nothing refers to it any more.
    """
    existing = next((item for item in client.iter_credentials() if item.get("name") == body["name"]), None)
    if existing is not None:
        try:
            change = {key: value for key, value in body.items() if key != "provider"}
            return str(client.update_credential(existing["id"], change)["id"])
        except Rejected as refused:
            log.info("credential.not_changed", name=body["name"], status=refused.status)
    return str(client.create_credential(body)["id"])


def _plan(auth: WebhookAuth, secret: str) -> JsonObject:
    """A secret is sent as it is, in our header; a signature is made as `calls.ingress.signatures` reads it."""
    if auth is WebhookAuth.HMAC:
        return {
            "type": "hmac",
            "secretKey": secret,
            "algorithm": "sha256",
            "signatureHeader": "X-Vapi-Signature",
            "timestampHeader": "X-Vapi-Timestamp",
            "includeTimestamp": True,
            "payloadFormat": "{timestamp}.{body}",
            "signatureEncoding": "hex",
        }
    return {"type": "bearer", "token": secret, "headerName": HEADER, "bearerPrefixEnabled": False}
