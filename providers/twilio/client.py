"""Twilio's API, through its official library."""

import json
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from typing import Any

from django.conf import settings
from twilio.base.exceptions import TwilioException, TwilioRestException, TwilioServiceException
from twilio.http.http_client import TwilioHttpClient
from twilio.http.response import Response
from twilio.rest import Client

from providers.transport import ProviderAdapter, mount
from providers.twilio.types import TwilioAccount, TwilioCallerId, TwilioMessage, TwilioNumber, TwilioVerification
from voxanne.errors import NotFoundAtProvider, Owner, ProviderError, Rejected, Unauthorized, Unavailable
from voxanne.http import TIMEOUT_S

PROVIDER = "twilio"
PAGE = 100
# 20003 bad SID or token, 20005 and 10001 account not active, 20008 test credentials.
_NOT_ACCEPTED = {20003, 20005, 10001, 20008}
# Callback addresses and delays are ours: a clinic cannot mend them.
_OUR_MISTAKES = {21402, 21454, 21456, 21458, 21609}
# The library reads TWILIO_… variables unless it gets some environment; an empty one does not count.
_NO_ENVIRONMENT = {"TWILIO": ""}


class TwilioClient:
    """One account. Every method asks once, waits at most `timeout_s` and raises a `ProviderError`.

    Args:
        owner: who has to act when the account refuses: the clinic, or us for the platform's own account.
        base_url: another address for all of Twilio's hosts; by default `TWILIO_BASE_URL`.

    Not for use by two threads at once.
    """

    def __init__(
        self,
        account_sid: str,
        auth_token: str,
        *,
        owner: Owner = Owner.CLINIC,
        base_url: str | None = None,
        timeout_s: float = TIMEOUT_S,
    ) -> None:
        if not (account_sid and auth_token):
            raise ValueError("a Twilio account needs its SID and its token")
        address = settings.TWILIO_BASE_URL if base_url is None else base_url
        self._owner = owner
        self._adapter = ProviderAdapter(provider=PROVIDER, base_url=address, timeout_s=timeout_s)
        http_client = _SilentHttpClient(timeout=timeout_s)
        mount(http_client.session, self._adapter)
        self._twilio = Client(account_sid, auth_token, http_client=http_client, environment=_NO_ENVIRONMENT)

    def fetch_account(self) -> TwilioAccount:
        """The account itself; the cheapest proof that SID and token belong together."""
        with self._asking("fetch_account"):
            account = self._twilio.api.v2010.accounts(self._twilio.account_sid).fetch()
        return TwilioAccount(
            sid=account.sid or "", friendly_name=account.friendly_name or "", status=str(account.status or "")
        )

    def find_number(self, e164: str) -> TwilioNumber | None:
        """The account's own number, or None when it is not one of them."""
        with self._asking("find_number"):
            numbers = self._twilio.incoming_phone_numbers.list(phone_number=e164, limit=2)
        # Twilio's filter also finds numbers that only contain the digits.
        exact = [number for number in numbers if number.phone_number == e164]
        return read_number(exact[0]) if exact else None

    def set_sms_url(self, number_sid: str, url: str) -> None:
        """Have Twilio post there what people text to a number of the account. Doing it again changes nothing."""
        with self._asking("set_sms_url"):
            self._twilio.incoming_phone_numbers(number_sid).update(sms_url=url, sms_method="POST")

    def list_caller_ids(self, *, number: str = "", limit: int = 100) -> list[TwilioCallerId]:
        """The verified caller IDs, or the one of a number."""
        wanted = {"phone_number": number} if number else {}
        with self._asking("list_caller_ids"):
            found = self._twilio.outgoing_caller_ids.list(limit=limit, **wanted)
        return [
            TwilioCallerId(sid=item.sid or "", number=item.phone_number or "", friendly_name=item.friendly_name or "")
            for item in found
        ]

    def request_verification(
        self, number: str, *, friendly_name: str = "", call_delay_s: int = 0, status_callback: str = ""
    ) -> TwilioVerification:
        """Have Twilio call a number, which becomes a caller ID of the account once the code is keyed in there.

        After a `Timeout` the phone may ring all the same, for a code that nobody knows: it takes another request.

        Args:
            call_delay_s: how long Twilio waits before it dials, 0 to 60.
            status_callback: where Twilio posts how the call ended.

        Raises:
            Rejected: 21450 the number is proved already, 21449 it is one of the account's own, or what `code` says.
        """
        given = {"friendly_name": friendly_name, "status_callback": status_callback}
        wanted = {name: value for name, value in given.items() if value}
        with self._asking("request_verification"):
            asked = self._twilio.validation_requests.create(phone_number=number, call_delay=call_delay_s, **wanted)
        return TwilioVerification(call_sid=asked.call_sid or "", code=asked.validation_code or "")

    def delete_caller_id(self, sid: str) -> None:
        """Forget a caller ID; one that is gone already is no error."""
        with suppress(NotFoundAtProvider), self._asking("delete_caller_id"):
            self._twilio.outgoing_caller_ids(sid).delete()

    def place_call(self, *, to: str, from_number: str, twiml: str, rings_for_s: int, status_callback: str = "") -> str:
        """Call somebody and have Twilio do what `twiml` says once they answer; the call's SID.

        After a `Timeout` nobody knows whether the phone rings.

        Args:
            rings_for_s: seconds after which Twilio gives up, 5 to 600.
            status_callback: where Twilio posts that it was answered, and how it ended.
        """
        told = {"status_callback": status_callback, "status_callback_event": ["answered", "completed"]}
        with self._asking("place_call"):
            call = self._twilio.calls.create(
                to=to, from_=from_number, twiml=twiml, timeout=rings_for_s, **(told if status_callback else {})
            )
        return call.sid or ""

    def fetch_call_status(self, sid: str) -> str:
        """How a call goes, in Twilio's words: `ringing`, `completed`, `busy`, `no-answer`, …

        Raises:
            NotFoundAtProvider: the account has none of that name.
        """
        with self._asking("fetch_call"):
            return str(self._twilio.calls(sid).fetch().status or "")

    def send_message(
        self,
        *,
        to: str,
        body: str,
        from_number: str = "",
        messaging_service_sid: str = "",
        status_callback: str = "",
    ) -> TwilioMessage:
        """Send a text from a number or a messaging service. After a `Timeout` nobody knows whether it went out."""
        wanted = {
            "from_": from_number,
            "messaging_service_sid": messaging_service_sid,
            "status_callback": status_callback,
        }
        given = {name: value for name, value in wanted.items() if value}
        with self._asking("send_message"):
            message = self._twilio.messages.create(to=to, body=body, **given)
        return _read_message(message)

    def fetch_message(self, sid: str) -> TwilioMessage:
        """One message as it is now.

        Raises:
            NotFoundAtProvider: the account has none of that name.
        """
        with self._asking("fetch_message"):
            return _read_message(self._twilio.messages(sid).fetch())

    def list_messages_to(self, to: str, *, since: datetime, most: int = 200) -> list[TwilioMessage]:
        """What the account has sent to somebody since a moment (aware UTC), oldest first.

        Raises:
            Unavailable: there are more than `most`, so that one which is not among them proves nothing.
        """
        found: list[TwilioMessage] = []
        with self._asking("list_messages"):
            for item in self._twilio.messages.stream(to=to, limit=most + 1, page_size=min(most + 1, PAGE)):
                message = _read_message(item)
                if message.created_at is not None and message.created_at < since:
                    break
                found.append(message)
        if len(found) > most:
            raise Unavailable(provider=PROVIDER, operation="list_messages", detail="too many to tell")
        return found[::-1]

    @contextmanager
    def _asking(self, operation: str) -> Iterator[None]:
        self._adapter.operation = operation
        try:
            yield
        except (TwilioRestException, TwilioServiceException) as error:
            raise self._refused(operation, error) from error
        except (TwilioException, ValueError, KeyError) as error:
            if (refused := _refusal_of_list(error)) is not None:
                raise self._refused(operation, refused) from error
            raise Unavailable(provider=PROVIDER, operation=operation, detail="not Twilio's JSON") from error

    def _refused(self, operation: str, error: TwilioRestException | TwilioServiceException) -> ProviderError:
        code, owner = int(error.code or 0), self._owner
        if error.status == 401 or code in _NOT_ACCEPTED:
            kind: type[ProviderError] = Unauthorized
        elif error.status == 404:
            kind = NotFoundAtProvider
        else:
            kind = Rejected
            owner = Owner.US if code in _OUR_MISTAKES else owner
        detail = error.msg if isinstance(error, TwilioRestException) else error.detail or error.title
        return kind(
            provider=PROVIDER, operation=operation, owner=owner, status=error.status, code=str(code), detail=detail
        )


