"""How Twilio signs its webhooks."""

import base64
import hmac
from collections.abc import Mapping
from urllib.parse import urlencode

from sandbox.messenger import Notice
from sandbox.resources import Resources
from sandbox.twilio import accounts

TIMEOUT_S = 15.0


def signature(token: str, url: str, form: Mapping[str, str]) -> str:
    """Return X-Twilio-Signature: the address and the sorted fields, HMAC-SHA1 with the account's token."""
    signed = url + "".join(f"{name}{form[name]}" for name in sorted(form))
    return base64.b64encode(hmac.new(token.encode(), signed.encode(), "sha1").digest()).decode()


def signed_notice(
    resources: Resources, *, about: str, kind: str, url: str, form: Mapping[str, str], method: str = "POST"
) -> Notice:
    """Return a webhook signed for the account that its AccountSid names. A GET carries its fields in the address."""
    account = accounts.find_account(resources, form["AccountSid"])
    token = str(account["auth_token"]) if account else ""
    if method == "GET":
        url = f"{url}{'&' if '?' in url else '?'}{urlencode(form)}"
        headers = {"X-Twilio-Signature": signature(token, url, {})}
        return Notice(about=about, type=kind, url=url, headers=headers, method="GET", timeout_s=TIMEOUT_S)
    headers = {"X-Twilio-Signature": signature(token, url, form), "User-Agent": "TwilioProxy/1.1"}
    return Notice(about=about, type=kind, url=url, form=form, headers=headers, timeout_s=TIMEOUT_S)
