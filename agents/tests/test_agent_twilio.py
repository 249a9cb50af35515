"""An agent's own Twilio account: kept safely, resolved before the organisation's, counted."""

import pytest
from django.db import IntegrityError

from agents.errors import AgentTwilioUnreadable, TwilioNotConnected
from agents.models import AgentTwilioSettings, CallDirection
from agents.tests.twilio_accounts import (
    NUMBER,
    OTHER_NUMBER,
    OTHER_SID,
    OTHER_TOKEN,
    SID,
    TOKEN,
    agents_of,
    connect,
    connect_agent,
    number_of,
    numbers_of,
)
from agents.twilio import (
    TwilioSource,
    find_own_twilio,
    mask_token,
    read_credentials,
    remove_own_twilio,
    save_own_twilio,
    twilio_for,
)
from credentials.errors import CredentialRefused, CredentialUnreadable, ProviderUnreachable
from credentials.service import credential_service
from credentials.types import Provider
from orgs.actors import Actor
from orgs.models import AuditEntry
from orgs.scope import org_scope, org_tx
from telephony.errors import NumberTaken
from telephony.models import NumberSource
from voxanne.errors import BadInput, NotFound
from voxanne.metrics.testing import counted

pytestmark = pytest.mark.django_db(transaction=True)
IN, OUT = CallDirection.INBOUND, CallDirection.OUTBOUND
GIVEN = {"accountSid": SID, "authToken": TOKEN, "phoneNumber": NUMBER}


@pytest.fixture
def inbound(north):
    return agents_of(north)[IN]


def save(org, agent_id, **changes):
    return save_own_twilio(org=org, agent_id=agent_id, given={**GIVEN, **changes}, actor=Actor.system(org.pk))


def rows_of(org):
    with org_scope(org), org_tx():
        return list(AgentTwilioSettings.objects.order_by("pk"))


def change_rows(org, **values):
    with org_scope(org), org_tx():
        AgentTwilioSettings.objects.update(**values)


def test_it_is_verified_with_twilio_and_stored_encrypted(north, inbound, provider_sandbox):
    own = save(north, inbound.pk)

    (row,) = rows_of(north)
    assert (own.account_sid, own.phone_number, own.masked_token) == (SID, NUMBER, "••••••••1234")
    assert TOKEN not in str(row.__dict__)
    assert row.encryption_version == "v1"
    assert len(row.auth_token_encrypted.split(":")) == 3
    assert read_credentials(org=north, agent_id=inbound.pk).auth_token.reveal() == TOKEN
    assert provider_sandbox.requests_to("twilio", "GET")
    assert number_of(north).source == NumberSource.AGENT


def test_its_mask_keeps_the_stored_token(north, inbound, provider_sandbox):
    save(north, inbound.pk)
    for kept in ("••••••••1234", "", " ••••••••1234 "):
        save(north, inbound.pk, authToken=kept, phoneNumber=OTHER_NUMBER)
        assert read_credentials(org=north, agent_id=inbound.pk).auth_token.reveal() == TOKEN
    assert rows_of(north)[0].phone_number == OTHER_NUMBER
    assert set(numbers_of(north)) == {OTHER_NUMBER}

    save(north, inbound.pk, authToken=OTHER_TOKEN)
    assert read_credentials(org=north, agent_id=inbound.pk).auth_token.reveal() == OTHER_TOKEN


@pytest.mark.parametrize(
    ("stored", "changes", "fields"),
    [
        (False, {"authToken": "••••••••1234"}, {"authToken"}),
        (False, {"authToken": ""}, {"authToken"}),
        (True, {"authToken": "••••••••9999"}, {"authToken"}),
        (True, {"authToken": "••••••••1234", "accountSid": OTHER_SID}, {"authToken"}),
        (False, {"accountSid": "AC12"}, {"accountSid"}),
        (False, {"accountSid": SID.upper()}, {"accountSid"}),
        (False, {"authToken": "short"}, {"authToken"}),
        (False, {"phoneNumber": "020 7946 0101"}, {"phoneNumber"}),
        (False, {"phoneNumber": 442079460101}, {"phoneNumber"}),
        (False, {"accountSid": None, "authToken": None, "phoneNumber": None}, set(GIVEN)),
        (False, {"phoneNumber": "+44\x00207"}, {"phoneNumber"}),
    ],
)
def test_what_is_malformed_is_named_and_nothing_is_asked_or_changed(north, provider_sandbox, stored, changes, fields):
    inbound = agents_of(north)[IN]
    if stored:
        connect_agent(north, IN)
    with pytest.raises(BadInput) as refused:
        save(north, inbound.pk, **changes)

    assert set(refused.value.fields) == fields
    assert TOKEN not in str(refused.value.fields)
    assert len(rows_of(north)) == int(stored)
    assert provider_sandbox.requests_to("twilio") == []


