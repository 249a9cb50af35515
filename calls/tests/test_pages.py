"""The call pages: what stands on them, for whom, with how many queries."""

from datetime import timedelta

import pytest
from django.urls import reverse

from calls.models import CallStatus
from calls.tests.factories import add_line, add_tool_call, make_call
from orgs.models import AuditEntry, Role
from voxanne.clock import now

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture
def browser(sign_in, north_owner, north):
    return sign_in(north_owner)


def test_an_empty_clinic_is_told_what_to_do_next(browser):
    assert "No calls yet" in browser.get("/dashboard").text
    assert "No calls yet" in browser.get("/dashboard/calls").text


def test_the_list_shows_calls_newest_first(browser, north, working_for):
    with working_for(north):
        make_call(north, caller_name="Older Caller", created_at=now() - timedelta(days=1))
        make_call(north, caller_name="Newer Caller")
    page = browser.get("/dashboard/calls").text
    assert page.index("Newer Caller") < page.index("Older Caller")


def test_a_call_that_goes_on_is_marked_as_live(browser, north, working_for):
    with working_for(north):
        make_call(north, status=CallStatus.IN_PROGRESS, duration_seconds=None)
    assert "Live" in browser.get("/dashboard/calls", headers=HTMX).text


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=reyes", {"Ana Reyes"}),
        ("q=07700 900 999", {"Ben Okoye"}),
        ("q=900999", {"Ben Okoye"}),
        ("outcome=booked", {"Ben Okoye"}),
        ("direction=outbound", {"Ben Okoye"}),
        ("q=nobody", set()),
        ("outcome=nonsense&since=never&q=", {"Ana Reyes", "Ben Okoye"}),
        ("since=2030-01-01", set()),
        ("until=2000-01-01", set()),
        ("sentiment=negative", {"Ben Okoye"}),
        ("min_value=400", {"Ben Okoye"}),
        ("min_value=1000", set()),
        ("recording=1", {"Ben Okoye"}),
        ("sort=value", {"Ben Okoye"}),
        ("sort=oldest&min_value=x", {"Ana Reyes", "Ben Okoye"}),
    ],
)
def test_the_list_is_narrowed_by_what_stands_in_the_address(browser, north, working_for, query, found):
    with working_for(north):
        make_call(north)
        make_call(
            north, caller_name="Ben Okoye", phone_number="+447700900999", outcome="booked", call_type="outbound",
            sentiment_label="negative", financial_value=40000, recording_status="completed",
        )  # fmt: skip
    page = browser.get(f"/dashboard/calls?{query}", headers=HTMX).text
    assert {name for name in ("Ana Reyes", "Ben Okoye") if name in page} == found


def test_filters_that_are_set_are_shown_open(browser, north, working_for):
    assert '<details class="more-filters" open>' in browser.get("/dashboard/calls?sort=longest").text
    assert '<details class="more-filters">' in browser.get("/dashboard/calls?outcome=booked").text


def test_load_more_goes_on_where_the_page_ended(browser, north, working_for):
    with working_for(north):
        for number in range(60):
            make_call(north, caller_name=f"Caller {number:02}", created_at=now() - timedelta(minutes=number))
    response = browser.get("/dashboard/calls")
    seen = []
    while True:
        seen.append(response.text.count('class="row-link'))
        if not response.context["next_url"]:
            break
        response = browser.get(response.context["next_url"], headers=HTMX)
    assert seen == [25, 25, 10]


def test_refreshing_what_is_shown_keeps_rows_that_a_new_call_pushed_down(browser, north, working_for):
    with working_for(north):
        for number in range(30):
            make_call(north, created_at=now() - timedelta(minutes=number + 1))
    live_url = browser.get("/dashboard/calls").context["live_url"]
    with working_for(north):
        make_call(north, caller_name="Just Now")
    refreshed = browser.get(live_url, headers=HTMX)
    assert refreshed.text.count('class="row-link') == 26
    assert "Just Now" in refreshed.text


def test_a_cursor_that_is_not_ours_is_refused_plainly(browser):
    assert browser.get("/dashboard/calls?cursor=nonsense").status_code == 400


def test_a_call_is_told_as_a_story(browser, north, working_for):
    with working_for(north):
        call = make_call(north, outcome="completed")
        add_line(call, "Hello, can I come on Tuesday?", ordinal=1)
        add_tool_call(call)
        add_line(call, "We have 9 am.", role="assistant", ordinal=2)
    page = browser.get(reverse("calls:detail", args=[call.pk])).text
    assert "Ana Reyes called for 3 min 20 s" in page
    order = [page.index(words) for words in ("can I come on Tuesday", "Looked for free times", "We have 9 am.")]
    assert order == sorted(order)


def test_reading_what_was_said_is_noted_once_a_visit(browser, north, north_owner, working_for):
    with working_for(north):
        call = make_call(north)
    path = reverse("calls:detail", args=[call.pk])
    browser.get(path)
    browser.get(path, headers=HTMX)
    with working_for(north):
        entry = AuditEntry.objects.get(action="transcript.read")
    assert (entry.object_id, entry.actor_user_id) == (str(call.pk), north_owner.pk)


def test_what_people_say_is_never_markup(browser, north, working_for):
    with working_for(north):
        call = make_call(north, caller_name="<script>alert(1)</script>", outcome_summary="<img src=x onerror=1>")
        add_line(call, "<b>bold</b>")
        add_tool_call(call, arguments={"<i>": "<u>"}, answer={"speech": "<svg onload=1>", "content": {}})
    for path in (reverse("calls:detail", args=[call.pk]), "/dashboard/calls", "/dashboard"):
        page = browser.get(path).text
        for markup in ("<script>alert", "<img src=x", "<b>bold", "<svg onload", "<u>"):
            assert markup not in page


def test_another_clinics_call_does_not_exist(browser, south, working_for):
    with working_for(south):
        call = make_call(south)
    assert browser.get(reverse("calls:detail", args=[call.pk])).status_code == 404


def queries_of(browser, path, django_assert_max_num_queries) -> int:
    with django_assert_max_num_queries(60) as captured:
        assert browser.get(path).status_code == 200
    return len(captured)


@pytest.mark.parametrize("path", ["/dashboard", "/dashboard/calls", "detail"])
def test_pages_take_the_same_queries_for_one_call_and_for_many(
    browser, north, working_for, path, django_assert_max_num_queries
):
    def fill(count):
        with working_for(north):
            for number in range(count):
                call = make_call(north, caller_name=f"A caller with a rather long name indeed {number}")
                for ordinal in range(count):
                    add_line(call, "Words.", ordinal=ordinal)
                    add_tool_call(call)
        return reverse("calls:detail", args=[call.pk]) if path == "detail" else path

    browser.get("/dashboard")  # the first page of a session also notes the organisation in it
    few = queries_of(browser, fill(1), django_assert_max_num_queries)
    many = queries_of(browser, fill(24), django_assert_max_num_queries)
    assert few == many
    assert many <= BUDGETS[path]


# Session, user, memberships (with its context) and the page's own, each transaction's savepoints included.
BUDGETS = {"/dashboard": 27, "/dashboard/calls": 14, "detail": 25}


def test_a_member_may_place_a_simulated_call_where_there_is_a_sandbox_only(north, add_member, sign_in):
    browser = sign_in(add_member(north, Role.MEMBER))
    assert browser.post("/dashboard/calls/simulate", {"scenario": "book_appointment"}).status_code == 422
    assert browser.post("/api/calls/simulate", {"scenario": "x"}, content_type="application/json").status_code == 404
