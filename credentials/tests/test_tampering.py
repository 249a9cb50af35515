"""Stored ciphertext that was cut, changed, moved or emptied: refused with the typed error, and never a 500."""

import io
import json
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from types import SimpleNamespace
from uuid import uuid4

import pytest
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from django.core.cache import cache
from django.core.management import call_command
from django.test import Client

from agents.errors import AgentTwilioUnreadable
from agents.models import Agent, AgentTwilioSettings
from agents.twilio import store_own_twilio, twilio_for
from calls.ingress.inbox import UNRESOLVED_PURPOSE
from calls.models import UnresolvedWebhook
from calls.tests.conftest import WEBHOOK, connect
from calls.tests.payloads import report
from conftest import PASSWORD
from credentials.envelopes import open_credentials
from credentials.errors import CredentialError, CredentialUnreadable, Damage, SealedTextUnreadable
from credentials.models import OrgCredential, OrgKey
from credentials.sealing import open_in_row, seal_for_org, seal_in_row, unseal_for_org
from credentials.service import credential_service
from credentials.types import (
    ElevenLabsCredentials,
    GoogleCalendarCredentials,
    OutlookCalendarCredentials,
    Provider,
    ResendCredentials,
    Secret,
    TwilioCredentials,
)
from orgs.actors import Actor
from orgs.scope import org_scope, org_tx
from orgs.second_factors import second_factors_of
from voxanne import sealed_text
from voxanne.errors import DomainError
from voxanne.expiring_cache import clear_all_caches

COLUMNS = ("encrypted_config", "key_commitment", "key_fingerprint", "encryption_version")
CALENDAR = {
    "access_token": Secret("ya29.access"),
    "refresh_token": Secret("1//refresh"),
    "expiry": datetime(2031, 1, 1, tzinfo=UTC),
    "scopes": ("calendar.events",),
    "connected_email": "desk@north.example",
    "calendar_id": "primary",
}
CREDENTIALS = [
    TwilioCredentials(account_sid=f"AC{'1' * 32}", auth_token=Secret("ab12" * 8), phone_number="+442079460101"),
    GoogleCalendarCredentials(**CALENDAR),
    OutlookCalendarCredentials(**CALENDAR),
    ResendCredentials(api_key=Secret("re_12345678"), from_email="desk@north.example"),
    ElevenLabsCredentials(api_key=Secret("sk_0123456789abcdef")),
]


def save_all(org, *, number="+442079460101"):
    """Every provider's credentials; the webhook secret is there from the beginning."""
    for credentials in (replace(CREDENTIALS[0], phone_number=number), *CREDENTIALS[1:]):
        credential_service.save(org_id=org.pk, credentials=credentials, actor=Actor.system(org.pk))


def row_of(org, provider):
    """The columns that a damage may strike, and who looks at them."""
    with org_scope(org), org_tx():
        row = OrgCredential.objects.get(provider=provider)
    return SimpleNamespace(is_active=True, **{name: getattr(row, name) for name in COLUMNS})


def flips(text):
    """The text with one bit flipped in each of its characters, in turn a different one."""
    raw = text.encode()
    for place, byte in enumerate(raw):
        yield bytes([*raw[:place], byte ^ 1 << place % 7, *raw[place + 1 :]]).decode("latin-1")


@pytest.mark.parametrize("column", COLUMNS)
def test_a_bit_flipped_anywhere_in_a_row_is_refused(north, column):
    save_all(north)
    for provider in Provider:
        row = row_of(north, provider)
        with org_scope(north), org_tx():
            assert open_credentials(north.pk, provider, row)
            for changed in flips(getattr(row, column)):
                damaged = SimpleNamespace(**{**vars(row), column: changed})
                with pytest.raises(CredentialUnreadable, match=f"Please reconnect {provider.label}"):
                    open_credentials(north.pk, provider, damaged)


def test_a_ciphertext_cut_at_any_length_is_refused(north):
    row = row_of(north, Provider.VAPI)
    with org_scope(north), org_tx():
        for length in range(len(row.encrypted_config)):
            row_cut = SimpleNamespace(**{**vars(row), "encrypted_config": row.encrypted_config[:length]})
            with pytest.raises(CredentialUnreadable) as refused:
                open_credentials(north.pk, Provider.VAPI, row_cut)
            assert (refused.value.damage is Damage.EMPTY) == (length == 0)


