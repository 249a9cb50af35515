"""What staff have to do, on the overview and on the call's page: done, undone, and for the right people."""

import pytest
from django.urls import reverse

from calls.models import Outcome
from calls.tests.factories import make_call
from contacts.models import StaffTask, TaskKind
from contacts.staff_tasks import NewTask, add_task
from orgs.models import Role

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def _no_broker(monkeypatch):
    monkeypatch.setattr("orgs.tasks.wake", lambda *args, **kwargs: None)


@pytest.fixture
def browser(sign_in, north, add_member):
    return sign_in(add_member(north, Role.MEMBER))


@pytest.fixture
def note(north, working_for):
    def noted(kind=TaskKind.CALL_BACK, **facts):
        with working_for(north):
            call = make_call(north, **facts)
            task = NewTask(kind=kind, cause=f"{kind}:{call.pk}", reason="They reached nobody.", call_id=call.pk)
            return add_task(org=north, task=task)[0]

    return noted


def is_open(org, task, working_for):
    with working_for(org):
        return StaffTask.objects.get(pk=task.pk).is_open


def test_a_call_back_stands_on_the_overview_and_on_the_calls_page(browser, note):
    task = note(outcome=Outcome.NOT_REACHED, transfer_to="+442079460300")

    for page in (browser.get("/dashboard").text, browser.get(f"/dashboard/calls/{task.call_id}").text):
        assert "To do" in page
        assert "They reached nobody." in page
        assert f"/dashboard/tasks/{task.pk}/done" in page
    page = browser.get(f"/dashboard/calls/{task.call_id}").text
    assert "020 7946 0300: nobody answered" in page
    assert "was to be put through, but nobody answered" in page
    assert "Nobody reached" in browser.get("/dashboard/calls").text


def test_a_red_flag_needs_somebody_first_and_is_put_away_on_its_page(browser, north, note, working_for):
    task = note(kind=TaskKind.RED_FLAG)

    page = browser.get("/dashboard").text
    assert page.index("A caller may need urgent help") < page.index("Recent activity")
    assert f"/dashboard/tasks/{task.pk}/done" not in page
    assert f"/dashboard/tasks/{task.pk}/done" in browser.get(f"/dashboard/calls/{task.call_id}").text
    browser.post(f"/dashboard/tasks/{task.pk}/done", {"on": "call"})
    assert "needs you" not in browser.get("/dashboard", headers=HTMX).text.lower()


def test_done_and_undone_without_script(browser, north, note, working_for):
    task = note()
    answer = browser.post(f"/dashboard/tasks/{task.pk}/done", {"on": "call"})
    assert (answer.status_code, answer.url) == (302, reverse("calls:detail", args=[task.call_id]))
    assert not is_open(north, task, working_for)
    answer = browser.post(f"/dashboard/tasks/{task.pk}/undo")
    assert (answer.status_code, answer.url) == (302, reverse("calls:overview"))
    assert is_open(north, task, working_for)


def test_with_script_the_line_comes_back_as_it_is_now(browser, north, note):
    task = note()
    for _ in range(2):
        answer = browser.post(f"/dashboard/tasks/{task.pk}/done", headers=HTMX)
        assert "Undo" in answer.text
        assert f'id="task-{task.pk}"' in answer.text
        assert "Done." in answer["HX-Trigger"]


def test_another_clinics_tasks_are_not_found(sign_in, south, south_owner, note):
    task = note()
    for verb in ("done", "undo"):
        assert sign_in(south_owner).post(f"/dashboard/tasks/{task.pk}/{verb}").status_code == 404


def test_the_overview_asks_as_often_for_many_tasks_as_for_one(
    browser, north, note, django_assert_num_queries, django_assert_max_num_queries
):
    note(), note(kind=TaskKind.RED_FLAG)
    browser.get("/dashboard")
    with django_assert_max_num_queries(40) as one:
        browser.get("/dashboard")
    for _ in range(4):
        note()
        note(kind=TaskKind.RED_FLAG)
    with django_assert_num_queries(len(one)):
        browser.get("/dashboard")


def test_every_page_can_say_that_a_caller_needs_help(browser):
    for path in ("/dashboard", "/dashboard/calls", "/dashboard/appointments", "/dashboard/agents"):
        page = browser.get(path).text
        assert 'id="toast-urgent"' in page
        assert "A caller may need urgent help" in page
