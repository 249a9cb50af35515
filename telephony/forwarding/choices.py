"""From what somebody chose for a line to the codes that follow: one check for the API, the page and the preview."""

from dataclasses import dataclass, replace
from typing import TypeVar

import phonenumbers
from django.db.models import Case, IntegerField, TextChoices, Value, When

from orgs.models import IntegrationSettings
from telephony.forwarding.carriers import AMERICAN, COUNTRIES, DIALECT_OF_CARRIER, NETWORKS
from telephony.forwarding.codes import check_ring_seconds, codes_for
from telephony.forwarding.errors import ChoiceNotOffered, ForwardingLoop, NoForwardingNumber
from telephony.forwarding.lines import country_of
from telephony.forwarding.types import ForwardingChoice, ForwardingCodes
from telephony.models import Carrier, ForwardingType, NumberSource, NumberState, PhoneNumberMapping
from voxanne.errors import BadInput

Choice = TypeVar("Choice", bound=TextChoices)

_AMERICA = "US"
LEADS_BACK = (
    "Your agent puts callers through to this same line, which then sends them back to your agent. Choose another "
    "transfer number in Settings, or Safety net."
)
# What suggests itself where there are several: what was bought for this, then the clinic's own.
_PREFERRED = {NumberSource.MANAGED: 0, NumberSource.ORGANIZATION: 1, NumberSource.AGENT: 2}


@dataclass(frozen=True)
class SettledChoice:
    """A choice that holds, and its codes."""

    forwarding_type: ForwardingType
    carrier: Carrier
    network: str
    country: str
    forwarding_number: str
    ring_seconds: int
    codes: ForwardingCodes


def settle_choice(choice: ForwardingChoice, *, line: str, present: str = "") -> SettledChoice:
    """Check a choice for a line (E.164) and work out its codes. Two queries at most, in its transaction.

    Args:
        line: "" for a preview without one.
        present: where it leads now; it stays there, if it can, unless the choice names another number.

    Raises:
        BadInput, ChoiceNotOffered: something is unknown, or does not go together.
        NoForwardingNumber, ForwardingLoop: there is nothing to forward to, or only the line itself.
    """
    mode = _read(ForwardingType, choice.forwarding_type, "forwardingType")
    carrier, country, dialect = _read_carrier(choice, line=line)
    asked = check_ring_seconds(choice.ring_seconds)
    number = _pick_number(choice.forwarding_number, line=line, present=present)
    try:
        codes = codes_for(dialect, mode, number, asked, country)
    except ChoiceNotOffered as missing:
        raise _say_missing(choice.network, mode) from missing
    return SettledChoice(
        forwarding_type=mode,
        carrier=carrier,
        network=choice.network,
        country=country,
        forwarding_number=number,
        ring_seconds=codes.ring_seconds_used or asked,
        codes=replace(codes, notes=(*warn_of(line=line, mode=mode), *codes.notes)),
    )


def warn_of(*, line: str, mode: ForwardingType | str) -> tuple[str, ...]:
    """What a person should know of a choice beside its codes. One query, inside the organisation's transaction.

    A line that passes every call on never rings itself: whoever the agent puts through to it comes back to the agent.
    """
    if mode != ForwardingType.TOTAL_AI or not line:
        return ()
    leads_back = IntegrationSettings.objects.filter(transfer_phone_number=line).exists()
    return (LEADS_BACK,) if leads_back else ()


def list_forwarding_numbers() -> list[str]:
    """The organisation's numbers that an agent answers, the one that suggests itself first. In its transaction."""
    order = Case(
        *[When(source=source, then=Value(rank)) for source, rank in _PREFERRED.items()],
        output_field=IntegerField(),
    )
    rows = PhoneNumberMapping.objects.filter(is_wanted=True, is_active=True, agent_id__isnull=False)
    ready = Case(When(sync_state=NumberState.CONNECTED, then=0), default=1, output_field=IntegerField())
    return list(rows.order_by(ready, order, "created_at", "pk").values_list("phone_number", flat=True))


def _read(kind: type[Choice], value: str, name: str) -> Choice:
    if value not in kind.values:
        wrong = f"Choose one of: {', '.join(kind.values)}."
        raise BadInput(wrong, fields={name: [wrong]})
    return kind(value)


def _read_carrier(choice: ForwardingChoice, *, line: str) -> tuple[Carrier, str, str]:
    """Carrier, country and dialect."""
    lines_country = country_of(line) if line else ""
    if choice.network:
        network = NETWORKS.get(choice.network)
        if network is None:
            raise BadInput("We do not know that carrier.", fields={"network": ["We do not know that carrier."]})
        if choice.carrier and choice.carrier != network.carrier:
            raise ChoiceNotOffered(f"{network.name} is not {Carrier(choice.carrier).label}. Choose one of the two.")
        _check_country(network.name, network.country, choice.country or _unlike(network.country, line))
        return network.carrier, network.country, network.dialect
    carrier = _read(Carrier, choice.carrier, "carrier")
    country = (choice.country or lines_country or _AMERICA).upper()
    if not (len(country) == 2 and country.isascii() and country.isalpha()):
        wrong = "Give the country as two letters, such as US."
        raise BadInput(wrong, fields={"carrierCountryCode": [wrong]})
    if carrier in AMERICAN and not choice.country and line.startswith("+1"):
        country = _AMERICA
    if carrier in AMERICAN:
        _check_country(str(carrier.label), _AMERICA, country)
    return carrier, country, DIALECT_OF_CARRIER[carrier]


def _check_country(name: str, home: str, country: str) -> None:
    if country and country.upper() != home:
        where = COUNTRIES.get(country.upper(), country.upper())
        raise ChoiceNotOffered(f"{name} has no lines in {where}. Choose the carrier of this line.")


def _unlike(home: str, line: str) -> str:
    """The country of a line that no carrier of `home` could have; "" where it may be one of theirs."""
    if not line or phonenumbers.parse(line).country_code == phonenumbers.country_code_for_region(home):
        return ""
    return country_of(line)


def _pick_number(wanted: str, *, line: str, present: str) -> str:
    if line and wanted == line:
        raise ForwardingLoop
    numbers = [number for number in list_forwarding_numbers() if number != line]
    if wanted and wanted not in numbers:
        wrong = "That is not a number of your agents."
        raise BadInput(wrong, fields={"forwardingNumber": [wrong]})
    if not numbers:
        raise NoForwardingNumber
    return wanted or (present if present in numbers else numbers[0])


def _say_missing(network: str, mode: ForwardingType) -> ChoiceNotOffered:
    known = NETWORKS.get(network)
    if known is None or not known.where:
        return ChoiceNotOffered(f"This carrier has no code for {mode.label}.")
    return ChoiceNotOffered(f"{known.name} has no codes. Set forwarding up under {known.where}.")
