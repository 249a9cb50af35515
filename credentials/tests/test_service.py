"""The only door to stored secrets."""

import json
import logging
import pickle
import threading
import time

import pytest
from django.db import connection, connections, transaction
from django.test.utils import CaptureQueriesContext

from credentials.errors import CredentialDisabled, CredentialUnreadable, Damage, NotConnected
from credentials.models import OrgCredential, OrgKey
from credentials.service import CredentialService, credential_service
from credentials.types import Provider, Secret, VapiCredentials
from orgs.actors import Actor
from orgs.errors import NestedScope
from orgs.models import AuditEntry
from orgs.scope import org_scope, org_tx, service_tx
from voxanne.expiring_cache import ExpiringCache

SECRET = "a-webhook-secret-that-nobody-may-ever-see-in-a-log"


def vapi(secret=SECRET):
    return VapiCredentials(webhook_secret=Secret(secret), secret_id="one")


def save(org, credentials=None, **metadata):
    credential_service.save(
        org_id=org.pk, credentials=credentials or vapi(), actor=Actor.system(org.pk), metadata=metadata or None
    )


def get(org):
    return credential_service.get(org.pk, Provider.VAPI)


def change_row(org, **values):
    with org_scope(org), org_tx():
        OrgCredential.objects.filter(provider=Provider.VAPI).update(**values)
    credential_service._cache.clear()


def stored(org):
    with org_scope(org), org_tx():
        return OrgCredential.objects.get(provider=Provider.VAPI)


def test_what_was_saved_comes_back(north):
    save(north)

    assert get(north) == vapi()
    assert get(north).webhook_secret.reveal() == SECRET


def test_a_new_clinic_has_a_webhook_secret_of_its_own(north, south):
    assert len(get(north).webhook_secret.reveal()) >= 32
    assert get(north).webhook_secret != get(south).webhook_secret


def test_ensuring_twice_keeps_the_secret(north):
    before = get(north)

    assert credential_service.ensure_vapi_webhook_secret(north) == before


def test_one_organisation_never_gets_anothers(north, south):
    save(north, vapi("the-secret-of-north-and-of-nobody-else"))
    save(south, vapi("the-secret-of-south-and-of-nobody-else"))

    get(north)
    with org_scope(south), pytest.raises(NestedScope):
        get(north)
    assert get(south).webhook_secret.reveal() == "the-secret-of-south-and-of-nobody-else"


def test_it_works_inside_an_open_transaction_of_the_same_organisation(north):
    with org_scope(north), org_tx():
        assert get(north) == get(north)


def test_not_connected_says_what_to_do(north):
    with pytest.raises(NotConnected) as refused:
        credential_service.get(north.pk, Provider.TWILIO)

    assert refused.value.message == "Please connect Twilio in Integrations."


def test_disabled(north):
    change_row(north, is_active=False)

    with pytest.raises(CredentialDisabled):
        get(north)
    assert not credential_service.exists(north.pk, Provider.VAPI)


@pytest.mark.parametrize(
    ("values", "damage"),
    [
        ({"encrypted_config": ""}, Damage.EMPTY),
        ({"encrypted_config": "00:11"}, Damage.TRUNCATED),
        ({"encrypted_config": "not hex at all"}, Damage.TRUNCATED),
        ({"key_commitment": ""}, Damage.TRUNCATED),
        ({"key_commitment": "0" * 64}, Damage.TAMPERED),
        ({"key_fingerprint": "0" * 16}, Damage.WRONG_KEY),
        ({"encryption_version": "v9"}, Damage.WRONG_KEY),
    ],
)
def test_a_damaged_row_asks_to_reconnect(north, values, damage):
    change_row(north, **values)

    with pytest.raises(CredentialUnreadable, match="Please reconnect Vapi") as refused:
        get(north)
    assert refused.value.damage == damage
    assert refused.value.http_status == 409


def test_a_ciphertext_cut_short_or_changed_is_refused(north):
    text = stored(north).encrypted_config
    for changed in (text[:-2], text[:-2] + ("00" if text[-2:] != "00" else "01")):
        change_row(north, encrypted_config=changed)
        with pytest.raises(CredentialUnreadable):
            get(north)


def test_a_ciphertext_of_another_organisation_is_refused(north, south):
    theirs = stored(south)
    change_row(
        north,
        encrypted_config=theirs.encrypted_config,
        key_commitment=theirs.key_commitment,
        key_fingerprint=theirs.key_fingerprint,
    )

    with pytest.raises(CredentialUnreadable):
        get(north)


def test_another_organisations_whole_key_and_ciphertext_are_refused_too(north, south):
    with service_tx("test"):
        theirs = OrgKey.across_orgs.get(org_id=south.pk)
        OrgKey.across_orgs.filter(org_id=north.pk).update(
            wrapped_key=theirs.wrapped_key, key_commitment=theirs.key_commitment
        )

    with pytest.raises(CredentialUnreadable) as refused:
        get(north)
    assert refused.value.damage == Damage.TAMPERED


def test_a_ciphertext_of_another_provider_is_refused(north):
    change_row(north, provider=Provider.TWILIO)

    with pytest.raises(CredentialUnreadable):
        credential_service.get(north.pk, Provider.TWILIO)


def test_decrypted_nonsense_is_an_unreadable_credential(north, monkeypatch):
    monkeypatch.setattr(VapiCredentials, "to_config", lambda self: {"webhookSecret": "only half"})
    save(north)

    with pytest.raises(CredentialUnreadable) as refused:
        get(north)
    assert refused.value.damage == Damage.CORRUPT


