"""Members, roles, invitations and the switcher."""

import threading
from datetime import timedelta

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.core import mail
from django.db import connections
from django.test import Client

from conftest import PASSWORD, make_org, make_user
from orgs.actors import Actor
from orgs.errors import LastOwner
from orgs.models import AuditEntry, Invitation, Membership, Organization, Role, User
from orgs.scope import org_scope, service_tx
from orgs.services import change_role, invite_member, remove_member
from voxanne.clock import now

TEAM = "/dashboard/settings/team"


def membership_of(user, org):
    with service_tx("test"):
        return Membership.across_orgs.get(user=user, org=org)


def audited(org, action):
    with service_tx("test"):
        return AuditEntry.objects.filter(org=org, action=action).count()


def invite(client, email="ben@north.example", role="member"):
    return client.post(f"{TEAM}/invite", {"email": email, "role": role})


def link_in(message) -> str:
    url = next(word for word in message.body.split() if "/invitations/" in word)
    return url[url.index("/invitations/") :]


@pytest.fixture
def link(north, north_owner, sign_in) -> str:
    """The path that ben@north.example was sent."""
    invite(sign_in(north_owner))
    return link_in(mail.outbox[-1])


def test_the_team_page_shows_people_and_asks_little(north, north_owner, add_member, sign_in, django_assert_num_queries):
    for n in range(5):
        add_member(north, Role.MEMBER, f"colleague{n}@north.example")
    client = sign_in(north_owner)
    client.get(TEAM)

    with django_assert_num_queries(14):
        page = client.get(TEAM)

    assert page.status_code == 200
    assert [member.is_last_owner for member in page.context["members"]] == [True] + [False] * 5
    assert b"colleague4@north.example" in page.content


def test_an_invitation_is_sent_listed_and_audited(north, north_owner, sign_in):
    client = sign_in(north_owner)

    assert invite(client, "Ben@North.example").status_code == 302

    (message,) = mail.outbox
    assert message.to == ["ben@north.example"]
    assert "Nora North invites you to work with North Clinic" in message.body
    assert b"ben@north.example" in client.get(TEAM).content
    assert audited(north, "member.invited") == 1


def test_inviting_again_replaces_the_link(north, north_owner, sign_in):
    client = sign_in(north_owner)
    invite(client)
    invite(client)

    first, second = (Client().get(link_in(message)).status_code for message in mail.outbox)

    assert (first, second) == (410, 200)


