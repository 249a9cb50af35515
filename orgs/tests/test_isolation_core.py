"""The three nets under every tenant table, each tested alone."""

import pytest
from django.db import DatabaseError, ProgrammingError, connection, transaction

from orgs.errors import NestedScope, NoScope
from orgs.models import Membership, Organization
from orgs.scope import org_scope, org_tx, service_tx, user_tx


def test_a_query_without_scope_raises(north):
    with pytest.raises(NoScope):
        Membership.objects.count()


def test_without_a_tenant_transaction_the_database_refuses(north):
    with org_scope(north), pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        Membership.objects.count()


def test_the_tenant_role_without_an_organisation_raises(north):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('role', 'voxanne_tenant', true)")
        with pytest.raises(DatabaseError), transaction.atomic():
            cursor.execute("SELECT count(*) FROM profiles")


def test_a_tenant_sees_only_its_own_rows_even_without_the_filter(north, south):
    with org_scope(north), org_tx():
        assert {row.org_id for row in Membership.across_orgs.all()} == {north.pk}
        assert list(Organization.objects.all()) == [north]


def test_a_tenant_cannot_change_or_delete_rows_of_another(north, south):
    with org_scope(north), org_tx():
        assert Membership.across_orgs.filter(org_id=south.pk).update(role="member") == 0
        assert Membership.across_orgs.filter(org_id=south.pk).delete()[0] == 0


def test_a_tenant_cannot_write_a_row_for_another(north, south, south_owner):
    with org_scope(north), pytest.raises(ProgrammingError, match="row-level security"), org_tx():
        Membership.across_orgs.create(org_id=south.pk, user=south_owner, role="owner")


def test_the_owner_of_a_row_cannot_be_changed(north, south):
    with service_tx("test"), pytest.raises(DatabaseError, match="cannot change"), transaction.atomic():
        Membership.across_orgs.filter(org_id=south.pk).update(org_id=north.pk)


def test_the_service_sees_all(north, south):
    with service_tx("test"):
        assert Membership.across_orgs.count() == 2


def test_a_person_sees_the_own_memberships_only(north, south, north_owner):
    with user_tx(north_owner.pk):
        assert [m.org_id for m in Membership.across_orgs.select_related("org")] == [north.pk]
        assert list(Organization.objects.all()) == [north]


def test_a_scope_of_none_is_a_type_error(db):
    with pytest.raises(TypeError), org_scope(None):
        pass


def test_work_for_another_organisation_cannot_start_inside(north, south):
    with org_scope(north), pytest.raises(NestedScope), org_scope(south):
        pass


def test_a_nested_transaction_restores_the_outer_identity(north):
    with service_tx("test"):
        with org_scope(north), org_tx():
            pass
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_user")
            assert cursor.fetchone() == ("voxanne_service",)
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        assert cursor.fetchone() == ("voxanne_test",)
