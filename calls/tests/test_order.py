"""Events come twice, late and in any order; the rows are the same."""

import itertools
import random
from typing import Any

import pytest

from calls.models import Call, TranscriptLine, WebhookEvent
from calls.tests import payloads

pytestmark = pytest.mark.django_db
IGNORED = {"id", "vapi_call_id", "call_sid", "created_at", "updated_at", "report_due_at"}


def rows_of(call_id: str) -> tuple[dict[str, Any], list[tuple[Any, ...]]]:
    call = Call.objects.filter(vapi_call_id=call_id).values().get()
    lines = TranscriptLine.objects.filter(call__vapi_call_id=call_id).order_by("is_final", "ordinal", "role")
    return (
        {name: value for name, value in call.items() if name not in IGNORED},
        list(lines.values_list("role", "text", "ordinal", "is_final", "start_offset_ms")),
    )


def play(line, call_id: str, order: tuple[int, ...], *, work_each: bool) -> None:
    events = payloads.seven_events(call_id, line.assistant_id)
    for index in order:
        assert line.post(events[index]).status_code == 200
        if work_each:
            line.work_off(call_id)
    line.work_off(call_id)


# Every order of facts is tried in test_facts; here every order of the five that differ most, and a sample of all seven.
ORDERS = [(*order, *rest) for order in itertools.permutations((0, 2, 3, 6)) for rest in [(1, 4, 5)]]
SAMPLE = random.Random(20261120).sample(list(itertools.permutations(range(7))), 24)


@pytest.mark.slow
@pytest.mark.parametrize("work_each", [True, False])
def test_every_order_of_a_calls_events_gives_the_same_rows(line, working_for, work_each):
    play(line, "reference", tuple(range(7)), work_each=True)
    with working_for(line.org):
        expected = rows_of("reference")

    for number, order in enumerate([*ORDERS, *SAMPLE]):
        call_id = f"order-{number}"
        play(line, call_id, order, work_each=work_each)
        with working_for(line.org):
            assert rows_of(call_id) == expected, order


def test_live_lines_come_in_the_same_order_whatever_the_delivery(line, working_for):
    said = [("assistant", "Hello.", 3), ("caller", "Hi.", 5), ("assistant", "How can I help?", 7)]
    for call_id, order in (("a", (0, 1, 2)), ("b", (2, 0, 1))):
        line.post(payloads.status("in-progress", call_id=call_id, at=2, assistant_id=line.assistant_id))
        for index in order:
            role, text, at = said[index]
            line.post(
                payloads.transcript(
                    "user" if role == "caller" else role, text, call_id=call_id, at=at, assistant_id=line.assistant_id
                )
            )
        line.work_off(call_id)
    with working_for(line.org):
        assert rows_of("a") == rows_of("b")
        assert [text for _, text, *_ in rows_of("a")[1]] == ["Hello.", "Hi.", "How can I help?"]


def test_a_repeat_is_recognised_and_has_no_effect(line, working_for):
    body = payloads.report(call_id="c1", assistant_id=line.assistant_id)
    for _ in range(3):
        line.post(body)
    assert line.work_off("c1") == 1
    with working_for(line.org):
        assert WebhookEvent.objects.count() == Call.objects.count() == 1


def test_a_late_status_does_not_reopen_the_row_while_it_waits(line, working_for):
    line.post(payloads.report(call_id="c1", assistant_id=line.assistant_id))
    line.work_off("c1")
    line.post(payloads.status("in-progress", call_id="c1", at=500, assistant_id=line.assistant_id))
    with working_for(line.org):
        assert Call.objects.get().status == "completed"
