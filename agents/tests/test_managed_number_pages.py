"""Numbers of ours through the API, in the browser, from the command line, and what is texted to them."""

import re
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from agents.managed_numbers.flow import advance
from agents.models import CallDirection
from agents.tests.managed import MASTER_SID, MASTER_TOKEN, NUMBER, change, finish, judge, managed, order
from agents.tests.twilio_accounts import agents_of, connect
from orgs.models import Role
from orgs.scope import org_scope, org_tx
from orgs.tenancy.samples import make_sample
from telephony.models import HybridForwardingConfig, ManagedPhoneNumber, ManagedStatus, Message

pytestmark = pytest.mark.django_db(transaction=True)

API = "/api/telephony/managed-numbers"
PAGES = "/dashboard/telephony/numbers"


@pytest.fixture
def sandbox(provider_sandbox, settings):
    settings.TWILIO_MASTER_ACCOUNT_SID, settings.TWILIO_MASTER_AUTH_TOKEN = MASTER_SID, MASTER_TOKEN
    return provider_sandbox


@pytest.fixture
def owner(north_owner, sign_in):
    return sign_in(north_owner)


def the_number(org):
    with org_scope(org), org_tx():
        return ManagedPhoneNumber.objects.get()


def test_the_api_searches_orders_assigns_and_gives_back(north, owner, sandbox):
    found = owner.get("/api/telephony/available-numbers?country=us&areaCode=415").json()["numbers"]
    assert found[0]["phoneNumber"] == NUMBER
    assert (found[0]["monthlyCost"], found[0]["canBeBought"]) == ({"minor": 115, "currency": "USD"}, True)
    irish = owner.get("/api/telephony/available-numbers?country=IE").json()["numbers"][0]
    assert (irish["canBeBought"], irish["addressNote"]) == (False, "Needs an address in the same area")

    answer = owner.post(API, {"phoneNumber": NUMBER}, content_type="application/json")
    assert answer.status_code == 202
    number_id = answer.json()["number"]["id"]
    assert owner.post(API, {"phoneNumber": NUMBER}, content_type="application/json").json()["number"]["id"] == number_id
    advance(org=north, row_id=number_id)
    assert owner.get(f"{API}/{number_id}").json()["number"]["status"] == "active"
    outbound = agents_of(north)[CallDirection.OUTBOUND]
    assigned = owner.patch(f"{API}/{number_id}", {"agentId": str(outbound.pk)}, content_type="application/json").json()
    assert assigned["number"]["agentId"] == str(outbound.pk)
    assert owner.delete(f"{API}/{number_id}").status_code == 202
    advance(org=north, row_id=number_id)
    assert [item["status"] for item in owner.get(API).json()["numbers"]] == ["released"]
    judge(north, sandbox)


def test_the_api_says_what_it_does_not_understand(north, owner, sandbox, settings):
    for query, field in (
        ("", "country"),
        ("country=XX", "country"),
        ("country=GB&areaCode=207", "areaCode"),
        ("country=US&areaCode=20", "areaCode"),
        ("country=US&type=fancy", "type"),
        ("country=US&contains=1", "contains"),
    ):
        answer = owner.get(f"/api/telephony/available-numbers?{query}")
        assert answer.status_code == 400, query
        assert field in answer.json()["fields"]
    for body, field in (({}, "phoneNumber"), ({"phoneNumber": NUMBER, "type": 3}, "type"),
                        ({"phoneNumber": NUMBER, "agentId": "x"}, "agentId")):  # fmt: skip
        answer = owner.post(API, body, content_type="application/json")
        assert (answer.status_code, list(answer.json()["fields"])) == (400, [field])
    sandbox.spoil(provider="twilio", status=503)
    assert owner.get("/api/telephony/available-numbers?country=GB").status_code == 502
    settings.TWILIO_MASTER_ACCOUNT_SID = ""
    assert owner.get("/api/telephony/available-numbers?country=GB").json()["code"] == "master_account_missing"


def test_members_look_and_do_not_buy(north, sign_in, add_member, sandbox):
    row = order(north)
    member = sign_in(add_member(north, Role.MEMBER))

    assert "Get a number" not in member.get(PAGES).content.decode()
    assert "Give back" not in member.get(f"{PAGES}/{row.pk}").content.decode()
    assert member.get(f"{PAGES}/new").status_code == 403
    assert member.post(f"{PAGES}/{row.pk}/release").status_code == 403
    assert member.delete(f"{API}/{row.pk}").status_code == 403