def test_what_twilio_refuses_leaves_the_earlier_account(north, inbound, provider_sandbox):
    save(north, inbound.pk)
    with pytest.raises(CredentialRefused):
        save(north, inbound.pk, authToken="5" * 29 + "bad")
    with pytest.raises(CredentialRefused) as not_ours:
        save(north, inbound.pk, phoneNumber="+442079460555")

    assert "phoneNumber" in not_ours.value.fields
    assert read_credentials(org=north, agent_id=inbound.pk).auth_token.reveal() == TOKEN
    assert rows_of(north)[0].phone_number == NUMBER


@pytest.mark.parametrize("fault", [{"status": 503}, {"drop_rate": 1}])
def test_a_twilio_that_is_away_changes_nothing(north, inbound, provider_sandbox, fault):
    save(north, inbound.pk)
    provider_sandbox.spoil(provider="twilio", **fault)
    with pytest.raises(ProviderUnreachable) as away:
        save(north, inbound.pk, authToken=OTHER_TOKEN)

    assert away.value.http_status == 502
    assert "nothing was changed" in away.value.message
    assert read_credentials(org=north, agent_id=inbound.pk).auth_token.reveal() == TOKEN


def test_two_agents_cannot_have_one_number(north, inbound, provider_sandbox):
    save(north, inbound.pk)
    with pytest.raises(BadInput) as refused:
        save(north, agents_of(north)[OUT].pk)

    assert refused.value.fields == {"phoneNumber": ["Another of your agents has this number."]}
    with org_scope(north), pytest.raises(IntegrityError), org_tx():
        AgentTwilioSettings.objects.update(account_sid="nonsense")


def test_another_organisations_number_is_refused(north, south, inbound, provider_sandbox):
    save(north, inbound.pk)

    with pytest.raises(NumberTaken) as refused:
        save(south, agents_of(south)[IN].pk)
    assert north.name not in refused.value.message
    assert rows_of(south) == []


def test_another_organisations_agent_is_not_found(north, south, inbound, provider_sandbox):
    for act in (
        lambda: save(south, inbound.pk),
        lambda: find_own_twilio(org=south, agent_id=inbound.pk),
        lambda: remove_own_twilio(org=south, agent_id=inbound.pk, actor=Actor.system(south.pk)),
    ):
        with pytest.raises(NotFound):
            act()
    assert provider_sandbox.requests_to("twilio") == []


def test_the_own_account_comes_first(north, inbound):
    connect(north)
    connect_agent(north, IN, number=OTHER_NUMBER, sid=OTHER_SID, token=OTHER_TOKEN)

    own = twilio_for(org=north, agent=inbound)
    shared = twilio_for(org=north, agent=agents_of(north)[OUT])
    assert (own.source, own.credentials.account_sid) == (TwilioSource.AGENT, OTHER_SID)
    assert (shared.source, shared.credentials.account_sid) == (TwilioSource.FALLBACK, SID)
    assert TOKEN not in repr(shared)


def test_without_fallback_the_organisations_does_not_stand_in(north, inbound, settings):
    connect(north)
    settings.TWILIO_ORG_FALLBACK = False

    with pytest.raises(TwilioNotConnected, match="no Twilio account of its own"):
        twilio_for(org=north, agent=inbound)
    connect_agent(north, IN, number=OTHER_NUMBER)
    assert twilio_for(org=north, agent=inbound).source is TwilioSource.AGENT


def test_nothing_resolved_is_a_plain_sentence(north, inbound):
    with pytest.raises(TwilioNotConnected) as missing:
        twilio_for(org=north, agent=inbound)

    assert (missing.value.http_status, missing.value.code) == (409, "twilio_not_connected")
    assert "Integrations" in missing.value.message


def test_an_account_that_was_disabled_does_not_stand_in(north, inbound):
    connect(north)
    credential_service.disable(org_id=north.pk, provider=Provider.TWILIO, actor=Actor.system(north.pk))

    with pytest.raises(TwilioNotConnected, match=r"Twilio is switched off in Integrations\. Connect it again there"):
        twilio_for(org=north, agent=inbound)


