"""The codes that networks understand, one row a dialect.

`{to}` stands for the agent's number, `{s}` for the seconds that the line rings first. What the standard says (3GPP TS
22.030): `**` registers, `*` activates, `##` erases, `#` deactivates, `*#` asks; 21 is every call, 61 no answer, 62 not
reachable, 67 busy, 004 the last three together, 002 all of them; 11 means telephony.
"""

from dataclasses import dataclass
from enum import StrEnum

from telephony.forwarding.types import Code

STANDARD_STEPS = (5, 10, 15, 20, 25, 30)
_ERASES = "turns off every forwarding, your voicemail's too"


class Digits(StrEnum):
    """How a network wants the agent's number keyed in."""

    PLUS = "plus"
    ONE_AND_TEN = "one_and_ten"
    TEN = "ten"
    NATIONAL = "national"


@dataclass(frozen=True)
class Mode:
    """On and off for one choice of calls; `alternatives` are for when the phone refuses `on`."""

    on: str
    off: str
    alternatives: tuple[Code, ...] = ()
    extras: tuple[Code, ...] = ()


@dataclass(frozen=True)
class Dialect:
    """One network's way. A mode that is None has no code there.

    Attributes:
        ring_steps: the seconds that it takes, ascending; empty where the network decides.
        notes: sentences that only its users need.
    """

    key: str
    total: Mode | None = None
    safety: Mode | None = None
    digits: Digits = Digits.PLUS
    ring_steps: tuple[int, ...] = ()
    notes: tuple[str, ...] = ()


_CHECK_ALL = Code("*#21#", "asks whether every call is forwarded")
_CHECKS = (
    Code("*#61#", "asks where unanswered calls go"),
    Code("*#67#", "asks where calls go while you talk"),
    Code("*#62#", "asks where calls go while your phone is off"),
)
_BUSY = Code("**67*{to}#", "forwards calls while you talk, and those you decline")
_UNREACHABLE = Code("**62*{to}#", "forwards calls while your phone is off or has no signal")
_ONE_BY_ONE = (
    Code("**61*{to}*11*{s}#", "forwards unanswered calls only"),
    Code("**61*{to}#", "the same, with the ring time as it was"),
)
_OFF_CONDITIONAL = Code("##004#", "turns off unanswered, busy and unreachable together")
_OFF_ALL = Code("##002#", _ERASES)
_THREE_AT_ONCE = Code("**004*{to}*11*{s}#", "forwards unanswered, busy and unreachable calls at once")

_GSM_TOTAL = Mode("**21*{to}#", "##21#", extras=(_CHECK_ALL, _OFF_ALL))
_VERIZON = (
    Mode("*72{to}", "*73"),
    Mode("*71{to}", "*73"),
    ("Wait for the tone or the voice after dialling: it says that forwarding is on. There is no code that asks.",),
)
_SINGLE = Mode(
    "**61*{to}*11*{s}#",
    "##61#",
    alternatives=(Code("**61*{to}**{s}#", "the same for every kind of call"), _ONE_BY_ONE[1], _THREE_AT_ONCE),
    extras=(_BUSY, _UNREACHABLE, *_CHECKS, _OFF_CONDITIONAL),
)

