"""The platform's own Twilio account: makes subaccounts, buys numbers, imports bought numbers into Vapi. Nothing else.

Never for a clinic's messages, calls or logs: those go through `agents.twilio.twilio_for`. A test pins who imports this.
"""

from django.conf import settings

from credentials.types import Secret, TwilioCredentials
from providers.twilio.master import MasterTwilioClient
from telephony.errors import MasterAccountMissing
from voxanne.errors import Owner

# What a person sets, for messages.
CREDENTIALS = "TWILIO_MASTER_ACCOUNT_SID and TWILIO_MASTER_AUTH_TOKEN"


def get_master_client() -> MasterTwilioClient:
    """A client of the platform's own account.

    Raises:
        MasterAccountMissing: this installation has none, so it cannot buy numbers.
    """
    sid, token = _account()
    return MasterTwilioClient(sid, token, owner=Owner.US)


def find_master_token(account_sid: str) -> str:
    """The token that signs this account's webhooks, "" when it is not the master account."""
    sid, token = settings.TWILIO_MASTER_ACCOUNT_SID, settings.TWILIO_MASTER_AUTH_TOKEN
    return token if sid and account_sid == sid else ""


def master_account_sid() -> str:
    """The SID that webhooks about numbers that we bought carry.

    Raises:
        MasterAccountMissing: this installation has none.
    """
    return _account()[0]


def get_master_credentials(*, phone_number: str) -> TwilioCredentials:
    """What imports a number that we bought into Vapi: the account that owns it, never a subaccount's or a clinic's.

    Raises:
        MasterAccountMissing: this installation has none.
    """
    sid, token = _account()
    return TwilioCredentials(account_sid=sid, auth_token=Secret(token), phone_number=phone_number)


def _account() -> tuple[str, str]:
    sid, token = settings.TWILIO_MASTER_ACCOUNT_SID, settings.TWILIO_MASTER_AUTH_TOKEN
    if not (sid and token):
        raise MasterAccountMissing
    return sid, token
