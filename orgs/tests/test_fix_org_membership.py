"""`manage.py fix_org_membership`."""

import json
from io import StringIO
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command

from orgs.models import AuditEntry, Membership, Role
from orgs.scope import service_tx


def run(*arguments):
    out = StringIO()
    code = 0
    try:
        call_command("fix_org_membership", "--json", *arguments, stdout=out)
    except SystemExit as ended:
        code = ended.code
    return code, json.loads(out.getvalue())


@pytest.fixture
def ownerless(north, north_owner, add_member, working_for):
    """North Clinic, whose owner left: a member came first, an admin later."""
    add_member(north, Role.MEMBER)
    add_member(north, Role.ADMIN)
    with working_for(north):
        Membership.objects.filter(user=north_owner).update(is_active=False)
    return north


def test_all_in_order(north, south):
    assert run() == (0, {"in_order": True, "found": []})


def test_an_ownerless_clinic_is_found_and_left_without_fix(ownerless, south):
    code, report = run()

    assert code == 1
    assert [(row["name"], row["mended"]) for row in report["found"]] == [("North Clinic", False)]


def test_the_admin_becomes_owner_and_it_is_audited(ownerless):
    assert run("--fix")[0] == 0
    assert run()[0] == 0

    with service_tx("test"):
        owner = Membership.across_orgs.get(org=ownerless, role=Role.OWNER, is_active=True)
        assert AuditEntry.objects.filter(object_id=str(owner.pk), action="member.role_changed").exists()
        assert owner.user.email.startswith("admin@")


def test_a_clinic_without_anybody_stays_found(north, north_owner, working_for):
    with working_for(north):
        Membership.objects.update(is_active=False)

    assert run("--fix")[0] == 1


def test_a_person_gets_the_place_back_once(north, south_owner, working_for):
    arguments = ("--email", south_owner.email.upper(), "--org", str(north.pk), "--role", "admin")
    first, second = run(*arguments), run(*arguments)

    assert first == second
    with working_for(north):
        assert Membership.objects.get(user=south_owner).role == Role.ADMIN
    with service_tx("test"):
        assert AuditEntry.objects.filter(action="member.repaired").count() == 1


@pytest.mark.parametrize(
    "arguments", [("--email", "nobody@x.example", "--org", str(uuid4())), ("--email", "owner@north.example")]
)
def test_what_cannot_be_mended_is_said(north, arguments):
    with pytest.raises(CommandError):
        run(*arguments)


def test_an_unknown_organisation_is_said(north):
    with pytest.raises(CommandError, match="no such organisation"):
        run("--email", "owner@north.example", "--org", str(uuid4()))