def test_a_mail_that_cannot_be_sent_is_said(north, north_owner, sign_in, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_PORT = 1
    client = sign_in(north_owner)

    invite(client)

    assert b"could not be sent" in client.get(TEAM).content


@pytest.mark.parametrize(
    ("email", "role"), [("no", "member"), ("a@b.example", "boss"), ("owner@north.example", "member")]
)
def test_what_cannot_be_invited_is_explained(north, north_owner, sign_in, email, role):
    response = invite(sign_in(north_owner), email, role)

    assert response.status_code == 422
    assert response.context["invite_form"].errors
    assert mail.outbox == []


def test_an_admin_cannot_make_or_touch_an_owner(north, north_owner, add_member, sign_in):
    client = sign_in(add_member(north, Role.ADMIN))
    owner = membership_of(north_owner, north)

    assert invite(client, role="owner").status_code == 422
    assert client.post(f"{TEAM}/{owner.pk}/role", {"role": "member"}).status_code == 400
    assert client.post(f"{TEAM}/{owner.pk}/remove").status_code == 400
    assert membership_of(north_owner, north).role == Role.OWNER


def test_adding_somebody_asks_for_a_fresh_sign_in(north, north_owner):
    with time_machine.travel(now() - timedelta(minutes=10), tick=False) as clock:
        client = Client()
        client.post("/accounts/login/", {"login": north_owner.email, "password": PASSWORD})
        clock.shift(6 * 60)

        stale = client.post(
            f"{TEAM}/invite",
            {"email": "ben@north.example", "role": "member"},
            headers={"referer": f"http://testserver{TEAM}"},
        )
        assert stale["Location"] == "/accounts/reauthenticate/?next=%2Fdashboard%2Fsettings%2Fteam"
        assert mail.outbox == []

        client.post("/accounts/reauthenticate/", {"password": PASSWORD})
        assert invite(client)["Location"] == TEAM
    assert len(mail.outbox) == 1


def test_somebody_without_an_account_joins_with_name_and_password_and_opens_no_clinic(north, link):
    client = Client()
    assert client.get(link).context["form"] is not None

    response = client.post(link, {"full_name": "Ben Okoye", "password": PASSWORD})

    assert response["Location"] == "/dashboard"
    ben = User.objects.get(email="ben@north.example")
    assert EmailAddress.objects.get(user=ben).verified
    assert membership_of(ben, north).role == Role.MEMBER
    assert client.get(TEAM).status_code == 200
    with service_tx("test"):
        assert Organization.objects.count() == 1
    assert audited(north, "member.joined") == 1


@pytest.mark.parametrize("password", ["", "short", "1234567890", "ben@north.example"])
def test_a_weak_password_does_not_join(link, password):
    response = Client().post(link, {"full_name": "Ben", "password": password})

    assert response.status_code == 422
    assert not User.objects.filter(email="ben@north.example").exists()


def test_somebody_with_an_account_is_led_through_sign_in_and_back(north, link):
    ben = make_user("ben@north.example", "Ben Okoye")
    client = Client()

    to_login = client.get(link)["Location"]
    back = client.post(to_login, {"login": ben.email, "password": PASSWORD})["Location"]
    assert back == link
    assert client.get(back).context["problem"] == ""
    assert client.post(back)["Location"] == "/dashboard"

    assert membership_of(ben, north).is_active


def test_the_link_is_for_the_invited_address_only(north, link, south_owner, south, sign_in):
    client = sign_in(south_owner)

    assert "You are signed in as owner@south.example" in client.get(link).context["problem"]
    assert client.post(link).status_code == 403

    with service_tx("test"):
        assert not Membership.across_orgs.filter(org=north, user=south_owner).exists()


def test_the_link_works_once(north, link):
    first, second = Client(), Client()
    first.post(link, {"full_name": "Ben Okoye", "password": PASSWORD})

    assert second.get(link).status_code == 410
    assert second.post(link, {"full_name": "Eve", "password": PASSWORD}).status_code == 410
    assert first.get(link)["Location"] == "/dashboard", "who joined by it is simply let in"


def test_the_link_ends_after_seven_days(north, link):
    with time_machine.travel(now() + timedelta(days=7, minutes=1)):
        assert Client().get(link).status_code == 410


def test_a_withdrawn_link_is_dead_and_withdrawing_twice_changes_nothing(north, north_owner, link, sign_in):
    with service_tx("test"):
        invitation = Invitation.across_orgs.get()
    client = sign_in(north_owner)

    for _ in range(2):
        assert client.post(f"{TEAM}/invitations/{invitation.pk}/revoke")["Location"] == TEAM

    assert Client().get(link).status_code == 410
    assert audited(north, "member.invitation_withdrawn") == 1


def test_another_clinics_link_does_not_open_here(north, south, link):
    assert Client().get(link.replace(str(north.pk), str(south.pk))).status_code == 410


def test_the_token_is_kept_as_a_hash_only(link):
    with service_tx("test"):
        assert link.rsplit("/", 1)[1] not in str(Invitation.across_orgs.values().get())


def test_a_role_changes_once_and_is_audited(north, north_owner, add_member, sign_in):
    member = membership_of(add_member(north, Role.MEMBER), north)
    client = sign_in(north_owner)

    for _ in range(2):
        assert client.post(f"{TEAM}/{member.pk}/role", {"role": "admin"})["Location"] == TEAM

    assert audited(north, "member.role_changed") == 1
    assert client.post(f"{TEAM}/{member.pk}/role", {"role": "boss"}).status_code == 400


def test_another_clinics_member_cannot_be_touched(north, south, south_owner, sign_in, north_owner):
    theirs = membership_of(south_owner, south)
    client = sign_in(north_owner)

    assert client.post(f"{TEAM}/{theirs.pk}/role", {"role": "member"}).status_code == 404
    assert client.post(f"{TEAM}/{theirs.pk}/remove").status_code == 404
    assert membership_of(south_owner, south).role == Role.OWNER


def test_the_last_owner_stays(north, north_owner, sign_in):
    owner = membership_of(north_owner, north)
    client = sign_in(north_owner)

    for act, data in (("role", {"role": "member"}), ("remove", {})):
        client.post(f"{TEAM}/{owner.pk}/{act}", data)
        assert b"Every organisation needs an owner" in client.get(TEAM).content

    assert membership_of(north_owner, north).role == Role.OWNER


def test_a_removed_member_is_out_with_the_next_request(north, north_owner, add_member, sign_in):
    member = add_member(north, Role.MEMBER)
    theirs, ours = sign_in(member), sign_in(north_owner)
    assert theirs.get(TEAM).status_code == 200

    ours.post(f"{TEAM}/{membership_of(member, north).pk}/remove")

    assert theirs.get(TEAM)["Location"] == "/dashboard/choose"
    assert b"You belong to no clinic yet" in theirs.get("/dashboard/choose").content


@pytest.mark.django_db(transaction=True)
def test_two_owners_cannot_remove_each_other_at_once():
    first = make_user("first@north.example")
    org = make_org("North Clinic", first)
    second = make_user("second@north.example")
    with org_scope(org):
        invitation = invite_member(org=org, email=second.email, role=Role.OWNER, actor=Actor.system(org.pk))
        from orgs.services import accept_invitation

        accept_invitation(token=invitation[1], user=second)
    start, refused = threading.Barrier(2), []

    def step_down(user):
        membership = membership_of(user, org)
        start.wait()
        try:
            with org_scope(org):
                change_role(membership_id=membership.pk, role=Role.MEMBER, actor=Actor.system(org.pk))
        except LastOwner:
            refused.append(user)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=step_down, args=[user]) for user in (first, second)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(refused) == 1
    with service_tx("test"):
        assert Membership.across_orgs.filter(org=org, role=Role.OWNER).count() == 1


