"""The price list: its page, its API, a sentence to try it with. Every change goes to the agents and on record."""

import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from contacts import price_list
from contacts.errors import BadKeywords, PriceListFull, ServiceNameTaken
from contacts.models import Service
from orgs.actors import Actor
from orgs.models import AuditEntry, Role
from voxanne.errors import BadInput

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture
def browser(sign_in, north_owner, north):
    return sign_in(north_owner)


@pytest.fixture(autouse=True)
def told(monkeypatch):
    """How often the agents were told."""
    found = []
    monkeypatch.setattr("contacts.price_list.refresh_agents", lambda *, org: found.append(org.pk))
    return found


def send(browser, method, path, body=None):
    return browser.generic(method, path, json.dumps(body or {}), content_type="application/json")


def service_id(name="Botox"):
    return Service.objects.get(name=name).pk


def test_the_page_shows_what_is_sold_at_which_price(browser):
    page = browser.get("/dashboard/services").text

    assert "£8,000" in page
    assert "nose job" in page
    assert 'aria-current="page"' in page


def test_a_service_is_added_changed_stopped_and_sold_again(browser, north, working_for, told):
    typed = {"name": " Laser  peel ", "price": "99.50", "keywords": "peels, laser\nPEEL", "duration_minutes": "45"}
    assert browser.post("/dashboard/services", typed).status_code == 302
    with working_for(north):
        peel = Service.objects.get(name="Laser peel")
    assert (peel.price_minor, peel.currency, peel.duration_minutes) == (9950, "GBP", 45)
    assert peel.keywords == ["peels", "laser"]

    path = f"/dashboard/services/{peel.pk}"
    for _ in range(2):
        assert browser.post(path, {"name": "Laser peel", "price": "120", "keywords": "peel"}).status_code == 302
    for action, is_active in (("off", False), ("off", False), ("on", True)):
        assert browser.post(f"{path}/{action}").status_code == 302
        with working_for(north):
            peel.refresh_from_db()
            assert (peel.is_active, peel.price_minor, peel.keywords) == (is_active, 12_000, ["peel"])
    with working_for(north):
        actions = AuditEntry.objects.filter(action__startswith="service.").order_by("id")
        assert list(actions.values_list("action", flat=True)) == ["service.added", *["service.changed"] * 3]
    assert told == [north.pk] * 4


@pytest.mark.parametrize(
    "wrong",
    [
        {"price": "-1"},
        {"price": "1.005"},
        {"price": "99999999999"},
        {"price": "free"},
        {"name": "botox"},
        {"name": "\u202e"},
        {"keywords": "?!"},
        {"keywords": "x" * 61},
        {"keywords": ",".join(f"word{n}" for n in range(31))},
        {"duration_minutes": "0"},
    ],
)
def test_what_cannot_be_sold_like_that_is_refused_at_its_field(browser, north, working_for, wrong):
    typed = {"name": "Peel", "price": "10", "keywords": "", "duration_minutes": "30", **wrong}
    response = browser.post("/dashboard/services", typed)

    assert response.status_code == 422
    assert set(response.context["form"].errors) == set(wrong)
    with working_for(north):
        assert Service.objects.count() == 7


def test_a_sentence_is_tried_with_the_list(browser):
    shown = browser.post("/dashboard/services/sentence", {"sentence": "I'd like Botox. How much is a face lift?"})
    assert "Botox" in shown.text
    assert "asked about" in shown.text
    assert "£400" in browser.post("/dashboard/services/sentence", {"sentence": "book botox"}, headers=HTMX).text
    nothing = browser.post("/dashboard/services/sentence", {"sentence": "he got botoxed"}, headers=HTMX)
    assert "Nothing on your price list was recognised" in nothing.text
    assert browser.post("/dashboard/services/sentence", {"sentence": ""}, headers=HTMX).status_code == 422


