"""What can be wrong with a number."""

from voxanne.errors import DomainError


class NumberTaken(DomainError):
    """An active number answers for one organisation only. Says nothing about which."""

    code = "number_taken"
    http_status = 409
    message = "That number is already in use. Contact support if it is yours."


class MasterAccountMissing(DomainError):
    """This installation has no Twilio account of its own."""

    code = "master_account_missing"
    http_status = 503
    message = "Numbers cannot be bought here. Connect your own Twilio account in Integrations."


class SubaccountBusy(DomainError):
    """Another worker is making the organisation's subaccount and has not finished."""

    code = "subaccount_busy"
    http_status = 503
    message = "Your numbers are still being set up at Twilio. We keep trying."
