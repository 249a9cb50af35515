"""Every address answers with the headers that keep a browser safe."""

import pytest
from django.test import Client

from tests.isolation.addresses import all_addresses

ADDRESSES = all_addresses()
# Read by machines alone: no browser, no cookie.
FOR_MACHINES = {
    "metrics", "calls:vapi-webhook", "calls:vapi-webhook-older", "calls:vapi-tool", "calls:vapi-rehearsal",
    "telephony:twilio-sms", "telephony:twilio-status", "telephony:twilio-caller-id", "telephony:twilio-trial-call",
    "scheduling:calendar-notices-google", "scheduling:calendar-notices-outlook",
}  # fmt: skip
# Their address is a secret, which not even our own pages are to hear of.
TELLS_NOBODY = {"calls:listen"}


def directives(policy: str) -> dict[str, str]:
    return dict(part.strip().split(" ", 1) for part in policy.split(";"))


@pytest.mark.parametrize("address", ADDRESSES, ids=str)
def test_headers(north, north_owner, sign_in, address):
    response = sign_in(north_owner).get(address.path())

    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Referrer-Policy"] == ("no-referrer" if address.name in TELLS_NOBODY else "same-origin")
    assert response["Cross-Origin-Opener-Policy"] == "same-origin"
    assert response["X-Request-Id"]
    if address.name in FOR_MACHINES:
        assert not response.cookies
        return
    assert response["X-Frame-Options"] == "DENY"
    assert "no-store" in response["Cache-Control"]
    policy = directives(response["Content-Security-Policy"])
    assert policy["default-src"] == policy["object-src"] == policy["frame-ancestors"] == "'none'"
    assert "unsafe" not in response["Content-Security-Policy"]
    for cookie in response.cookies.values():
        assert cookie["samesite"] == "Lax"
        assert cookie["httponly"] or cookie.key == "voxanne_theme", cookie.key


@pytest.mark.parametrize("address", [a for a in ADDRESSES if a.name not in FOR_MACHINES], ids=str)
def test_pages_hold_no_inline_script_or_style(north, north_owner, sign_in, address):
    response = sign_in(north_owner).get(address.path())

    if response.status_code == 200 and response["Content-Type"].startswith("text/html"):
        assert b" onclick=" not in response.content
        assert b"<script>" not in response.content
        assert b"<style" not in response.content


def test_a_strangers_error_page_has_them_too(db):
    response = Client().get("/nothing-here")

    assert response.status_code == 404
    assert "default-src 'none'" in response["Content-Security-Policy"]