def test_a_number_is_bought_in_the_browser_without_scripts(north, owner, sandbox):
    assert "You have no number from us yet" in owner.get(PAGES).content.decode()
    assert "$1.15" in owner.get(f"{PAGES}/new?country=US&area_code=415").content.decode()
    buy = owner.get(f"{PAGES}/buy?number=%2B14155550150&kind=local").content.decode()
    assert "$1.15" in buy
    agent = re.search(r'option value="([0-9a-f-]{36})"', buy)[1]

    bought = owner.post(f"{PAGES}/buy", {"number": NUMBER, "kind": "local", "agent": agent})

    page = owner.get(bought["Location"]).content.decode()
    assert "Buy the number at Twilio" in page
    row = the_number(north)
    finish(north, row)
    bought_page = owner.get(bought["Location"]).content.decode()
    assert "are answered by" in bought_page
    # While it is on its way the page also asks by itself; what listens to news stays as it is.
    news, polls = 'hx-trigger="live:agent from:body throttle:1s"', 'hx-trigger="every 5s"'
    assert [(text.count(news), text.count(polls)) for text in (page, bought_page)] == [(1, 1), (1, 0)]
    listed = owner.get(PAGES, headers={"HX-Request": "true"}).content.decode()
    assert NUMBER in listed
    assert "<html" not in listed
    outbound = agents_of(north)[CallDirection.OUTBOUND]
    owner.post(f"{PAGES}/{row.pk}/agent", {"agent": str(outbound.pk)})
    assert the_number(north).agent_id == outbound.pk
    assert owner.post(f"{PAGES}/{row.pk}/agent", {"agent": "nobody"}).status_code == 422
    assert "reach nobody" in owner.get(f"{PAGES}/{row.pk}/release").content.decode()
    owner.post(f"{PAGES}/{row.pk}/release")
    assert finish(north, row).status == ManagedStatus.RELEASED


def test_what_stands_in_the_way_is_said_on_the_page(north, owner, sandbox):
    assert owner.get(f"{PAGES}/new?country=GB&area_code=020").status_code == 422
    assert "No number is for sale that fits" in owner.get(f"{PAGES}/new?country=US&area_code=999").content.decode()
    assert "address" in owner.get(f"{PAGES}/new?country=IE").content.decode()
    assert owner.get(f"{PAGES}/buy?number=%2B14155559999").headers["Location"] == f"{PAGES}/new"
    row = order(north)
    change(north, row, status="failed", is_wanted=False, problem="Somebody else has it.", due_at=None)
    assert "Somebody else has it." in owner.get(f"{PAGES}/{row.pk}").content.decode()


def test_the_list_asks_as_often_for_many_numbers(north, owner, sandbox, settings):
    settings.MANAGED_NUMBERS_PER_CLINIC = 9
    order(north)
    owner.get(PAGES)
    with CaptureQueriesContext(connection) as one:
        owner.get(PAGES)
    for last in range(151, 156):
        order(north, f"+14155550{last}")
    with CaptureQueriesContext(connection) as many:
        owner.get(PAGES)
    assert len(many) == len(one)


def test_texts_to_a_number_of_ours_reach_its_clinic_and_no_other(north, south, sandbox, settings, live_server):
    settings.BACKEND_URL = live_server.url
    finish(north, order(north))
    finish(south, order(south, "+14155550151"))
    connect(north, number="+442079460101")  # the clinic's own account keeps our number's entry

    sent = sandbox.control("POST", "/sms", {"from": "+447700900123", "to": NUMBER, "body": "Is Tuesday free?"})

    assert sent["statusCode"] == 200
    with org_scope(north), org_tx():
        assert Message.objects.get(direction="inbound").content == "Is Tuesday free?"
    with org_scope(south), org_tx():
        assert not Message.objects.exists()
    settings.TWILIO_MASTER_AUTH_TOKEN = "0e" * 16
    sent = sandbox.control("POST", "/sms", {"from": "+447700900123", "to": NUMBER, "body": "Forged"})
    assert sent["statusCode"] == 403


def test_an_operator_gives_a_number_back(north, sandbox):
    row = order(north)
    finish(north, row)
    said = StringIO()

    call_command("release_number", NUMBER, stdout=said)

    assert said.getvalue() == "Given back.\n"
    assert managed(north, row).status == ManagedStatus.RELEASED
    judge(north, sandbox)
    for wrong, why in ((NUMBER, "No clinic"), ("nonsense", "E.164")):
        with pytest.raises(CommandError, match=why):
            call_command("release_number", wrong)


def test_lines_that_lead_to_a_number_are_told_how_to_stop_first(north, north_owner, owner, sandbox):
    row = order(north)
    with org_scope(north), org_tx():
        line = make_sample(HybridForwardingConfig, user_id=north_owner.pk)
        HybridForwardingConfig.objects.update(
            twilio_forwarding_number=NUMBER, generated_deactivation_code="##004#", status="active"
        )

    page = owner.get(f"{PAGES}/{row.pk}/release").content.decode()

    assert line.sim_phone_number in page
    assert "##004#" in page
    answer = owner.delete(f"{API}/{row.pk}").json()
    assert answer["turnOff"] == [{"phoneNumber": line.sim_phone_number, "code": "##004#"}]
