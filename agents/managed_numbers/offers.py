"""Numbers for sale, with what they cost and what their country asks for."""

import re
from dataclasses import dataclass

import phonenumbers
import structlog

from agents.managed_numbers.errors import NumberNotForSale, PriceUnknown, TwilioNotAsked
from agents.managed_numbers.words import say_address
from providers.twilio.master import MasterTwilioClient
from providers.twilio.types import NumberOffer, NumberWish
from telephony.forwarding.lines import country_of
from telephony.master_account import get_master_client
from telephony.models import NumberType
from voxanne.errors import BadInput, ProviderError
from voxanne.expiring_cache import ExpiringCache

log = structlog.get_logger(__name__)

# Where area codes are part of numbers.
WITH_AREA_CODES = frozenset({"US", "CA"})
SHOWN = 20
_CONTAINS = re.compile(r"[0-9A-Za-z*]{2,16}", re.ASCII)
Price = tuple[int, str]
# What Twilio asks hardly ever changes; a purchase keeps what it was shown.
_prices: ExpiringCache[Price] = ExpiringCache(name="number_prices", ttl_s=3600.0, max_entries=500)


@dataclass(frozen=True)
class PricedNumber:
    """A number for sale. Money is in minor units a month; `address_note` says what its country asks for, or ""."""

    number: str
    country: str
    kind: NumberType
    place: str
    capabilities: tuple[str, ...]
    address_note: str
    monthly_cost_minor: int
    cost_currency: str

    @property
    def can_be_bought(self) -> bool:
        """Whether we can buy it as we are."""
        return not self.address_note

    @property
    def has_texts(self) -> bool:
        """Whether it can take texts."""
        return "sms" in self.capabilities


def read_wish(
    *, country: str, kind: str = "", area_code: str = "", contains: str = "", takes_texts: bool = False
) -> NumberWish:
    """What somebody looks for, from what was typed.

    Raises:
        BadInput: `fields` says what cannot be understood.
    """
    country, kind = country.strip().upper(), kind.strip() or NumberType.LOCAL.value
    area_code, contains = area_code.strip(), re.sub(r"[\s()+.-]", "", contains)
    fields: dict[str, list[str]] = {}
    if country not in phonenumbers.SUPPORTED_REGIONS:
        fields["country"] = ["Choose a country by its two letters, such as GB."]
    if kind not in NumberType.values:
        fields["type"] = [f"Choose one of {', '.join(NumberType.values)}."]
    if area_code and not (area_code.isascii() and area_code.isdecimal() and len(area_code) == 3):
        fields["areaCode"] = ["An area code has three digits."]
    elif area_code and country not in WITH_AREA_CODES:
        fields["areaCode"] = ["Area codes can be searched in the United States and Canada only. Use “contains”."]
    if contains and not _CONTAINS.fullmatch(contains):
        fields["contains"] = ["Give 2 to 16 digits or letters; * stands for any one."]
    if fields:
        raise BadInput(fields=fields)
    return NumberWish(country=country, kind=kind, area_code=area_code, contains=contains, takes_texts=takes_texts)


def search(wish: NumberWish) -> list[PricedNumber]:
    """What is for sale and what it costs. Two requests to Twilio, with no transaction open.

    Raises:
        MasterAccountMissing: this installation cannot buy numbers.
        PriceUnknown: there are such numbers, and Twilio names no price. TwilioNotAsked: it could not be asked.
    """
    client = get_master_client()
    try:
        offers = client.search_numbers(wish, limit=SHOWN)
        price = _price(client, wish) if offers else None
    except ProviderError as error:
        log.warning("managed_number.not_searched", error=type(error).__name__, code=error.code)
        raise TwilioNotAsked from error
    return [_priced(offer, price) for offer in offers] if price else []


def find_offer(*, number: str, kind: str) -> PricedNumber:
    """One number (E.164) that is for sale now.

    Raises:
        NumberNotForSale: it is not (any more), or not of this kind. Else as `search`.
    """
    found = search(NumberWish(country=country_of(number), kind=kind, contains=number.removeprefix("+")))
    for offer in found:
        if offer.number == number:
            return offer
    raise NumberNotForSale


def _price(client: MasterTwilioClient, wish: NumberWish) -> Price:
    key = f"{wish.country} {wish.kind}"
    known = _prices.find(key)
    if known is not None:
        return known
    epoch = _prices.epoch()
    price = client.fetch_monthly_price(country=wish.country, kind=wish.kind)
    if price is None:
        raise PriceUnknown
    _prices.put(key, price, epoch=epoch)
    return price


def _priced(offer: NumberOffer, price: Price) -> PricedNumber:
    return PricedNumber(
        number=offer.number,
        country=offer.country,
        kind=NumberType(offer.kind),
        place=offer.place,
        capabilities=tuple(sorted(offer.capabilities)),
        address_note=say_address(offer.address_requirements),
        monthly_cost_minor=price[0],
        cost_currency=price[1],
    )
