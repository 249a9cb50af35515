"""How Vapi is given its proof: once, anew after a rotation, as a signature where a clinic wants one."""

from datetime import timedelta

import pytest
import time_machine

from agents.models import CallDirection, PlatformRegistration, RegistrationKind
from agents.retirement import RETIRED_FOR, retire
from agents.tasks import sweep_agents
from agents.tests.conftest import assistants_of, sync
from agents.webhook_credentials import PLATFORM_CREDENTIAL
from credentials import connections
from credentials.service import credential_service
from credentials.types import Provider
from orgs.actors import Actor
from orgs.models import IntegrationSettings, WebhookAuth
from orgs.scope import org_scope, org_tx, service_tx
from providers.vapi.client import VapiClient, platform_client
from voxanne.clock import now
from voxanne.errors import NotFoundAtProvider, Rejected

pytestmark = pytest.mark.django_db(transaction=True)


def rotate(org):
    connections.connect_vapi(org=org, given={}, actor=Actor.system(org.pk))


def credential_of(sandbox, org):
    (assistant, *_) = assistants_of(sandbox, org)
    (found,) = [c for c in sandbox.vapi("GET", "/credential") if c["id"] == assistant["server"]["credentialId"]]
    return found


def rows(name):
    with service_tx("test"):
        return list(PlatformRegistration.objects.filter(kind=RegistrationKind.CREDENTIAL, name=name))


def test_a_rotated_secret_is_ours_before_it_is_vapis(north, vapi_sandbox, agent_of, monkeypatch):
    sync(north, agent_of(north))
    before = credential_of(vapi_sandbox, north)["id"]
    old = credential_service.get(north.pk, Provider.VAPI).webhook_secret
    accepted = []
    update = VapiClient.update_credential

    def watch(self, key, body):
        given = body["authenticationPlan"]["token"]
        accepted.append([secret.reveal() == given for secret in ours().webhook_secrets])
        return update(self, key, body)

    def ours():
        return credential_service.read_stored(north.pk, Provider.VAPI).credentials

    monkeypatch.setattr(VapiClient, "update_credential", watch)
    rotate(north)
    assert old in ours().webhook_secrets
    sync(north, agent_of(north))

    assert accepted == [[True, False]]
    assert credential_of(vapi_sandbox, north)["id"] == before
    assert len(rows(f"voxanne-{north.pk.hex}")) == 1
    with time_machine.travel(now() + timedelta(hours=24, seconds=1)):
        assert ours().webhook_secrets == (ours().webhook_secret,)


@pytest.mark.parametrize("refusal", [NotFoundAtProvider, Rejected])
def test_where_vapi_changes_no_credentials_a_new_one_takes_over(north, vapi_sandbox, agent_of, monkeypatch, refusal):
    for direction in CallDirection:
        sync(north, agent_of(north, direction))
    before = credential_of(vapi_sandbox, north)["id"]

    def unknown(self, key, body):
        raise refusal(provider="vapi", operation="update_credential", status=404)

    monkeypatch.setattr(VapiClient, "update_credential", unknown)
    rotate(north)
    sync(north, agent_of(north))
    fresh = {item["server"]["credentialId"] for item in assistants_of(vapi_sandbox, north)} - {before}
    assert len(fresh) == 1

    with time_machine.travel(now() + RETIRED_FOR + timedelta(minutes=1), tick=True):
        assert retire(platform_client()) == 0  # the other agent still shows the old one
        sync(north, agent_of(north, CallDirection.OUTBOUND))
        assert retire(platform_client()) == 1
    assert before not in {item["id"] for item in vapi_sandbox.vapi("GET", "/credential")}
    assert {item["server"]["credentialId"] for item in assistants_of(vapi_sandbox, north)} == fresh


def test_a_clinic_may_have_its_messages_signed(north, south, vapi_sandbox, agent_of):
    for org in (north, south):
        sync(org, agent_of(org))
    before = credential_of(vapi_sandbox, north)["id"]
    with org_scope(north), org_tx():
        IntegrationSettings.objects.update(webhook_auth=WebhookAuth.HMAC)
    sync(north, agent_of(north))

    ours = credential_of(vapi_sandbox, north)
    assert ours["id"] == before
    plan = ours["authenticationPlan"]
    assert (plan["type"], plan["algorithm"], plan["signatureHeader"]) == ("hmac", "sha256", "X-Vapi-Signature")
    assert (plan["timestampHeader"], plan["payloadFormat"]) == ("X-Vapi-Timestamp", "{timestamp}.{body}")
    assert credential_of(vapi_sandbox, south)["authenticationPlan"]["type"] == "bearer"
    with org_scope(north), org_tx():
        IntegrationSettings.objects.update(webhook_auth=WebhookAuth.SECRET)
    sync(north, agent_of(north))
    assert credential_of(vapi_sandbox, north)["authenticationPlan"]["type"] == "bearer"


def test_no_secret_is_stored_with_a_registration(north, vapi_sandbox, agent_of, settings):
    with org_scope(north), org_tx():
        IntegrationSettings.objects.update(webhook_auth=WebhookAuth.HMAC)
    sync(north, agent_of(north))
    secret = credential_service.get(north.pk, Provider.VAPI).webhook_secret.reveal()
    with service_tx("test"):
        stored = str(list(PlatformRegistration.objects.values("definition", "definition_hash", "name")))
    assert secret not in stored
    assert settings.VAPI_WEBHOOK_SECRET not in stored


def test_a_new_platform_secret_reaches_vapi_by_itself(north, vapi_sandbox, agent_of, settings, monkeypatch):
    sync(north, agent_of(north))
    given = []
    update = VapiClient.update_credential
    monkeypatch.setattr(
        VapiClient,
        "update_credential",
        lambda self, key, body: given.append(body["authenticationPlan"]["token"]) or update(self, key, body),
    )
    old, settings.VAPI_WEBHOOK_SECRET = settings.VAPI_WEBHOOK_SECRET, "another-platform-secret-of-good-length"
    assert sweep_agents() >= 1
    sync(north, agent_of(north))
    settings.VAPI_WEBHOOK_SECRET = old  # and back again: what was known of the old one was forgotten
    sync(north, agent_of(north))

    assert given == ["another-platform-secret-of-good-length", old]
    assert len(rows(PLATFORM_CREDENTIAL)) == 1