def test_ciphertexts_swapped_between_all_rows_of_two_clinics_are_refused(north, south):
    save_all(north)
    save_all(south, number="+442079460102")
    rows = {(org, provider): row_of(org, provider) for org in (north, south) for provider in Provider}
    refused = 0
    for org, provider in rows:
        with org_scope(org), org_tx():
            for place, row in rows.items():
                if place != (org, provider):
                    with pytest.raises(CredentialUnreadable):
                        open_credentials(org.pk, provider, row)
                    refused += 1
    assert refused == 12 * 11


def test_a_bit_flipped_anywhere_in_an_organisations_key_is_refused(north):
    with org_scope(north), org_tx():
        key, row = OrgKey.objects.get(), row_of(north, Provider.VAPI)
        for column in ("wrapped_key", "key_commitment", "master_key_id", "encryption_version"):
            for changed in flips(getattr(key, column)):
                OrgKey.objects.filter(pk=key.pk).update(**{column: changed})
                with pytest.raises(CredentialUnreadable):
                    open_credentials(north.pk, Provider.VAPI, row)
            OrgKey.objects.filter(pk=key.pk).update(**{column: getattr(key, column)})
        assert open_credentials(north.pk, Provider.VAPI, row)


def test_sealed_texts_and_other_rooms_rows_are_refused_likewise(north, south):
    text = seal_for_org(north.pk, purpose="payload", text="Ana Reyes")
    for changed in (*flips(text), *(text[:length] for length in range(len(text)))):
        with pytest.raises(SealedTextUnreadable):
            unseal_for_org(north.pk, purpose="payload", sealed=changed)
    place = {"table": "t", "column": "c", "row": "1"}
    sealed = seal_in_row(north.pk, **place, text="a token")
    assert open_in_row(north.pk, **place, sealed=sealed) == "a token"
    for changed in flips(sealed.text):
        with pytest.raises(SealedTextUnreadable):
            open_in_row(north.pk, **place, sealed=replace(sealed, text=changed))
    for elsewhere in ({"table": "u"}, {"column": "d"}, {"row": "2"}):
        with pytest.raises(SealedTextUnreadable):
            open_in_row(north.pk, **{**place, **elsewhere}, sealed=sealed)
    with pytest.raises(SealedTextUnreadable):
        open_in_row(south.pk, **place, sealed=sealed)


@dataclass(frozen=True)
class Wound:
    """One way to damage every stored credential of a clinic, and its agent's own."""

    values: dict

    def strike(self, org):
        with org_scope(org), org_tx():
            OrgCredential.objects.update(**self.values)
            AgentTwilioSettings.objects.update(
                **{("auth_token_encrypted" if name == "encrypted_config" else name): value
                   for name, value in self.values.items()}
            )  # fmt: skip
        clear_all_caches()


WOUNDS = {
    "empty": Wound({"encrypted_config": ""}),
    "cut": Wound({"encrypted_config": "00" * 12 + ":" + "00" * 8}),
    "nonsense": Wound({"encrypted_config": "<script>'\"; DROP TABLE users; é"}),
    "another ciphertext": Wound({"encrypted_config": f"{'00' * 12}:{'00' * 16}:{'00' * 40}"}),
    "no commitment": Wound({"key_commitment": ""}),
    "another commitment": Wound({"key_commitment": "0" * 64}),
    "another key": Wound({"key_fingerprint": "0" * 16}),
    "another version": Wound({"encryption_version": "v9"}),
}


@pytest.fixture
def clinic(north):
    """A clinic with everything connected, and an agent with a Twilio account of its own."""
    save_all(north)
    line = connect(north)
    with org_scope(north), org_tx():
        own = replace(CREDENTIALS[0], phone_number="+442079460199")
        store_own_twilio(org=north, agent_id=line.agent.pk, credentials=own, actor=Actor.system(north.pk))
    return line


def pages(agent):
    providers = ("twilio", "google-calendar", "outlook-calendar", "resend", "elevenlabs", "vapi")
    own = (f"/dashboard/agents/{agent.pk}/line", f"/api/agents/{agent.pk}/twilio", "/dashboard/agents", "/api/agents")
    return (
        "/dashboard", "/dashboard/integrations", "/api/integrations/status", *own,
        *(f"/dashboard/integrations/{provider}" for provider in providers),
        *(f"/dashboard/integrations/{provider}/disconnect" for provider in providers),
    )  # fmt: skip


@contextmanager
def without_the_key(settings):
    before = settings.ENCRYPTION_KEY
    settings.ENCRYPTION_KEY = "5d1f0a9c3b7e28461c2d3e4f5a6b7c8d9e0f1a2b3c4d5e6f708192a3b4c5d6e7"
    clear_all_caches()
    yield
    settings.ENCRYPTION_KEY = before


