"""Hours as they are typed: whatever is sent is refused with what to do, or given back as it was meant."""

from itertools import pairwise

import pytest
from django.http import QueryDict
from hypothesis import given
from hypothesis import strategies as st

from scheduling.diary import merged
from scheduling.week_form import MOST_A_DAY, WeekForm, edited, read_rows, rows_of

quarters = st.integers(0, 95).map(lambda quarter: quarter * 15)
intervals = st.tuples(quarters, st.integers(1, 40)).map(lambda pair: (pair[0], min(pair[0] + pair[1] * 15, 1440)))
weeks = st.dictionaries(st.integers(0, 6), st.lists(intervals, max_size=MOST_A_DAY))


def sent(**values: str) -> WeekForm:
    data = QueryDict(mutable=True)
    data.update(values)
    return WeekForm(read_rows(data), is_sent=True)


def has_overlap(of_day: list[tuple[int, int]]) -> bool:
    return any(later[0] < earlier[1] for earlier, later in pairwise(sorted(of_day)))


@given(weeks)
def test_hours_come_back_merged_and_in_order_unless_they_overlap(week):
    form = WeekForm(rows_of(week), is_sent=True)

    if any(has_overlap(of_day) for of_day in week.values()):
        assert not form.is_valid()
        assert "This overlaps" in str(form.errors)
    else:
        assert form.is_valid(), form.errors
        assert form.week() == {day: merged(week[day]) for day in sorted(week) if week[day]}
        again = WeekForm(rows_of(form.week()), is_sent=True)
        assert again.is_valid()
        assert again.week() == form.week()


@pytest.mark.parametrize(
    ("opens", "closes", "said"),
    [
        ("17:00", "09:00", "ends before it begins"),
        ("09:00", "09:00", "ends before it begins"),
        ("22:00", "02:00", "go on the next day from 00:00"),
        ("09:00", "", "Give both times"),
        ("", "09:00", "Give both times"),
        ("24:00", "09:00", "To begin at midnight, give 00:00"),
        ("nine", "17:00", "such as 09:00"),
        ("09:00", "24:30", "such as 09:00"),
        ("09:61", "17:00", "such as 09:00"),
    ],
)
def test_what_cannot_be_says_what_to_do(opens, closes, said):
    form = sent(d2_0_from=opens, d2_0_to=closes)

    assert not form.is_valid()
    assert said in " ".join(problem for problems in form.errors.values() for problem in problems)


@pytest.mark.parametrize("closes", ["00:00", "24:00"])
def test_a_day_may_end_at_midnight(closes):
    form = sent(d5_0_from="18:00", d5_0_to=closes)
    assert form.is_valid()
    assert form.week() == {5: [(18 * 60, 24 * 60)]}


def test_empty_lines_are_left_out_and_strange_names_ignored():
    form = sent(d0_0_from="", d0_0_to="", d0_7_from="09:00", d0_7_to="12:00", d9_0_from="09:00", other="1")
    assert form.is_valid()
    assert form.week() == {0: [(540, 720)]}


def test_more_lines_than_a_day_may_have_are_left_out():
    rows = {0: [(f"{hour:02d}:00", f"{hour:02d}:30") for hour in range(12)]}
    data = QueryDict(mutable=True)
    for number, (opens, closes) in enumerate(rows[0]):
        data.update({f"d0_{number}_from": opens, f"d0_{number}_to": closes})
    assert len(read_rows(data)[0]) == MOST_A_DAY


def shown(form: WeekForm) -> dict[int, list[tuple[str, str]]]:
    return {
        day.weekday: [(row.opens.value(), row.closes.value()) for row in day.hours] for day in form.days if day.hours
    }


def test_buttons_add_remove_and_copy_without_losing_what_was_typed():
    rows = {0: [("09:00", "12:00"), ("13:00", "nonsense")], 5: [("10:00", "11:00")]}

    assert shown(edited(rows, "add-6"))[6] == [("09:00", "17:00")]
    assert shown(edited(rows, "add-0"))[0][2] == ("", "")
    assert shown(edited(rows, "remove-0-0"))[0] == [("13:00", "nonsense")]
    copied = shown(edited(rows, "copy-0"))
    assert copied == {**dict.fromkeys(range(5), rows[0]), 5: rows[5]}
    for odd in ("", "remove-0", "remove-0-9", "add-7", "drop-0"):
        assert shown(edited(rows, odd)) == rows