@pytest.mark.parametrize(
    "damage",
    [{"auth_token_encrypted": ""}, {"auth_token_encrypted": "aa:bb:cc"}, {"key_commitment": "0" * 64},
     {"key_fingerprint": "0" * 16}, {"encryption_version": "v9"}],
)  # fmt: skip
def test_a_damaged_token_is_said_and_the_organisations_never_stands_in(north, inbound, damage):
    connect(north)
    connect_agent(north, IN, number=OTHER_NUMBER)
    change_rows(north, **damage)

    with pytest.raises(AgentTwilioUnreadable, match="enter this agent's Twilio details again"):
        twilio_for(org=north, agent=inbound)
    shown = find_own_twilio(org=north, agent_id=inbound.pk)
    assert shown is not None
    assert shown.problem
    assert shown.masked_token == "••••••••"


def test_a_ciphertext_of_another_agent_or_clinic_does_not_open(north, south, inbound):
    connect_agent(north, IN)
    connect_agent(north, OUT, number=OTHER_NUMBER, token=OTHER_TOKEN)
    connect_agent(south, IN, number="+442079460103")
    mine, other = rows_of(north)
    (foreign,) = rows_of(south)
    for source in (other, foreign):
        with org_scope(north), org_tx():
            AgentTwilioSettings.objects.filter(pk=mine.pk).update(
                auth_token_encrypted=source.auth_token_encrypted,
                key_commitment=source.key_commitment,
                key_fingerprint=source.key_fingerprint,
            )
        with pytest.raises(AgentTwilioUnreadable):
            read_credentials(org=north, agent_id=inbound.pk)


def test_each_use_is_counted_and_a_look_is_not(north, inbound):
    def uses():
        return [counted("twilio_uses_total", source=source) for source in ("agent", "fallback", "none")]

    before = uses()
    connect(north)
    twilio_for(org=north, agent=inbound)
    connect_agent(north, IN, number=OTHER_NUMBER)
    twilio_for(org=north, agent=inbound)
    twilio_for(org=north, agent=inbound)
    change_rows(north, auth_token_encrypted="")
    with pytest.raises(AgentTwilioUnreadable):
        twilio_for(org=north, agent=inbound)
    find_own_twilio(org=north, agent_id=inbound.pk)

    assert [after - earlier for after, earlier in zip(uses(), before, strict=True)] == [2, 1, 1]


def test_every_change_is_audited_and_none_tells_a_token(north, inbound, provider_sandbox):
    save(north, inbound.pk)
    save(north, inbound.pk, authToken=OTHER_TOKEN)
    remove_own_twilio(org=north, agent_id=inbound.pk, actor=Actor.system(north.pk))
    assert not remove_own_twilio(org=north, agent_id=inbound.pk, actor=Actor.system(north.pk))
    with org_scope(north), org_tx():
        entries = list(AuditEntry.objects.filter(action__startswith="agent.twilio").order_by("id"))

    actions = ["agent.twilio_connected", "agent.twilio_replaced", "agent.twilio_disconnected"]
    assert [entry.action for entry in entries] == actions
    assert {entry.object_id for entry in entries} == {str(inbound.pk)}
    assert not any(secret in str([entry.details for entry in entries]) for secret in (TOKEN, OTHER_TOKEN))


def test_a_token_shows_its_last_four_only():
    assert mask_token(TOKEN) == "••••••••1234"


def test_an_unreadable_organisations_account_is_said(north, inbound, settings):
    connect(north)
    settings.ENCRYPTION_KEY = "5d1f0a9c3b7e28461c2d3e4f5a6b7c8d9e0f1a2b3c4d5e6f708192a3b4c5d6e7"
    credential_service._cache.clear()

    with pytest.raises(CredentialUnreadable):
        twilio_for(org=north, agent=inbound)


def test_an_organisations_account_that_is_off_or_unreadable_keeps_its_number(north, settings):
    connect(north)
    credential_service.disable(org_id=north.pk, provider=Provider.TWILIO, actor=Actor.system(north.pk))
    connect_agent(north, OUT, number=OTHER_NUMBER)

    rows = numbers_of(north)
    assert {number: row.is_wanted for number, row in rows.items()} == {NUMBER: True, OTHER_NUMBER: True}
    assert rows[NUMBER].source == NumberSource.ORGANIZATION
