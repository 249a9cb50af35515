"""What to key in on a network so that it passes calls on, and to undo it. Pure: a choice in, codes out."""

from collections.abc import Iterable

import phonenumbers
from phonenumbers import PhoneNumber, PhoneNumberFormat

from telephony.forwarding.dialects import DIALECTS, Dialect, Digits, Mode
from telephony.forwarding.errors import ChoiceNotOffered
from telephony.forwarding.types import Code, ForwardingCodes
from telephony.models import ForwardingType
from telephony.models.forwarding import LONGEST_RING_S, SHORTEST_RING_S, USUAL_RING_S
from voxanne.errors import BadInput

_NORTH_AMERICA = 1
_DIALS_NORTH_AMERICAN = frozenset({"US", "CA"})
_ABROAD = (
    "Your agent's number is in another country. Many plans refuse to forward there, or charge for it: a number in "
    "your own country is safer."
)
_REPLACES_VOICEMAIL = "Your agent takes these calls in place of your voicemail."
_ONE_AT_A_TIME = "If every call is forwarded at the moment, dial {off} first: otherwise your line never rings."
_BILLED = "Your carrier bills forwarded minutes as it bills calls from your line."


def codes_for(
    dialect: str, mode: ForwardingType | str, destination: str, ring_seconds: int | None, country: str
) -> ForwardingCodes:
    """The codes of a dialect (its key) for a mode.

    Args:
        destination: the agent's number in E.164.
        ring_seconds: 5 to 60, rounded down to what the network takes; None for the usual 25.
        country: of the line, ISO 3166-1.

    Raises:
        ChoiceNotOffered: there is no code for this mode.
        BadInput: the ring time is out of range.
    """
    row, chosen = DIALECTS[dialect], ForwardingType(mode)
    found = row.total if chosen == ForwardingType.TOTAL_AI else row.safety
    if found is None:
        raise ChoiceNotOffered
    asked = check_ring_seconds(ring_seconds)
    used = _ring_seconds(row, found, asked)
    dialled = dial_digits(destination, row.digits, country=country)
    stored = _fill(found.on, destination, used)
    return ForwardingCodes(
        activation=stored,
        deactivation=found.off,
        dial_sequence=_fill(found.on, dialled, used),
        off_sequence=found.off,
        alternatives=_alternatives(row, found, stored=stored, dialled=dialled, seconds=used or asked),
        extras=tuple(Code(_fill(code.code, dialled, used or asked), code.does) for code in found.extras),
        ring_seconds_used=used,
        notes=tuple(_notes(row, found, chosen, asked=asked, used=used, is_abroad=_is_abroad(destination, country))),
    )


def check_ring_seconds(ring_seconds: int | None) -> int:
    """The ring time as it was asked for, 25 when it was not.

    Raises:
        BadInput: out of range.
    """
    if ring_seconds is None:
        return USUAL_RING_S
    if not SHORTEST_RING_S <= ring_seconds <= LONGEST_RING_S:
        wrong = f"The ring time is {SHORTEST_RING_S} to {LONGEST_RING_S} seconds."
        raise BadInput(wrong, fields={"ringTimeSeconds": [wrong]})
    return ring_seconds


def dial_digits(destination: str, digits: Digits, *, country: str) -> str:
    """A number in E.164 as a line in `country` keys it in."""
    number = _parse(destination)
    is_north_american = number.country_code == _NORTH_AMERICA
    if digits == Digits.NATIONAL:
        return _as_dialled_from(number, country)
    if digits == Digits.TEN:
        return str(number.national_number) if is_north_american else f"011{destination[1:]}"
    short = digits == Digits.ONE_AND_TEN or country in _DIALS_NORTH_AMERICAN
    return destination[1:] if short and is_north_american else destination


def _as_dialled_from(number: PhoneNumber, country: str) -> str:
    if number.country_code == phonenumbers.country_code_for_region(country):
        written = phonenumbers.format_number(number, PhoneNumberFormat.NATIONAL)
    else:
        written = phonenumbers.format_out_of_country_calling_number(number, country)
    return "".join(sign for sign in written if sign.isdecimal())


def _ring_seconds(row: Dialect, mode: Mode, asked: int) -> int | None:
    """The longest that the network takes and that is not longer than asked; its shortest where all are."""
    if not row.ring_steps or "{s}" not in mode.on:
        return None
    return max((step for step in row.ring_steps if step <= asked), default=row.ring_steps[0])


def _fill(template: str, number: str, seconds: int | None) -> str:
    return template.replace("{to}", number).replace("{s}", str(seconds or ""))


def _alternatives(row: Dialect, mode: Mode, *, stored: str, dialled: str, seconds: int) -> tuple[Code, ...]:
    """What to try next: the number in full where the phone has a `+` and led without it, then the dialect's own."""
    is_shortened = row.digits in {Digits.PLUS, Digits.ONE_AND_TEN} and not dialled.startswith("+")
    full = [Code(stored, "the same, with the number in full")] if is_shortened else []
    allowed = max(step for step in (5, 10, 15, 20, 25, 30) if step <= seconds)
    return (*full, *(Code(_fill(code.code, dialled, allowed), code.does) for code in mode.alternatives))


def _notes(
    row: Dialect, mode: Mode, chosen: ForwardingType, *, asked: int, used: int | None, is_abroad: bool
) -> Iterable[str]:
    if chosen == ForwardingType.SAFETY_NET:
        yield _say_ring_time(row, asked=asked, used=used)
        yield _REPLACES_VOICEMAIL
        if row.total is not None and row.total.off != mode.off:
            yield _ONE_AT_A_TIME.format(off=row.total.off)
    if is_abroad:
        yield _ABROAD
    yield from row.notes
    yield _BILLED


def _say_ring_time(row: Dialect, *, asked: int, used: int | None) -> str:
    if used is None:
        return "Your carrier decides how long the line rings first; no code changes that."
    if used == asked:
        return f"Your line rings for {used} seconds first."
    steps = row.ring_steps
    return (
        f"Your line rings for {used} seconds first: your network takes {steps[0]} to {steps[-1]} seconds in steps of "
        f"{steps[1] - steps[0]}, not {asked}."
    )


def _is_abroad(destination: str, country: str) -> bool:
    """Whether a line in `country` would call abroad; unknown countries are not."""
    own = phonenumbers.country_code_for_region(country)
    return own != 0 and _parse(destination).country_code != own


def _parse(number: str) -> PhoneNumber:
    """Raises BadInput for a country code that nobody has."""
    try:
        return phonenumbers.parse(number)
    except phonenumbers.NumberParseException as error:
        raise BadInput("That number cannot be dialled.") from error
