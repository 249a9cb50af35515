"""The page works without scripts, says what happened, and does not trust what it shows."""

import re

import pytest

from sandbox.tests.client import SandboxClient
from sandbox.tests.clinic import Clinic
from sandbox.tests.test_resend import EMAIL

TABS = [
    "/", "/assistants", "/tools", "/emails", "/messages", "/numbers", "/oauth", "/calendar", "/requests", "/faults",
    "/rules",
]  # fmt: skip


@pytest.mark.parametrize("path", TABS)
def test_every_tab_opens_empty_and_full(sandbox: SandboxClient, clinic: Clinic, path: str) -> None:
    empty = sandbox.http.get(path)
    sandbox.call(sandbox.receptionist(clinic.url))
    sandbox.http.post("/resend/emails", json=EMAIL)
    full = sandbox.http.get(path)

    for response in (empty, full):
        assert response.status_code == 200
        assert response.text.count('aria-current="page"') == 1
        assert "style=" not in response.text
        assert "default-src 'none'" in response.headers["content-security-policy"]
        assert not re.search(r'(src|href)="https?://(?!127\.0\.0\.1)', response.text), "nothing from elsewhere"


def test_a_call_is_placed_from_the_form_and_shown(sandbox: SandboxClient, clinic: Clinic) -> None:
    assistant = sandbox.receptionist(clinic.url)
    form = {"assistantId": assistant["id"], "scenario": "book_appointment", "pace": "fast", "name": "Ana Reyes"}

    placed = sandbox.http.post("/place-call", data=form)

    assert placed.status_code == 303
    sandbox.wait_for(placed.headers["location"].rsplit("/", 1)[1])
    shown = sandbox.http.get(placed.headers["location"]).text
    assert "Ana Reyes" in shown
    assert "You are booked in." in shown
    assert "end-of-call-report" in shown
    assert "Ana Reyes" in sandbox.http.get("/").text


def test_a_form_that_cannot_be_carried_out_says_why(sandbox: SandboxClient, clinic: Clinic) -> None:
    sandbox.receptionist(clinic.url)

    response = sandbox.http.post("/place-call", data={"assistantId": "gone", "scenario": "ask_price"})

    assert response.status_code == 422
    assert 'role="alert"' in response.text
    assert "There is no assistant gone." in response.text


def test_faults_are_set_and_removed_from_the_page(sandbox: SandboxClient) -> None:
    sandbox.http.post("/faults/vapi", data={"latency_ms": "5", "error_rate": "0.5", "status": "429", "times": ""})
    assert sandbox.http.get("/sandbox/faults").json()["vapi"]["error_rate"] == 0.5
    assert "misbehaving" in sandbox.http.get("/faults").text

    wrong = sandbox.http.post("/faults/vapi", data={"error_rate": "often"})
    assert wrong.status_code == 422

    sandbox.http.post("/faults/vapi", data={"status": "402", "operation": "POST /call"})
    assert "Make POST /call well" in sandbox.http.get("/faults").text
    sandbox.http.post("/faults/vapi/remove", data={"operation": "POST /call"})
    sandbox.http.post("/faults/vapi/remove")
    assert sandbox.http.get("/sandbox/faults").json() == {}


def test_an_emails_link_can_be_clicked_and_its_html_can_do_no_harm(sandbox: SandboxClient) -> None:
    hostile = {**EMAIL, "subject": "<script>alert(1)</script>", "text": "<b>see</b> https://x.test/a?b=1&c=2, now"}
    email_id = sandbox.http.post("/resend/emails", json=hostile).json()["id"]

    shown = sandbox.http.get(f"/emails/{email_id}").text
    body = sandbox.http.get(f"/emails/{email_id}/body")

    assert '<a href="http://127.0.0.1:8000/confirm/abc">' in shown
    assert '<a href="https://x.test/a?b=1&amp;c=2">' in shown
    assert "<script>alert" not in shown
    assert "<b>see</b>" not in shown
    assert 'sandbox="allow-popups allow-top-navigation-by-user-activation"' in shown
    assert "default-src 'none'" in body.headers["content-security-policy"]


@pytest.mark.parametrize(
    "path",
    ["/place-call", "/faults/vapi", "/faults/vapi/remove", "/reset", "/sandbox/reset", "/messages", "/oauth/revoke"],
)
def test_a_form_from_another_site_is_refused(sandbox: SandboxClient, path: str) -> None:
    response = sandbox.http.post(path, data={}, headers={"Origin": "https://elsewhere.test"})

    assert response.status_code == 403


def test_reset_from_the_page(sandbox: SandboxClient, clinic: Clinic) -> None:
    sandbox.receptionist(clinic.url)

    response = sandbox.http.post("/reset", headers={"Origin": sandbox.base_url})

    assert response.status_code == 303
    assert sandbox.vapi("GET", "/assistant").json() == []


@pytest.mark.parametrize("path", ["/calls/none", "/emails/none"])
def test_what_is_gone_is_said_to_be_gone(sandbox: SandboxClient, path: str) -> None:
    assert sandbox.http.get(path).status_code == 404
    assert sandbox.http.get("/static/sandbox.css").headers["content-type"].startswith("text/css")
