"""Sharing a recording by a link: how it goes out, what it opens, and how long."""

import re
import secrets
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError

from calls.recordings.guesses import MOST_WRONG
from calls.recordings.models import RecordingShare
from calls.recordings.shares import LINK_PLACE, find_open_share
from calls.recordings.tickets import Ticket, issue_ticket
from calls.tests.recordings.conftest import hear, record, wav
from orgs.models import AuditEntry, Role
from orgs.scope import org_scope, org_tx
from telephony.messaging.delivering import deliver
from telephony.models import Message
from telephony.tests.texting import connect_resend
from voxanne.clock import now

pytestmark = pytest.mark.django_db
ANN = "ann@solicitors.example"
HTMX = {"HX-Request": "true"}


@pytest.fixture
def browser(sign_in, north_owner, north, provider_sandbox):
    connect_resend(north)
    return sign_in(north_owner)


@pytest.fixture
def share(browser, recorded, provider_sandbox, north):
    """`share()` shares the recorded call as staff do, and returns the link that the email holds."""

    def send(recording=recorded, email=ANN, key=""):
        browser.post(f"/dashboard/calls/{recording.call_id}/share", {"email": email, "key": key or str(uuid4())})
        return link_in_mail(provider_sandbox, north)

    return send


def link_in_mail(sandbox, org):
    """What the newest email holds, once the worker has sent all that waits."""
    with org_scope(org), org_tx():
        waiting = list(Message.objects.filter(status="queued"))
    for message in waiting:
        deliver(org=org, message_id=message.pk)
    emails = sandbox.control("GET", "/ledger")["emails"]
    return re.search(r"http\S+(/listen/\S+)", emails[-1]["text"]).group(1)


def rows(org, model=RecordingShare, **filters):
    with org_scope(org), org_tx():
        return list(model.objects.filter(**filters).order_by("created_at"))


def source_in(page):
    """The address of the player, None while there is none."""
    found = re.search(r'<audio[^>]* src="([^"]+)"', page.text)
    return found.group(1) if found else None


def test_somebody_without_an_account_listens_after_a_click(share, client):
    link = share()

    page = client.get(link)
    assert (page.status_code, source_in(page)) == (200, None)
    assert "North Clinic shares a phone call with you" in page.text
    assert "Ana Reyes" not in page.text
    heard = client.post(link)
    assert hear(source_in(heard)).sound == wav(20)


def test_the_page_stays_out_of_search_engines_caches_and_referrers(share, client):
    page = client.get(share())

    assert page["Referrer-Policy"] == "no-referrer"
    assert "noindex" in page["X-Robots-Tag"]
    assert page["Cache-Control"] == "no-store, private"


def test_the_link_stands_in_the_email_alone(share, north, recorded):
    link = share()
    [row], [message] = rows(north), rows(north, Message)

    assert link.rsplit("/", 1)[1] not in str([vars(row), vars(message)])
    assert LINK_PLACE in message.content
    assert (message.method, message.purpose, message.recipient, message.status) == (
        "email", "recording_share", ANN, "sent",
    )  # fmt: skip
    assert message.call_id == recorded.call_id


def test_every_opening_is_noted(share, client, north):
    link = share()
    client.get(link)
    client.post(link)
    client.post(link)

    with org_scope(north), org_tx():
        entries = list(AuditEntry.objects.filter(action__startswith="recording.").order_by("id"))
    assert [entry.action for entry in entries] == [
        "recording.shared", "recording.link_opened", "recording.link_played", "recording.link_played",
    ]  # fmt: skip
    assert (entries[1].actor_kind, entries[1].ip, entries[1].actor_user_id) == ("visitor", "127.0.0.1", None)
    assert ANN not in str([entry.details for entry in entries])
    assert rows(north)[0].openings == 2


def test_switched_off_it_opens_nothing_nor_does_the_sound_that_it_gave(share, client, browser, north):
    link = share()
    source = source_in(client.post(link))
    [row] = rows(north)

    browser.post(f"/dashboard/shares/{row.pk}/revoke")

    assert (client.get(link).status_code, client.post(link).status_code) == (410, 410)
    assert hear(source).status == 410
    assert "no longer works" in client.get(link).text
    browser.post(f"/dashboard/shares/{row.pk}/revoke")
    with org_scope(north), org_tx():
        assert AuditEntry.objects.filter(action="recording.share_revoked").count() == 1


def test_after_24_hours_it_opens_nothing(share, client, north):
    link = share()
    source = source_in(client.post(link))
    [row] = rows(north)
    assert row.expires_at - row.created_at <= timedelta(hours=24)
    for moment, status in ((now() + timedelta(seconds=1), 200), (now() - timedelta(seconds=1), 410)):
        with org_scope(north), org_tx():
            RecordingShare.objects.update(expires_at=moment)
        assert (client.get(link).status_code, hear(source).status) == (status, status)


def test_the_database_lets_no_link_last_longer(recorded, north):
    with pytest.raises(IntegrityError), org_scope(north), org_tx():
        RecordingShare.objects.create(
            recording=recorded, token_hash="x", email=ANN, idempotency_key="k", expires_at=now() + timedelta(hours=25)
        )


def test_a_link_is_useless_for_another_recording(share, client, north, recorded):
    other = record(north)
    source = source_in(client.post(share()))
    [row] = rows(north)

    for ticket in (
        source.rsplit("/", 1)[1].replace(recorded.pk.hex, other.pk.hex),
        issue_ticket(Ticket(north.pk, other.pk, row.pk)),
    ):
        assert hear(ticket).status == 410