class _SilentHttpClient(TwilioHttpClient):
    """Logs nothing: the library would write down whole requests, with patients' numbers and messages."""

    def log_request(self, kwargs: dict[str, Any]) -> None:
        """The adapter writes the line."""

    def log_response(self, status_code: int, response: Any) -> None:
        """The adapter writes the line."""


def _refusal_of_list(error: Exception) -> TwilioRestException | None:
    """What a list was refused with: the library keeps that in a bare exception, with the whole answer."""
    answer = error.args[1] if isinstance(error, TwilioException) and len(error.args) > 1 else None
    if not isinstance(answer, Response) or answer.status_code < 400:
        return None
    try:
        said = json.loads(answer.text)
    except ValueError:
        return None
    if not isinstance(said, dict):
        return None
    return TwilioRestException(answer.status_code, "", str(said.get("message", "")), said.get("code") or 0)


def _read_message(message: Any) -> TwilioMessage:
    return TwilioMessage(
        sid=message.sid or "",
        status=str(message.status or ""),
        to=message.to or "",
        sender=message.from_ or "",
        body=message.body or "",
        created_at=message.date_created,
        segments=int(message.num_segments or 0),
        error_code=str(message.error_code or ""),
    )


def read_number(number: Any) -> TwilioNumber:
    """A number as the library hands it over."""
    able = {name.lower() for name, yes in dict(number.capabilities or {}).items() if yes}
    return TwilioNumber(
        sid=number.sid or "",
        number=number.phone_number or "",
        capabilities=frozenset(able),
        sms_url=number.sms_url or "",
        name=number.friendly_name or "",
    )
