"""How often a telephone may ring for its code: three times an hour, whichever organisation asked."""

from datetime import datetime, timedelta

from django.db import connection

from telephony.forwarding.errors import CallUnderWay, TooManyVerificationCalls

SPAN = timedelta(hours=1)
MOST_CALLS = 3
# While one organisation's code may still be keyed in, no other gets a call to the same number from the same account:
# whose call it was that proved the number could not be told.
CODE_LASTS = timedelta(minutes=10)


def count_call(*, number: str, account_sid: str, moment: datetime) -> None:
    """Count one call to a number (E.164), in the transaction that claims it. Others for the number wait meanwhile.

    Raises:
        CallUnderWay: another organisation's code is open for this number, with this account.
        TooManyVerificationCalls: with how long to wait.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count_verification_call(%s::text, %s::text, %s::timestamptz, %s::interval, %s::interval, %s::int)",
            [number, account_sid, moment, _seconds(SPAN), _seconds(CODE_LASTS), MOST_CALLS],
        )
        wait_s: int = cursor.fetchone()[0]
    if wait_s < 0:
        raise CallUnderWay
    if wait_s:
        raise TooManyVerificationCalls(retry_after_s=wait_s)


def forget_call(*, number: str, moment: datetime) -> None:
    """Not to count a call that Twilio refused to make; `moment` is when it was counted."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT forget_verification_call(%s::text, %s::timestamptz)", [number, moment])


def _seconds(span: timedelta) -> str:
    return f"{span.total_seconds():.0f} seconds"