def one_off(token):
    """Every link that differs from this one in a single character."""
    return {token[:at] + ("A" if token[at] != "A" else "B") + token[at + 1 :] for at in range(len(token))}


def test_10_000_guesses_open_nothing(share, north):
    token = share().rsplit("/", 1)[1]
    guesses = one_off(token)
    while len(guesses) < 10_000:
        guesses.add(token[:22] + secrets.token_urlsafe(42)[:42])  # all know the clinic

    with org_scope(north), org_tx():  # the page's own look-up, each time; that it slows guessers down is told below
        assert [guess for guess in guesses if find_open_share(guess)] == []
        assert find_open_share(token) is not None


def test_a_near_miss_is_told_what_everybody_is_told(share, client):
    link = share()
    root, token = link.rsplit("/", 1)
    guesses = [*one_off(token), "x", token[:-1], token[:22] + secrets.token_urlsafe(42)[:42]]
    answers = [client.get(f"{root}/{guess}", REMOTE_ADDR=f"192.0.2.{n}") for n, guess in enumerate(guesses)]

    assert {answer.status_code for answer in answers} == {410}
    told = {re.sub(r'"X-CSRFToken": "\w+"', "", answer.text) for answer in answers}  # drawn anew for every visitor
    assert len(told) == 1
    assert client.get(link, REMOTE_ADDR="192.0.2.200").status_code == 200


def test_whoever_guesses_is_kept_waiting(share, client):
    link = share()
    for number in range(MOST_WRONG):
        assert client.get(f"/listen/guess-{number}").status_code == 410

    assert client.get("/listen/one-more").status_code == 429
    assert "Wait a quarter of an hour" in client.get(link).text
    assert client.get(link, REMOTE_ADDR="192.0.2.7").status_code == 200, "others are not"


@pytest.mark.parametrize("token", ["x", "A" * 64, "é" * 64, "A" * 65, "==", "A" * 5000])
def test_what_is_no_link_is_told_so(client, db, token):
    assert client.get(f"/listen/{token}").status_code == 410


def test_the_same_wish_is_one_link_and_one_email(share, north, provider_sandbox):
    share(key="one")
    share(key="one")

    assert len(rows(north)) == len(rows(north, Message)) == 1
    assert len(provider_sandbox.control("GET", "/ledger")["emails"]) == 1


def test_the_dialog_lists_what_is_open_and_switches_it_off(share, browser, north, recorded):
    share()
    [row] = rows(north)
    address = f"/dashboard/calls/{recorded.call_id}/share"
    assert ANN in browser.get(address, headers=HTMX).text

    answer = browser.post(f"/dashboard/shares/{row.pk}/revoke", headers=HTMX)

    assert ANN not in answer.text
    assert "The link is switched off." in answer["HX-Trigger"]


def test_a_sent_link_closes_the_dialog_with_a_word(browser, recorded):
    answer = browser.post(f"/dashboard/calls/{recorded.call_id}/share", {"email": ANN, "key": "one"}, headers=HTMX)

    assert answer.status_code == 204
    assert f"The link is on its way to {ANN}." in answer["HX-Trigger"]


def test_a_clinic_without_email_is_told_and_nothing_is_left(sign_in, north_owner, north, recorded):
    answer = sign_in(north_owner).post(f"/dashboard/calls/{recorded.call_id}/share", {"email": ANN, "key": "one"})

    assert answer.status_code == 422
    assert "Resend not configured" in answer.text
    assert rows(north) == []


def test_a_wrong_address_is_told_at_its_field(browser, north, recorded):
    answer = browser.post(f"/dashboard/calls/{recorded.call_id}/share", {"email": "ann at home", "key": "one"})

    assert answer.status_code == 422
    assert rows(north) == []


def test_the_api_answers_as_the_specification_says(browser, north, recorded):
    address = f"/api/calls-dashboard/{recorded.call_id}/share"
    for _ in range(2):
        answer = browser.post(
            address, {"email": ANN}, content_type="application/json", headers={"Idempotency-Key": "one"}
        )
        assert (answer.status_code, answer.json()) == (200, {"success": True, "email": ANN})
    assert len(rows(north)) == 1

    refused = browser.post(address, {"email": "no"}, content_type="application/json")
    assert (refused.status_code, refused.json()["code"]) == (400, "bad_input")


def test_a_call_without_a_recording_cannot_be_shared(browser, north, clinic):
    waiting = clinic.want()

    answer = browser.post(
        f"/api/calls-dashboard/{waiting.call_id}/share", {"email": ANN}, content_type="application/json"
    )
    assert (answer.status_code, answer.json()["code"]) == (409, "no_recording")
    assert "no recording that can be shared" in browser.get(f"/dashboard/calls/{waiting.call_id}/share").text


def test_a_member_may_share_and_a_stranger_may_not(add_member, sign_in, client, north, recorded):
    address = f"/dashboard/calls/{recorded.call_id}/share"

    assert sign_in(add_member(north, Role.MEMBER)).get(address).status_code == 200
    assert client.get(address)["Location"].startswith("/accounts/login/")


def test_with_the_recording_its_links_end(share, client, north, working_for, recorded):
    link = share()
    with working_for(north):
        recorded.delete()

    assert client.get(link).status_code == 410
