"""Who is asked first, whoever waits."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from scheduling.types import PartOfDay
from scheduling.waitlist.ranking import FreedSpan, Wish, closeness, fits, ranked

TUESDAY = date(2026, 11, 24)
BOTOX, FILLER = UUID(int=1), UUID(int=2)
SINCE = datetime(2026, 11, 1, 9, tzinfo=UTC)

spans = st.builds(
    FreedSpan,
    practitioner_id=st.integers(1, 3),
    service_id=st.sampled_from([None, BOTOX, FILLER]),
    days=st.just(frozenset({TUESDAY})),
    parts=st.frozensets(st.sampled_from(PartOfDay), min_size=1, max_size=2),
)
wishes = st.lists(
    st.builds(
        lambda first, length, **facts: Wish(first_day=first, last_day=first + length, **facts),
        first=st.dates(TUESDAY - timedelta(days=3), TUESDAY + timedelta(days=2)),
        length=st.integers(0, 4).map(lambda days: timedelta(days=days)),
        id=st.integers(10, 10**6).map(lambda number: UUID(int=number)),
        service_id=st.sampled_from([None, BOTOX, FILLER]),
        practitioner_id=st.one_of(st.none(), st.integers(1, 3)),
        part_of_day=st.one_of(st.none(), st.sampled_from(PartOfDay)),
        waiting_since=st.integers(0, 5).map(lambda hours: SINCE + timedelta(hours=hours)),
    ),
    unique_by=lambda wish: wish.id,
    max_size=12,
)


def wish(number: int = 1, **facts) -> Wish:
    values = {
        "service_id": BOTOX, "practitioner_id": None, "first_day": TUESDAY, "last_day": TUESDAY, "part_of_day": None,
        "waiting_since": SINCE,
    }  # fmt: skip
    return Wish(id=UUID(int=100 + number), **values | facts)


@given(wishes, spans)
def test_exactly_those_whom_it_fits_are_asked_each_once(waiting, freed):
    order = ranked(waiting, freed)
    assert sorted(one.id for one in order) == sorted(one.id for one in waiting if fits(one, freed))


@given(wishes, spans, st.randoms(use_true_random=False))
def test_the_order_does_not_depend_on_how_they_are_listed(waiting, freed, chance):
    shuffled = list(waiting)
    chance.shuffle(shuffled)
    assert ranked(shuffled, freed) == ranked(waiting, freed)


@given(wishes, spans)
def test_a_closer_wish_comes_first_and_among_equals_whoever_waits_longest(waiting, freed):
    order = ranked(waiting, freed)
    for earlier, later in pairwise(order):
        assert closeness(earlier, freed) >= closeness(later, freed)
        if closeness(earlier, freed) == closeness(later, freed):
            assert earlier.waiting_since <= later.waiting_since


@given(wishes, spans, st.data())
def test_who_else_waits_never_turns_two_around(waiting, freed, data):
    kept = data.draw(st.sets(st.sampled_from(waiting))) if waiting else set()
    assert ranked(kept, freed) == [one for one in ranked(waiting, freed) if one in kept]


def test_the_service_counts_more_than_the_person_and_the_person_more_than_the_day():
    freed = FreedSpan(7, BOTOX, frozenset({TUESDAY}), frozenset({PartOfDay.MORNING}))
    longest = wish(1, service_id=None, waiting_since=SINCE - timedelta(days=9))
    any_day = wish(2, last_day=TUESDAY + timedelta(days=2))
    this_day = wish(3)
    this_person = wish(4, practitioner_id=7, last_day=TUESDAY + timedelta(days=2))
    this_part = wish(5, part_of_day=PartOfDay.MORNING)
    assert ranked([longest, any_day, this_day, this_person, this_part], freed) == [
        this_person, this_part, this_day, any_day, longest,
    ]  # fmt: skip


def test_another_person_day_or_part_of_the_day_does_not_fit():
    freed = FreedSpan(7, BOTOX, frozenset({TUESDAY}), frozenset({PartOfDay.MORNING}))
    assert not fits(wish(practitioner_id=8), freed)
    assert not fits(wish(first_day=TUESDAY + timedelta(days=1), last_day=TUESDAY + timedelta(days=3)), freed)
    assert not fits(wish(part_of_day=PartOfDay.EVENING), freed)
    assert fits(wish(service_id=FILLER), freed)