def test_members_read_the_list_and_admins_change_it(north, north_owner, sign_in, add_member, working_for):
    member = sign_in(add_member(north, Role.MEMBER))
    with working_for(north):
        botox = service_id()

    assert "Add a service" not in member.get("/dashboard/services").text
    assert "Stop selling" not in member.get(f"/dashboard/services/{botox}").text
    assert member.post("/dashboard/services", {"name": "X", "price": "1"}).status_code == 403
    assert send(member, "DELETE", f"/api/services/{botox}").status_code == 403


def test_the_api_lists_and_makes_services(browser):
    made = send(browser, "POST", "/api/services", {"name": "Peel", "price": "99.5", "keywords": ["peel"]})
    assert made.status_code == 201
    assert {"price": "99.50", "price_minor": 9950, "currency": "GBP", "is_active": True}.items() <= made.json().items()

    first = browser.get("/api/services?limit=5").json()
    rest = browser.get(f"/api/services?limit=5&cursor={first['next_cursor']}").json()
    names = [one["name"] for one in first["services"] + rest["services"]]
    assert (len(names), names[0], rest["next_cursor"]) == (8, "Peel", None)


def test_the_api_changes_and_takes_off(browser, north, working_for):
    with working_for(north):
        path = f"/api/services/{service_id()}"
    assert browser.get(path).json()["keywords"] == ["botox", "wrinkle", "injection"]
    changed = send(browser, "PATCH", path, {"price": 450, "keywords": ["botox"]})
    assert (changed.json()["price_minor"], changed.json()["keywords"]) == (45_000, ["botox"])
    for _ in range(2):
        assert send(browser, "DELETE", path).json()["is_active"] is False
    assert "Botox" not in [one["name"] for one in browser.get("/api/services?active=true").json()["services"]]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"name": "BOTOX"}, 409),
        ({"name": ""}, 400),
        ({"price": "1.001"}, 400),
        ({"price": -1}, 400),
        ({"price": 1_000_000_000}, 400),
        ({"keywords": ["!"]}, 400),
        ({"keywords": "botox"}, 400),
    ],
)
def test_the_api_refuses_in_words(browser, north, working_for, body, status):
    with working_for(north):
        path = f"/api/services/{service_id('Facelift')}"
    refused = send(browser, "PATCH", path, body)

    assert refused.status_code == status
    assert refused.json()["error"]


def test_another_clinics_service_is_not_there(browser, south, working_for):
    with working_for(south):
        theirs = service_id()
    for path in (f"/dashboard/services/{theirs}", f"/api/services/{theirs}"):
        assert browser.get(path).status_code == 404


def test_a_list_has_an_end(north, working_for, monkeypatch):
    monkeypatch.setattr(price_list, "MOST_SERVICES", 7)
    with working_for(north), pytest.raises(PriceListFull):
        price_list.add_service(org=north, facts={"name": "X", "price_minor": 1}, actor=Actor.system(north.pk))


def test_the_service_itself_refuses_what_no_form_has_seen(north, working_for):
    actor = Actor.system(north.pk)
    with working_for(north):
        for facts, error in (
            ({"name": "botox", "price_minor": 1}, ServiceNameTaken),
            ({"name": "\u200b", "price_minor": 1}, BadInput),
            ({"name": "X", "price_minor": 1, "keywords": ["…"]}, BadKeywords),
        ):
            with pytest.raises(error):
                price_list.add_service(org=north, facts=facts, actor=actor)


def test_the_page_takes_the_same_queries_however_long_the_list(browser, north, working_for, django_assert_num_queries):
    browser.get("/dashboard/services")
    with CaptureQueriesContext(connection) as before:
        browser.get("/dashboard/services")
    with working_for(north):
        Service.objects.bulk_create([Service(name=f"S{n}", price_minor=1, currency="GBP") for n in range(100)])
    with django_assert_num_queries(len(before)):
        browser.get("/dashboard/services")
