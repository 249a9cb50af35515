"""The platform's key at start-up, organisations' keys, and texts sealed with them."""

import io
import threading

import pytest
from django.core.management import call_command
from django.db import connection, connections

from credentials import sealing
from credentials.errors import Damage, SealedTextUnreadable, WrongEncryptionKey
from credentials.key_check import check_key_value
from credentials.models import EncryptionKeyCheck, OrgKey
from credentials.sealing import seal_for_org, unseal_for_org
from credentials.service import credential_service
from orgs.actors import Actor
from orgs.scope import org_scope, org_tx, service_tx
from voxanne.master_key import KeyRefused, derive_master_key

OTHER = "5d1f0a9c3b7e28461c2d3e4f5a6b7c8d9e0f1a2b3c4d5e6f708192a3b4c5d6e7"
THIRD = "91c7e3a5d2f04b68ac1e5f7092b3d4c6e8fa0b1c2d3e4f5061728394a5b6c7d9"


def test_the_first_start_records_the_key_and_later_ones_agree(db):
    first = check_key_value()

    assert check_key_value() == first
    assert EncryptionKeyCheck.objects.count() == 1


def test_another_key_stops_the_start(db, settings):
    check_key_value()
    settings.ENCRYPTION_KEY = OTHER

    with pytest.raises(WrongEncryptionKey, match="Put the earlier key back") as refused:
        check_key_value()
    assert OTHER not in str(refused.value)


def test_a_rotation_is_taken_over_and_the_old_machine_stops(db, settings):
    old = settings.ENCRYPTION_KEY
    check_key_value()
    settings.ENCRYPTION_KEY, settings.ENCRYPTION_KEYS_RETIRED = OTHER, [old]
    new_id = check_key_value()
    settings.ENCRYPTION_KEYS_RETIRED = []
    assert check_key_value() == new_id

    settings.ENCRYPTION_KEY = old
    with pytest.raises(WrongEncryptionKey):
        check_key_value()


def test_rotating_back_is_possible(db, settings):
    old = settings.ENCRYPTION_KEY
    check_key_value()
    settings.ENCRYPTION_KEY, settings.ENCRYPTION_KEYS_RETIRED = OTHER, [old]
    check_key_value()
    settings.ENCRYPTION_KEY, settings.ENCRYPTION_KEYS_RETIRED = old, [OTHER]

    assert check_key_value()


def test_a_forged_check_value_stops_the_start(db):
    check_key_value()
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO encryption_key_checks (key_id, check_value, created_at) "
                       "SELECT key_id, repeat('0', 64), now() FROM encryption_key_checks")  # fmt: skip
    with pytest.raises(WrongEncryptionKey):
        check_key_value()


@pytest.mark.parametrize("retired", [["changeme"], [OTHER[:-1]]])
def test_a_damaged_retired_key_is_refused(db, settings, retired):
    settings.ENCRYPTION_KEYS_RETIRED = retired

    with pytest.raises(KeyRefused):
        check_key_value()


@pytest.mark.django_db(transaction=True)
def test_many_first_starts_at_once_record_one_key():
    start, errors = threading.Barrier(8), []

    def boot():
        start.wait()
        try:
            check_key_value()
        except WrongEncryptionKey as error:
            errors.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=boot) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not errors
    assert EncryptionKeyCheck.objects.count() == 1


def test_generate_key_prints_a_key_that_is_accepted():
    printed = io.StringIO()
    call_command("generate_key", stdout=printed)

    assert derive_master_key(printed.getvalue())


def test_each_organisation_has_one_key_of_its_own(north, south):
    with service_tx("test"):
        keys = list(OrgKey.across_orgs.all())
    assert len(keys) == 2
    assert len({key.wrapped_key for key in keys}) == 2
    assert len({key.master_key_id for key in keys}) == 1


def test_a_sealed_text_opens_for_its_organisation_and_purpose_only(north, south):
    sealed = seal_for_org(north.pk, purpose="payload", text="Ana Reyes, +447700900123")

    assert unseal_for_org(north.pk, purpose="payload", sealed=sealed) == "Ana Reyes, +447700900123"
    with pytest.raises(SealedTextUnreadable):
        unseal_for_org(south.pk, purpose="payload", sealed=sealed)
    with pytest.raises(SealedTextUnreadable):
        unseal_for_org(north.pk, purpose="another", sealed=sealed)
    with pytest.raises(SealedTextUnreadable) as refused:
        unseal_for_org(north.pk, purpose="payload", sealed="")
    assert refused.value.damage == Damage.EMPTY


@pytest.mark.django_db(transaction=True)
def test_sealing_needs_no_query_once_the_key_is_known(north, django_assert_num_queries):
    seal_for_org(north.pk, purpose="payload", text="x")

    with django_assert_num_queries(0):
        sealed = seal_for_org(north.pk, purpose="payload", text="x")
        assert unseal_for_org(north.pk, purpose="payload", sealed=sealed) == "x"


@pytest.mark.django_db(transaction=True)
def test_after_shredding_nothing_opens(north):
    sealed = seal_for_org(north.pk, purpose="payload", text="x")
    credential_service.shred(org_id=north.pk, actor=Actor.system(north.pk))

    with pytest.raises(SealedTextUnreadable):
        unseal_for_org(north.pk, purpose="payload", sealed=sealed)
    seal_for_org(north.pk, purpose="payload", text="y")  # a new key
    with pytest.raises(SealedTextUnreadable):
        unseal_for_org(north.pk, purpose="payload", sealed=sealed)


@pytest.mark.django_db(transaction=True)
def test_a_key_that_was_rolled_back_is_not_used_again(north):
    credential_service.shred(org_id=north.pk, actor=Actor.system(north.pk))
    with pytest.raises(RuntimeError), org_scope(north), org_tx():
        seal_and_fail(north)
    sealed = seal_for_org(north.pk, purpose="payload", text="kept")
    sealing._keys.clear()

    assert unseal_for_org(north.pk, purpose="payload", sealed=sealed) == "kept"


def seal_and_fail(org):
    seal_for_org(org.pk, purpose="payload", text="lost")
    raise RuntimeError("the surrounding transaction fails")