def test_somebody_in_several_clinics_chooses_and_switches(north, south, north_owner, working_for, sign_in):
    with working_for(south):
        Membership.objects.create(user=north_owner, role=Role.MEMBER)
    client = sign_in(north_owner)
    assert client.get(TEAM)["Location"] == "/dashboard/choose"
    assert client.post(f"{TEAM}/invite").status_code == 403
    assert b"South Clinic" in client.get("/dashboard/choose").content
    before = client.session.session_key

    assert client.post("/dashboard/switch", {"org_id": str(south.pk)})["Location"] == "/dashboard"

    assert client.session.session_key != before
    page = client.get(TEAM)
    assert b"owner@south.example" in page.content
    assert page.wsgi_request.org == south
    client.post("/dashboard/switch", {"org_id": str(north.pk), "next": TEAM})
    assert client.get(TEAM).wsgi_request.org == north
    assert audited(south, "organization.opened") == 1


@pytest.mark.parametrize(("org_id", "status"), [("", 400), ("x", 400), ("01a1f86c-8e93-75cf-9e94-6a41ee321646", 403)])
def test_nobody_switches_to_what_is_not_theirs(north, south, sign_in, org_id, status):
    client = sign_in(User.objects.get(email="owner@north.example"))

    assert client.post("/dashboard/switch", {"org_id": org_id}).status_code == status
    assert client.post("/dashboard/switch", {"org_id": str(south.pk)}).status_code == 403
    assert client.get(TEAM).wsgi_request.org == north


def test_removing_oneself_works_when_another_owner_is_left(north, north_owner, add_member, working_for):
    add_member(north, Role.OWNER, "second@north.example")

    with working_for(north):
        remove_member(membership_id=membership_of_in_scope(north_owner), actor=Actor.system(north.pk))

    assert not membership_of(north_owner, north).is_active


def membership_of_in_scope(user):
    return Membership.objects.get(user=user).pk
