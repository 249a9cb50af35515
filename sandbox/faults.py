"""Faults a tester asks for: how a provider, or one of its operations, misbehaves, and for how many requests."""

import json
import random
from dataclasses import asdict, dataclass, replace
from enum import StrEnum

from sandbox.database import Database
from sandbox.json_types import JsonObject, JsonValue, dumps
from sandbox.operations import OPERATION_FORM

PROVIDERS = ("vapi", "resend", "twilio", "google", "microsoft", "elevenlabs", "openai")
DEFAULT_ERROR_STATUS = 500
MAX_LATENCY_MS = 120_000


class Strike(StrEnum):
    """What happens to one request."""

    NONE = "none"
    ERROR = "error"
    DROP = "drop"
    TIMEOUT = "timeout"


@dataclass(frozen=True)
class Fault:
    """How one provider misbehaves, or only one `operation` of it, such as `POST /call` or `PATCH /assistant/{id}`.

    Rates are probabilities from 0 to 1, drawn in the order timeout, drop, error. With `after_work` the request is
    carried out first and only its answer is lost, which is what makes a blind retry dangerous. `times` limits the
    fault to that many struck requests (None: until removed).
    """

    operation: str = ""
    latency_ms: int = 0
    error_rate: float = 0.0
    status: int = DEFAULT_ERROR_STATUS
    drop_rate: float = 0.0
    timeout_rate: float = 0.0
    after_work: bool = False
    times: int | None = None

    def draw(self, rng: random.Random) -> Strike:
        """Decide what happens to the next request."""
        rates = ((Strike.TIMEOUT, self.timeout_rate), (Strike.DROP, self.drop_rate), (Strike.ERROR, self.error_rate))
        return next((strike for strike, rate in rates if rng.random() < rate), Strike.NONE)


class BadFaultError(ValueError):
    """The description of a fault makes no sense; the message says why."""


def parse_fault(body: JsonObject) -> Fault:
    """Read a fault from JSON. A bare `status` means that every request gets it."""
    unknown = set(body) - set(asdict(Fault()))
    if unknown:
        known = ", ".join(asdict(Fault()))
        raise BadFaultError(f"unknown fault settings: {', '.join(sorted(unknown))}. Choose from: {known}")
    rates = {name: _rate(name, body.get(name, 0)) for name in ("error_rate", "drop_rate", "timeout_rate")}
    if "status" in body and "error_rate" not in body:
        rates["error_rate"] = 1.0
    return Fault(
        operation=_operation(body.get("operation", "")),
        latency_ms=_integer("latency_ms", body.get("latency_ms", 0), 0, MAX_LATENCY_MS),
        status=_integer("status", body.get("status", DEFAULT_ERROR_STATUS), 400, 599),
        after_work=bool(body.get("after_work", False)),
        times=None if body.get("times") is None else _integer("times", body["times"], 1, 1_000_000),
        **rates,
    )


class Faults:
    """The faults in force, kept over a restart: at most one for a provider and one for each of its operations.

    What is said of an operation holds for it instead of what is said of the whole provider.
    """

    def __init__(self, database: Database) -> None:
        """Keep the faults in this database."""
        self._database = database
        self._rng = random.Random()
        rows = database.read("SELECT provider, body FROM faults")
        self._faults = {str(row["provider"]): Fault(**json.loads(row["body"])) for row in rows}

    def all(self) -> dict[str, JsonObject]:
        """Return the faults in force by name: the provider, followed by the operation where it is about one."""
        return {name: asdict(fault) for name, fault in sorted(self._faults.items())}

    def set(self, provider: str, fault: Fault) -> JsonObject:
        """Make a provider misbehave from its next request on; return the fault in force."""
        name = _name(provider, fault.operation)
        self._faults[name] = fault
        self._database.write(
            "INSERT INTO faults (provider, body) VALUES (?, ?)"
            " ON CONFLICT (provider) DO UPDATE SET body = excluded.body",
            (name, dumps(asdict(fault))),
        )
        return asdict(fault)

    def remove(self, provider: str, operation: str | None = None) -> None:
        """Make a provider well again; with `operation` only in that respect ("": in what is said of it as a whole)."""
        for name in list(self._faults):
            own = name.partition(" ")[0] == provider
            if own and operation in {None, self._faults[name].operation}:
                del self._faults[name]
                self._database.write("DELETE FROM faults WHERE provider = ?", (name,))

    def clear(self) -> None:
        """Make every provider well again."""
        self._faults.clear()
        self._database.write("DELETE FROM faults")

    def next_strike(self, provider: str, operation: str) -> tuple[Fault, Strike]:
        """Return the fault in force and what it does to the request at hand, counting it."""
        fault = self._faults.get(_name(provider, operation)) or self._faults.get(provider) or Fault()
        strike = fault.draw(self._rng)
        if fault.times is not None and (strike is not Strike.NONE or fault.latency_ms):
            self._use_up(provider, fault)
        return fault, strike

    def _use_up(self, provider: str, fault: Fault) -> None:
        remaining = (fault.times or 1) - 1
        if remaining:
            self.set(provider, replace(fault, times=remaining))
        else:
            self.remove(provider, fault.operation)


def _name(provider: str, operation: str) -> str:
    return f"{provider} {operation}" if operation else provider


def _operation(value: JsonValue) -> str:
    if not isinstance(value, str) or (value and not OPERATION_FORM.fullmatch(value)):
        raise BadFaultError("operation must be a method and a path, such as POST /call or PATCH /assistant/{id}")
    return value


def _rate(name: str, value: JsonValue) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
        raise BadFaultError(f"{name} must be a number from 0 to 1")
    return float(value)


def _integer(name: str, value: JsonValue, lowest: int, highest: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not lowest <= value <= highest:
        raise BadFaultError(f"{name} must be a whole number from {lowest} to {highest}")
    return value