_ROWS = (
    Dialect(
        "tmobile",
        total=_GSM_TOTAL,
        safety=Mode(
            "**61*{to}*11*{s}#",
            "##61#",
            alternatives=(_THREE_AT_ONCE, _ONE_BY_ONE[1]),
            extras=(_BUSY, _UNREACHABLE, *_CHECKS, _OFF_CONDITIONAL),
        ),
        digits=Digits.ONE_AND_TEN,
        ring_steps=STANDARD_STEPS,
    ),
    Dialect(
        "att",
        total=Mode(
            "*21*{to}#",
            "#21#",
            alternatives=(Code("**21*{to}#", "the same, the standard's way"),),
            extras=(_CHECK_ALL, Code("##21#", "turns it off and forgets the number")),
        ),
        safety=Mode(
            "*004*{to}*11*{s}#",
            "##004#",
            alternatives=(
                Code("**61*{to}**{s}#", "forwards unanswered calls only"),
                Code("*92{to}", "the same, as AT&T's older phones take it"),
            ),
            extras=(_BUSY, _UNREACHABLE, Code("*90{to}", "forwards calls while you talk, on older phones"), *_CHECKS),
        ),
        digits=Digits.ONE_AND_TEN,
        ring_steps=STANDARD_STEPS,
    ),
    Dialect("verizon", total=_VERIZON[0], safety=_VERIZON[1], digits=Digits.TEN, notes=_VERIZON[2]),
    Dialect("cdma", total=_VERIZON[0], safety=_VERIZON[1], digits=Digits.TEN),
    Dialect(
        "gsm",
        total=_GSM_TOTAL,
        safety=Mode(
            "**004*{to}*11*{s}#",
            "##004#",
            alternatives=_ONE_BY_ONE,
            extras=(_BUSY, _UNREACHABLE, *_CHECKS, _OFF_ALL),
        ),
        ring_steps=STANDARD_STEPS,
    ),
    Dialect("gsm_single", total=_GSM_TOTAL, safety=_SINGLE, ring_steps=STANDARD_STEPS),
    Dialect(
        "us_landline",
        total=Mode("*72{to}", "*73"),
        safety=Mode(
            "*92{to}",
            "*93",
            alternatives=(Code("*71{to}", "unanswered and busy at once, where your carrier has it"),),
            extras=(Code("*90{to}", "forwards calls while you talk"), Code("*91", "turns that off")),
        ),
        digits=Digits.TEN,
        notes=(
            "A landline forwards unanswered and busy calls by two codes: dial both.",
            "Forwarding may be a paid extra of your line.",
        ),
    ),
    Dialect(
        "telus",
        total=Mode("*21*{to}#", "#21#", extras=(_CHECK_ALL,)),
        safety=Mode(
            "*61*{to}*11*{s}#",
            "#61#",
            alternatives=(Code("*61*{to}#", "the same, with the ring time as it was"),),
            extras=(
                Code("*67*{to}#", "forwards calls while you talk"),
                Code("*62*{to}#", "forwards calls while your phone is off or has no signal"),
                *_CHECKS,
            ),
        ),
        digits=Digits.TEN,
        ring_steps=(10, 20, 30),
    ),
    Dialect(
        "bell",
        total=Mode("*21*{to}#", "#21#", extras=(_CHECK_ALL,)),
        safety=Mode("*71{to}", "*73", alternatives=_ONE_BY_ONE[1:]),
        digits=Digits.TEN,
    ),
    Dialect(
        "landline",
        total=Mode("*21*{to}#", "#21#", extras=(_CHECK_ALL,)),
        safety=Mode(
            "*61*{to}#",
            "#61#",
            extras=(
                Code("*67*{to}#", "forwards calls while you talk"),
                Code("#67#", "turns that off"),
                Code("*#61#", "asks where unanswered calls go"),
            ),
        ),
        digits=Digits.NATIONAL,
        notes=("Forwarding may be a paid extra of your line, and take a day to be ready.",),
    ),
    Dialect(
        "telstra_mobile",
        total=Mode("**21*{to}*10#", "##21#", extras=(_CHECK_ALL, _OFF_ALL)),
        safety=Mode(
            "**61*{to}*10#",
            "##61#",
            alternatives=(Code("**61*{to}*11*{s}#", "the same, with a ring time of yours"),),
            extras=(
                Code("**67*{to}*10#", "forwards calls while you talk, and those you decline"),
                Code("**62*{to}*10#", "forwards calls while your phone is off or has no signal"),
                *_CHECKS,
            ),
        ),
    ),
    Dialect(
        "telstra_landline",
        total=Mode("*21{to}#", "#21#", extras=(_CHECK_ALL,)),
        safety=Mode(
            "*61{to}*{s}#",
            "#61#",
            alternatives=(Code("*61{to}#", "the same, with the ring time as it was"),),
            extras=(Code("*24{to}#", "forwards calls while you talk"), Code("#24#", "turns that off")),
        ),
        digits=Digits.NATIONAL,
        ring_steps=tuple(range(5, 65, 5)),
    ),
    Dialect("portal"),
)

DIALECTS = {row.key: row for row in _ROWS}
