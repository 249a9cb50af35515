"""Why something cannot be booked, in sentences that can be read out on the phone."""

from collections.abc import Sequence
from typing import Any, Self
from zoneinfo import ZoneInfo

from scheduling.speech import say_slots
from scheduling.types import Slot
from voxanne.errors import DomainError


class SlotRefused(DomainError):
    """What was asked for cannot be booked. `alternatives` are the nearest that can, in order of time."""

    code = "slot_refused"
    http_status = 409
    message = "That time cannot be booked."
    alternatives: list[Slot]

    def __init__(self, message: str = "", *, alternatives: Sequence[Slot] = ()) -> None:
        super().__init__(message)
        self.alternatives = list(alternatives)

    def offers(self) -> dict[str, Any]:
        """The alternatives, for the API."""
        listed = [
            {
                "start": slot.starts_at.isoformat(),
                "end": slot.ends_at.isoformat(),
                "practitioner_id": slot.practitioner_id,
                "practitioner_name": slot.practitioner_name,
            }
            for slot in self.alternatives
        ]
        return {"alternatives": listed}

    def offering(self, alternatives: Sequence[Slot], zone: ZoneInfo) -> Self:
        """The same refusal, with what can be had instead also said in its message."""
        self.alternatives = list(alternatives)
        if alternatives:
            self.message = f"{self.message} The nearest free times are {say_slots(alternatives, zone)}."
        return self


class SlotTaken(SlotRefused):
    """Somebody else has it, perhaps since a moment ago."""

    code = "slot_taken"
    message = "That time has already been taken."


class SlotHeld(SlotTaken):
    """A caller is being offered it at this moment: soon it is booked, or free again."""

    code = "slot_held"
    message = "A caller is being offered that time at the moment."


class CalendarBusy(SlotRefused):
    """An outside event has that time. The team may book over it; callers hear that it is taken."""

    code = "calendar_busy"
    message = "Your calendar has something at that time."


class SlotNotOffered(SlotRefused):
    """Outside opening hours, or not one of the times at which visits start."""

    code = "slot_not_offered"
    message = "We have no appointment at that time."


class ClinicClosed(SlotRefused):
    """Nobody works that day."""

    code = "clinic_closed"
    message = "The clinic is closed that day."


class InThePast(SlotRefused):
    code = "in_the_past"
    http_status = 400
    message = "That is in the past."


class TooSoon(SlotRefused):
    """Nearer than the service's minimum notice."""

    code = "too_soon"
    message = "That is too soon for us to prepare."


class TooFarAhead(SlotRefused):
    """Beyond the service's horizon."""

    code = "too_far_ahead"
    message = "We do not take bookings that far ahead yet."


class FullyBooked(SlotRefused):
    """The clinic is open, and nothing is left."""

    code = "fully_booked"
    message = "Nothing is free then."


class VisitTooLong(DomainError):
    """No visit lasts longer than a day."""

    code = "visit_too_long"
    message = "An appointment lasts a day at most."


class AskTheTeam(DomainError):
    """A caller may not do this alone."""

    code = "ask_the_team"
    http_status = 409
    message = "The team has to make that change."


class NotStanding(DomainError):
    """The appointment was cancelled or is over: nothing can be changed about it any more."""

    code = "appointment_not_standing"
    http_status = 409
    message = "That appointment is no longer standing."


class UnknownService(DomainError):
    code = "unknown_service"
    http_status = 404
    message = "We do not offer that."


class UnknownPractitioner(DomainError):
    code = "unknown_practitioner"
    http_status = 404
    message = "Nobody of that name works here."


class LastPractitioner(DomainError):
    """Nobody could be booked any more."""

    code = "last_practitioner"
    http_status = 409
    message = "Somebody has to be bookable. Add or bring back somebody else first."


class PractitionerNameTaken(DomainError):
    """Callers choose by name."""

    code = "practitioner_name_taken"
    http_status = 409
    message = "Somebody with this name can be booked already. Add a surname or a title, so that callers can choose."


class NobodyDoesService(DomainError):
    """A service that is sold would have nobody to do it."""

    code = "nobody_does_service"
    http_status = 409


class ClosureRefused(DomainError):
    """Days that cannot be closed; `fields` says why, where it belongs."""

    code = "closure_refused"
