"""Every address answers with the headers that keep a browser safe, and no page holds script or style of its own."""

from django.test import Client

from tests.isolation.addresses import all_addresses, each_alone

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


def test_headers(north, north_owner, sign_in):
    browser, wrong = sign_in(north_owner), {}
    for address in each_alone(ADDRESSES):
        response = browser.get(address.path())
        if failed := [*everywhere(response, address), *for_browsers(response, address)]:
            wrong[address.name] = failed

    assert wrong == {}


def everywhere(response, address):
    """What every answer has to have, and this one has not."""
    yield from differing(
        response,
        {
            "X-Content-Type-Options": "nosniff",
            "Referrer-Policy": "no-referrer" if address.name in TELLS_NOBODY else "same-origin",
            "Cross-Origin-Opener-Policy": "same-origin",
        },
    )
    if not response.get("X-Request-Id"):
        yield "no request id"
    if address.name in FOR_MACHINES and response.cookies:
        yield "a cookie"


def for_browsers(response, address):
    """What an answer has to have that a browser may show."""
    if address.name in FOR_MACHINES:
        return
    yield from differing(response, {"X-Frame-Options": "DENY"})
    if "no-store" not in response.get("Cache-Control", ""):
        yield "it may be stored"
    policy = directives(response.get("Content-Security-Policy", "none x"))
    yield from (name for name in ("default-src", "object-src", "frame-ancestors") if policy.get(name) != "'none'")
    if "unsafe" in str(policy):
        yield "unsafe"
    for cookie in response.cookies.values():
        if cookie["samesite"] != "Lax" or not (cookie["httponly"] or cookie.key == "voxanne_theme"):
            yield f"the cookie {cookie.key}"
    if response.status_code == 200 and response["Content-Type"].startswith("text/html"):
        yield from (str(part) for part in (b" onclick=", b"<script>", b"<style") if part in response.content)


def differing(response, wanted):
    return [f"{name}: {response.get(name)}" for name, value in wanted.items() if response.get(name) != value]


def test_a_strangers_error_page_has_them_too(db):
    response = Client().get("/nothing-here")

    assert response.status_code == 404
    assert "default-src 'none'" in response["Content-Security-Policy"]
