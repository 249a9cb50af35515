"""`manage.py validate_env --online`: does Twilio take the platform's accounts?"""

from collections.abc import Callable

from django.conf import settings

from providers.twilio.client import TwilioClient
from telephony.errors import MasterAccountMissing
from telephony.master_account import CREDENTIALS as MASTER_CREDENTIALS
from telephony.master_account import get_master_client
from voxanne.errors import Owner
from voxanne.health.probes import ask_provider

_ADDRESS = "api.twilio.com"


def probe_account() -> str:
    """What is wrong with the platform's account at Twilio or its number, "" when both work. Two requests."""
    return _ask(_fetch_account_and_number, names="TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN")


def probe_master_account() -> str:
    """The same of the account that buys numbers; an installation may go without one."""
    return _ask(_fetch_master_account, names=MASTER_CREDENTIALS)


def _ask(question: Callable[[], str], *, names: str) -> str:
    refused = f"does not accept {names}. Copy both again from the first page of the Twilio console"
    return ask_provider(question, refused=refused, address=settings.TWILIO_BASE_URL or _ADDRESS)


def _fetch_account_and_number() -> str:
    if not (settings.TWILIO_ACCOUNT_SID and settings.TWILIO_AUTH_TOKEN):
        return "cannot be asked without an account. Set TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN"
    client = TwilioClient(settings.TWILIO_ACCOUNT_SID, settings.TWILIO_AUTH_TOKEN, owner=Owner.US)
    return _judge(client) or _judge_number(client)


def _fetch_master_account() -> str:
    try:
        return _judge(get_master_client())
    except MasterAccountMissing:
        return ""


def _judge(client: TwilioClient) -> str:
    status = client.fetch_account().status
    return "" if status == "active" else f"says that the account is {status}. Reactivate it in the Twilio console"


def _judge_number(client: TwilioClient) -> str:
    if client.find_number(settings.TWILIO_PHONE_NUMBER):
        return ""
    return "does not know TWILIO_PHONE_NUMBER in that account. Set one of the account's own numbers"
