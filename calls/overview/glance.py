"""How the phone did, in two or three sentences that somebody reads while walking past."""

from calls.figures_by_day import Figures
from voxanne.money import say_money


def say_glance(this: Figures, *, before: Figures, days: int, currency: str) -> list[str]:
    """What happened in the last so many days, and how that compares with as many days before."""
    period = f"the last {days} days"
    if not this.calls:
        return [f"Nobody called in {period}.", *_was(before, days)]
    calls = "One call" if this.calls == 1 else f"{this.calls:,} calls"
    said = [f"{calls} in {period}, {_booked(this)}."]
    if this.value_minor:
        said.append(f"They asked for treatments worth {say_money(this.value_minor, currency)}.")
    if before.calls:
        said.append(_compared(this.booked - before.booked, days))
    return said


def _was(before: Figures, days: int) -> list[str]:
    if not before.calls:
        return []
    calls = "was one call" if before.calls == 1 else f"were {before.calls:,} calls"
    return [f"There {calls} in the {days} days before: check that your number still reaches your receptionist."]


def _booked(this: Figures) -> str:
    if not this.booked:
        return "none of them booked" if this.calls > 1 else "which did not book"
    if this.booked == this.calls:
        return "and all of them booked" if this.calls > 1 else "and it booked"
    return f"{this.booked:,} of them booked"


def _compared(more: int, days: int) -> str:
    against = f"in the {days} days before"
    if not more:
        return f"That is as many bookings as {against}."
    bookings = "booking" if abs(more) == 1 else "bookings"
    return f"That is {abs(more):,} {bookings} {'more' if more > 0 else 'fewer'} than {against}."
