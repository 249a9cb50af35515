"""What only an account that owns numbers for others asks of Twilio: searching, buying, giving back, subaccounts."""

from decimal import ROUND_UP, Decimal, InvalidOperation
from typing import Any

from providers.twilio.client import PROVIDER, TwilioClient, read_number
from providers.twilio.types import NumberOffer, NumberWish, Subaccount, TwilioNumber
from voxanne.errors import NotFoundAtProvider, Unavailable

# Our word for a kind of number → Twilio's names of it: in the library, and in the price list.
_SEARCHES = {"local": "local", "mobile": "mobile", "toll_free": "toll_free"}
_PRICED_AS = {"local": "local", "mobile": "mobile", "toll_free": "toll free"}


class MasterTwilioClient(TwilioClient):
    """The platform's account, as a `TwilioClient`, and what goes with owning numbers for others."""

    def search_numbers(self, wish: NumberWish, *, limit: int = 20) -> list[NumberOffer]:
        """Numbers for sale that can take calls; empty also where the country sells none of that kind."""
        given: dict[str, Any] = {"voice_enabled": True, "limit": limit, "page_size": limit}
        if wish.area_code:
            given["area_code"] = int(wish.area_code)
        if wish.takes_texts:
            given["sms_enabled"] = True
        if wish.contains:
            given["contains"] = wish.contains
        try:
            with self._asking("search_numbers"):
                found = getattr(self._twilio.available_phone_numbers(wish.country), _SEARCHES[wish.kind]).list(**given)
        except NotFoundAtProvider:
            return []
        return [_read_offer(item, wish) for item in found]

    def fetch_monthly_price(self, *, country: str, kind: str) -> tuple[int, str] | None:
        """What a number costs a month, in minor units, and the currency; None where Twilio has no price for the kind.

        The price is that of the account that asks. Fractions of a cent are rounded up.
        """
        try:
            with self._asking("fetch_price"):
                priced = self._twilio.pricing.v1.phone_numbers.countries(country).fetch()
        except NotFoundAtProvider:
            return None
        for item in priced.phone_number_prices or []:
            if item.get("number_type") == _PRICED_AS[kind]:
                return _in_minor_units(str(item.get("current_price"))), str(priced.price_unit or "USD").upper()
        return None

    def buy_number(self, e164: str, *, name: str, sms_url: str) -> TwilioNumber:
        """Buy this number. After a `Timeout` or `Unavailable` nobody knows whether it was bought: look by `name`.

        Raises:
            Rejected: it is not to be had; `code` says why.
        """
        with self._asking("buy_number"):
            bought = self._twilio.incoming_phone_numbers.create(
                phone_number=e164, friendly_name=name, sms_url=sms_url, sms_method="POST"
            )
        return read_number(bought)

    def list_numbers_named(self, name: str) -> list[TwilioNumber]:
        """The account's numbers that are called exactly so."""
        with self._asking("list_numbers_named"):
            found = self._twilio.incoming_phone_numbers.list(friendly_name=name, limit=20)
        return [read_number(item) for item in found if item.friendly_name == name]

    def release_number(self, number_sid: str) -> None:
        """Give a number back: it may be somebody else's the next minute. One that is gone already is no error."""
        try:
            with self._asking("release_number"):
                self._twilio.incoming_phone_numbers(number_sid).delete()
        except NotFoundAtProvider:
            return

    def create_subaccount(self, name: str) -> Subaccount:
        """Make a subaccount. After a `Timeout` nobody knows whether there is one: look by `name`."""
        with self._asking("create_subaccount"):
            return _read_subaccount(self._twilio.api.v2010.accounts.create(friendly_name=name))

    def find_subaccount(self, name: str) -> Subaccount | None:
        """The oldest open subaccount that is called exactly so."""
        with self._asking("find_subaccount"):
            found = self._twilio.api.v2010.accounts.list(friendly_name=name, status="active", limit=20)
        own = [item for item in found if item.friendly_name == name and item.sid != self._twilio.account_sid]
        own.sort(key=lambda item: (item.date_created, item.sid))
        return _read_subaccount(own[0]) if own else None


def _read_offer(item: Any, wish: NumberWish) -> NumberOffer:
    able = {name.lower() for name, yes in dict(item.capabilities or {}).items() if yes}
    places = (item.locality, item.region)
    return NumberOffer(
        number=item.phone_number or "",
        country=item.iso_country or wish.country,
        kind=wish.kind,
        place=", ".join(str(place) for place in places if place),
        capabilities=frozenset(able),
        address_requirements=item.address_requirements or "none",
    )


def _read_subaccount(item: Any) -> Subaccount:
    return Subaccount(sid=item.sid or "", auth_token=item.auth_token or "", status=str(item.status or ""))


def _in_minor_units(price: str) -> int:
    try:
        return int((Decimal(price) * 100).to_integral_value(rounding=ROUND_UP))
    except InvalidOperation as error:
        raise Unavailable(provider=PROVIDER, operation="fetch_price", detail="not a price") from error