def test_a_retired_master_key_still_reads_and_an_unknown_one_does_not(north, settings):
    old, new = settings.ENCRYPTION_KEY, "5d1f0a9c3b7e28461c2d3e4f5a6b7c8d9e0f1a2b3c4d5e6f708192a3b4c5d6e7"
    settings.ENCRYPTION_KEY, settings.ENCRYPTION_KEYS_RETIRED = new, [old]
    credential_service._cache.clear()
    assert get(north)

    settings.ENCRYPTION_KEYS_RETIRED = []
    credential_service._cache.clear()
    with pytest.raises(CredentialUnreadable) as refused:
        get(north)
    assert refused.value.damage == Damage.WRONG_KEY
    with pytest.raises(CredentialUnreadable):
        save(north)


def test_shredding_makes_every_secret_unreadable_for_ever(north, south):
    row = stored(north)
    credential_service.shred(org_id=north.pk, actor=Actor.system(north.pk))
    credential_service._cache.clear()

    with pytest.raises(CredentialUnreadable):
        get(north)
    save(north)
    change_row(north, encrypted_config=row.encrypted_config, key_commitment=row.key_commitment)
    with pytest.raises(CredentialUnreadable):
        get(north)
    assert get(south)


def test_deleting_removes_the_ciphertext(north):
    assert credential_service.delete(org_id=north.pk, provider=Provider.VAPI, actor=Actor.system(north.pk))

    with pytest.raises(NotConnected):
        get(north)
    assert not credential_service.delete(org_id=north.pk, provider=Provider.VAPI, actor=Actor.system(north.pk))


def test_a_list_shows_what_may_be_shown_in_one_query(north):
    save(north, connected_email="front.desk@north.example")

    with CaptureQueriesContext(connection) as queries:
        (only,) = credential_service.list_providers(north.pk)
    assert len([query for query in queries if "FROM" in query["sql"]]) == 1
    assert only.metadata == {"connected_email": "front.desk@north.example"}
    assert SECRET not in repr(only)


def test_a_refused_change_leaves_the_earlier_credential(north):
    before = get(north)
    with transaction.atomic():
        save(north, vapi("another-secret-that-is-rolled-back-again"))
        assert get(north).webhook_secret.reveal() == "another-secret-that-is-rolled-back-again"
        transaction.set_rollback(True)  # a step after the save failed

    assert get(north) == before


def test_changes_are_audited_and_no_value_is_ever_written(north, caplog):
    caplog.set_level(logging.DEBUG)
    save(north)
    get(north)
    get(north)
    credential_service.delete(org_id=north.pk, provider=Provider.VAPI, actor=Actor.system(north.pk))

    with service_tx("test"):
        entries = list(AuditEntry.objects.filter(org=north, action__startswith="credential."))
    assert [entry.action for entry in entries] == ["credential.created", "credential.replaced", "credential.deleted"]
    assert SECRET not in json.dumps([entry.details for entry in entries])
    assert SECRET not in caplog.text


def test_the_database_holds_no_secret_in_clear(north):
    save(north)
    with service_tx("test"), connection.cursor() as cursor:
        cursor.execute(
            "SELECT org_credentials::text FROM org_credentials UNION ALL SELECT org_keys::text FROM org_keys"
        )
        assert not any(SECRET in row[0] or SECRET.encode().hex() in row[0] for row in cursor.fetchall())


def test_the_provider_is_checked_by_the_database(north):
    with pytest.raises(Exception, match="org_credentials_provider_known"):
        change_row(north, provider="myspace")


def test_a_secret_shows_itself_nowhere():
    credentials = vapi()

    assert SECRET not in f"{credentials} {credentials.webhook_secret} {credentials!r} {credentials.webhook_secret:>60}"
    assert SECRET not in str(vars(credentials))
    with pytest.raises(TypeError):
        json.dumps(credentials.webhook_secret)
    with pytest.raises(TypeError):
        pickle.dumps(credentials)


def test_a_secret_matches_only_itself():
    assert Secret(SECRET).matches(SECRET)
    assert not Secret(SECRET).matches(SECRET[:-1])
    assert not Secret(SECRET).matches("\udcff")
    assert not Secret("").matches("")


@pytest.mark.django_db(transaction=True)
def test_a_hit_needs_no_query_and_well_under_a_millisecond(north, hear_news, django_assert_num_queries):
    hear_news()
    get(north)
    with django_assert_num_queries(0):
        started = time.process_time()
        for _ in range(2000):
            get(north)
    assert (time.process_time() - started) / 2000 < 0.001


@pytest.mark.django_db(transaction=True)
def test_nothing_is_served_older_than_thirty_seconds(north, hear_news):
    hear_news()
    moment = [100.0]
    service = CredentialService(ExpiringCache(name="trial", ttl_s=30.0, max_entries=10, clock=lambda: moment[0]))
    before = service.get(north.pk, Provider.VAPI)
    with org_scope(north), org_tx():  # as another process that could not announce its change
        OrgCredential.objects.update(is_active=False)

    moment[0] += 29.9
    assert service.get(north.pk, Provider.VAPI) is before
    moment[0] += 0.1
    with pytest.raises(CredentialDisabled):
        service.get(north.pk, Provider.VAPI)


@pytest.mark.django_db(transaction=True)
def test_twenty_at_once_make_one_secret(north):
    credential_service.delete(org_id=north.pk, provider=Provider.VAPI, actor=Actor.system(north.pk))
    credential_service.shred(org_id=north.pk, actor=Actor.system(north.pk))
    secrets, start = [], threading.Barrier(20)

    def ensure():
        start.wait()
        try:
            secrets.append(CredentialService().ensure_vapi_webhook_secret(north).webhook_secret.reveal())
        finally:
            connections.close_all()

    threads = [threading.Thread(target=ensure) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(secrets) == 20
    assert len(set(secrets)) == 1