def visit_all(line, client):
    """Every page, test and webhook that meets a stored credential, with what each answered."""
    answers = {path: client.get(path).status_code for path in pages(line.agent)}
    for provider in ("twilio", "google-calendar", "outlook-calendar", "resend", "elevenlabs", "vapi"):
        answer = client.post(f"/api/integrations/{provider}/verify")
        answers[f"verify {provider}"] = answer.status_code
        assert "reconnect" in answer.content.decode().lower(), (provider, answer.content)
        answers[f"test {provider}"] = client.post(f"/dashboard/integrations/{provider}/verify").status_code
    body = json.dumps(report(call_id=str(uuid4()), assistant_id=line.assistant_id))
    for path in (WEBHOOK, "/api/vapi/tools/checkAvailability"):
        answers[path] = Client().post(
            path, body, content_type="application/json", headers={"X-Vapi-Secret": line.secret}
        ).status_code  # fmt: skip
    return answers


@pytest.mark.parametrize("name", WOUNDS)
def test_no_page_and_no_door_falls_over_a_damaged_row(clinic, north, north_owner, sign_in, name):
    WOUNDS[name].strike(north)
    client = sign_in(north_owner)

    answers = visit_all(clinic, client)

    assert {path: status for path, status in answers.items() if status >= 500} == {}
    assert answers[WEBHOOK] == 401  # whose secret cannot be read can prove nothing
    status = client.get("/api/integrations/status").json()["data"]
    assert "reconnect" in status["twilio"]["error"].lower()
    with org_scope(north), org_tx():
        agent = Agent.objects.get(pk=clinic.agent.pk)
        with pytest.raises(AgentTwilioUnreadable):
            twilio_for(org=north, agent=agent)
    for provider in ("twilio", "google-calendar"):  # what cannot be read can still be removed
        assert client.delete(f"/api/integrations/{provider}").status_code == 200


def test_a_lost_master_key_falls_over_nothing_either(clinic, north_owner, sign_in, settings):
    client = sign_in(north_owner)
    with without_the_key(settings):
        answers = visit_all(clinic, client)

    assert {path: status for path, status in answers.items() if status >= 500} == {}


def test_every_way_in_raises_the_typed_error(clinic, north):
    WOUNDS["cut"].strike(north)
    for provider in Provider:
        for read in (credential_service.get, credential_service.read_stored):
            with pytest.raises(CredentialUnreadable) as refused:
                read(north.pk, provider)
            assert isinstance(refused.value, CredentialError)
            assert refused.value.http_status < 500


def seal_second_factor(user):
    with second_factors_of(user):
        return get_adapter().encrypt("JBSWY3DPEHPK3PXP")


def test_a_second_factor_that_cannot_be_read_is_a_page_and_no_500(north_owner, south_owner):
    sealed = seal_second_factor(north_owner)
    row = Authenticator.objects.create(user=north_owner, type=Authenticator.Type.TOTP, data={"secret": sealed})
    for broken in ("", "s1:", "s1:!", sealed[:-3], "JBSWY3DPEHPK3PXP", seal_second_factor(south_owner)):
        Authenticator.objects.filter(pk=row.pk).update(data={"secret": broken})
        with pytest.raises(DomainError), second_factors_of(north_owner):
            get_adapter().decrypt(broken)
        cache.clear()  # tries are counted
        client = Client()
        client.post("/accounts/login/", {"login": north_owner.email, "password": PASSWORD})
        response = client.post("/accounts/2fa/authenticate/", {"code": "123456"})
        assert response.status_code == 409, broken
        assert "can no longer be" in response.content.decode()


def test_a_message_of_nobody_that_cannot_be_read_does_not_stop_the_others(clinic, db):
    known = [report(call_id=str(uuid4()), assistant_id=clinic.assistant_id) for _ in range(2)]
    rows = [UnresolvedWebhook(dedupe_key=str(number), assistant_id=clinic.assistant_id) for number in range(3)]
    for row, body in zip(rows, [*known, known[0]], strict=True):
        row.payload = sealed_text.seal(json.dumps(body["message"]), purpose=UNRESOLVED_PURPOSE, row=str(row.pk))
    rows[0].payload, rows[2].payload = rows[0].payload[:-4], rows[0].payload  # cut short, and another row's
    UnresolvedWebhook.objects.bulk_create(rows)
    out = io.StringIO()

    call_command("replay_webhook", "--unresolved", "--json", stdout=out)

    assert json.loads(out.getvalue()) == {"replayed": 1}
