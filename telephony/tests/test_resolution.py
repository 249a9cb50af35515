"""From a called number to its organisation, before any organisation is known."""

import time

import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction

from orgs.actors import Actor
from orgs.scope import org_scope, org_tx, service_tx
from telephony.errors import NumberTaken
from telephony.models import PhoneNumberMapping
from telephony.resolution import find_org_for_number
from telephony.services import map_number

NUMBER = "+442079460123"
VAPI_ID = "7e1f7c7e-9a6b-4f0e-8d76-0a6f4a1f3c11"


def map_for(org, number=NUMBER, **facts):
    return map_number(org=org, phone_number=number, actor=Actor.system(org.pk), **facts)


def run_as(role, org, statement):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('role', %s, true), set_config('app.org_id', %s, true)", [role, str(org.pk)])
        cursor.execute(statement)


def test_a_number_leads_to_its_organisation(north, south):
    map_for(north)
    map_for(south, "+442079460124")

    assert find_org_for_number(NUMBER) == north.pk
    assert find_org_for_number("+442079460124") == south.pk


def test_vapis_id_of_the_number_leads_there_too(north):
    map_for(north, vapi_phone_number_id=VAPI_ID)

    assert find_org_for_number(VAPI_ID) == north.pk


@pytest.mark.parametrize(
    "number", ["+442079460999", "", "not a number", "+44\x00207", "+" * 5000, "0207", "' OR 1=1 --"]
)
def test_what_nobody_has_belongs_to_nobody(north, number):
    map_for(north)

    assert find_org_for_number(number) is None


def test_another_organisation_cannot_take_an_active_number(north, south):
    map_for(north)

    with pytest.raises(NumberTaken) as refused, transaction.atomic():
        map_for(south)

    assert north.name not in refused.value.message
    assert find_org_for_number(NUMBER) == north.pk


def test_a_number_that_was_given_up_can_be_taken(north, south):
    mapping = map_for(north)
    with org_scope(north), org_tx():
        mapping.is_active = False
        mapping.save()

    map_for(south)

    assert find_org_for_number(NUMBER) == south.pk


def test_a_given_up_number_leads_nowhere(north):
    mapping = map_for(north)
    with org_scope(north), org_tx():
        mapping.delete()

    assert find_org_for_number(NUMBER) is None


def test_a_number_taken_back_while_another_has_it_is_refused(north, south):
    mapping = map_for(north)
    with org_scope(north), org_tx():
        PhoneNumberMapping.objects.update(is_active=False)
    map_for(south)

    with org_scope(north), pytest.raises(IntegrityError), org_tx():
        mapping.save()


@pytest.mark.parametrize("role", ["voxanne_tenant", "voxanne_service", "none"])
@pytest.mark.parametrize("statement", ["SELECT * FROM number_directory", "DELETE FROM number_directory"])
def test_the_directory_is_closed_to_everybody(north, role, statement):
    with pytest.raises(ProgrammingError, match="permission denied"):
        run_as(role, north, statement)


@pytest.mark.parametrize("role", ["voxanne_tenant", "voxanne_service"])
def test_the_function_is_closed_to_the_roles_of_transactions(north, role):
    with pytest.raises(ProgrammingError, match="permission denied"):
        run_as(role, north, f"SELECT org_of_phone_number('{NUMBER}')")


def test_only_web_and_worker_may_ask(db):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT proacl::text, proconfig::text, prosecdef FROM pg_proc WHERE proname = 'org_of_phone_number'"
        )
        acl, config, definer = cursor.fetchone()

    grantees = {entry.split("=")[0] for entry in acl.strip("{}").split(",")}
    assert grantees == {"voxanne_owner", "voxanne_web", "voxanne_worker"}
    assert "search_path=pg_catalog, public, pg_temp" in config
    assert definer


def test_a_temporary_table_cannot_stand_in_for_the_directory(north):
    map_for(north)
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TEMP TABLE number_directory ON COMMIT DROP AS "
            "SELECT %s::text AS phone_number, NULL::text AS vapi_phone_number_id, gen_random_uuid() AS org_id",
            [NUMBER],
        )

    assert find_org_for_number(NUMBER) == north.pk


def test_a_kept_answer_needs_no_query_and_well_under_a_millisecond(north, django_assert_num_queries):
    map_for(north)
    find_org_for_number(NUMBER)

    with django_assert_num_queries(0):
        started = time.process_time()
        for _ in range(1000):
            find_org_for_number(NUMBER)
    assert (time.process_time() - started) / 1000 < 0.001


def test_a_mapping_shows_to_its_organisation_only(north, south):
    map_for(north)

    with org_scope(south), org_tx():
        assert PhoneNumberMapping.across_orgs.count() == 0
    with service_tx("test"):
        assert PhoneNumberMapping.across_orgs.count() == 1
