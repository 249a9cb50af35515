"""Setting forwarding up: what fits together, what it leads to, how it changes, and when it was seen working."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from calls.ingress.messages import Message
from calls.processing import _note_forwarded
from orgs.models import AuditEntry, IntegrationSettings, Role
from orgs.scope import org_scope, org_tx
from telephony.forwarding.choices import LEADS_BACK
from telephony.forwarding.configs import codes_of
from telephony.forwarding.selectors import find_forwarding_to, list_lines
from telephony.forwarding.sightings import note_incoming, start_test
from telephony.models import HybridForwardingConfig, PhoneNumberMapping
from telephony.tests.lines import AGENT_NUMBER, LINE, OTHER_LINE, UK_LINE, Desk
from voxanne.clock import now
from voxanne.errors import DomainError

pytestmark = pytest.mark.django_db

UK_AGENT = "+442079460101"


@pytest.fixture
def line(desk):
    desk.has_number()
    return desk.has_line()


def config_of(answer):
    assert answer.status_code == 201, answer.content
    return answer.json()["config"]


# What fits together


def test_what_does_not_fit_is_refused_in_words(desk, line):
    uk = desk.has_line(UK_LINE)
    wrong = [
        (line, {"forwardingType": "some_ai"}, "bad_input", "total_ai, safety_net"),
        (line, {"carrier": "vodafone"}, "bad_input", "att, tmobile"),
        (line, {"carrier": ""}, "bad_input", "att, tmobile"),
        (line, {"carrier": "", "network": "gb-nobody"}, "bad_input", "do not know that carrier"),
        (line, {"carrier": "att", "network": "us-verizon"}, "choice_not_offered", "Verizon is not AT&T"),
        (line, {"carrier": "", "network": "us-google-fi"}, "choice_not_offered", "Google Fi app"),
        (line, {"carrier": "verizon", "carrierCountryCode": "GB"}, "choice_not_offered", "no lines in United Kingdom"),
        (uk, {"carrier": "", "network": "us-verizon"}, "choice_not_offered", "Verizon has no lines in United Kingdom"),
        (line, {"carrier": "", "network": "gb-ee"}, "choice_not_offered", "EE has no lines in United States"),
        (line, {"carrierCountryCode": "1"}, "bad_input", "two letters"),
        (uk, {"carrier": "tmobile"}, "choice_not_offered", "T-Mobile has no lines in United Kingdom"),
        (line, {"ringTimeSeconds": 4}, "bad_input", "5 to 60 seconds"),
        (line, {"ringTimeSeconds": 61}, "bad_input", "5 to 60 seconds"),
        (line, {"ringTimeSeconds": "soon"}, "bad_input", ""),
        (line, {"forwardingNumber": LINE}, "forwarding_loop", "cannot forward to itself"),
        (line, {"forwardingNumber": "+15559998888"}, "bad_input", "not a number of your agents"),
    ]
    for row, choice, code, words in wrong:
        answer = desk.set_up(row.pk, **choice)
        assert (answer.status_code, answer.json()["code"]) == (400, code), choice
        assert words in answer.json()["error"], choice
    assert list_lines(org=desk.org)[0].has_forwarding is False


def test_without_a_number_to_forward_to_it_is_a_422(desk):
    line = desk.has_line()
    preview = {"forwardingType": "total_ai", "carrier": "att"}

    answers = [desk.set_up(line.pk), desk.post("forwarding-config/preview", preview)]

    assert {(answer.status_code, answer.json()["code"]) for answer in answers} == {(422, "no_forwarding_number")}
    desk.has_number(LINE)
    assert desk.set_up(line.pk).status_code == 422, "its only number is the line itself"


def test_a_line_that_is_not_verified_waits(desk, line):
    desk.change(line.pk, status="pending")

    answer = desk.set_up(line.pk)

    assert (answer.status_code, answer.json()["code"]) == (409, "not_verified")
    assert desk.set_up("01900000-0000-7000-8000-000000000000").status_code == 404
    assert desk.set_up("nothing").status_code == 400


def test_a_carrier_by_name_decides_codes_and_country(desk, line):
    uk = desk.has_line(UK_LINE)
    desk.has_number(UK_AGENT)

    config = config_of(
        desk.set_up(uk.pk, carrier="", network="gb-bt", forwardingType="safety_net", forwardingNumber=UK_AGENT)
    )

    assert (config["carrier"], config["network"], config["carrierCountryCode"]) == ("international", "gb-bt", "GB")
    assert config["generatedActivationCode"] == f"*61*{UK_AGENT}#"
    assert config["dialSequence"] == "*61*02079460101#"
    assert config["generatedDeactivationCode"] == "#61#"
    assert config["instructions"][1] == "2. Dial: *61*02079460101#"
    assert {"code": "#67#", "does": "turns that off"} in config["extras"]
    assert codes_of(desk.config(config["id"])).dial_sequence == config["dialSequence"]


def test_the_number_that_suggests_itself_is_the_one_that_is_ready(desk, line):
    desk.has_number(UK_AGENT)
    with org_scope(desk.org), org_tx():
        PhoneNumberMapping.objects.filter(phone_number=AGENT_NUMBER).update(sync_state="needs_attention")
    assert config_of(desk.set_up(line.pk))["twilioForwardingNumber"] == UK_AGENT
    with org_scope(desk.org), org_tx():
        PhoneNumberMapping.objects.filter(phone_number=UK_AGENT).update(is_wanted=False)
    assert config_of(desk.set_up(line.pk))["twilioForwardingNumber"] == AGENT_NUMBER


def test_another_number_of_the_clinics_moves_no_forwarding(desk, line):
    first = config_of(desk.set_up(line.pk))
    with org_scope(desk.org), org_tx():
        PhoneNumberMapping.objects.update(source="agent")
    desk.has_number(UK_AGENT)

    again = config_of(desk.set_up(line.pk))
    preview = {"forwardingType": "total_ai", "carrier": "att", "verifiedCallerId": str(line.pk)}
    shown = desk.post("forwarding-config/preview", preview).json()["codes"]
    moved = config_of(desk.set_up(line.pk, forwardingNumber=UK_AGENT))

    assert again["twilioForwardingNumber"] == first["twilioForwardingNumber"] == AGENT_NUMBER
    assert AGENT_NUMBER in shown["generatedActivationCode"]
    assert moved["twilioForwardingNumber"] == UK_AGENT


def test_a_preview_stores_nothing_and_says_what_is_rounded(desk, line):
    choice = {"forwardingType": "safety_net", "carrier": "tmobile", "ringTimeSeconds": 33}

    answer = desk.post("forwarding-config/preview", {**choice, "verifiedCallerId": str(line.pk)})

    codes = answer.json()["codes"]
    assert answer.status_code == 200
    assert codes["generatedActivationCode"] == f"**61*{AGENT_NUMBER}*11*30#"
    assert (codes["dialSequence"], codes["ringSecondsUsed"]) == ("**61*15550109999*11*30#", 30)
    assert "not 33" in codes["notes"][0]
    assert codes["alternatives"][0]["code"] == codes["generatedActivationCode"]
    assert desk.get("forwarding-config", verifiedCallerId=str(line.pk)).status_code == 404
    assert desk.post("forwarding-config/preview", choice).json()["codes"]["generatedDeactivationCode"] == "##61#"
    unknown = {**choice, "verifiedCallerId": "01900000-0000-7000-8000-000000000000"}
    assert desk.post("forwarding-config/preview", unknown).status_code == 404


def test_a_line_that_callers_are_put_through_to_is_warned_about(desk, line):
    with org_scope(desk.org), org_tx():
        IntegrationSettings.objects.update(transfer_phone_number=LINE)
    choice = {"forwardingType": "total_ai", "carrier": "att", "verifiedCallerId": str(line.pk)}

    assert config_of(desk.set_up(line.pk))["notes"][0] == LEADS_BACK
    assert desk.post("forwarding-config/preview", choice).json()["codes"]["notes"][0] == LEADS_BACK
    assert LEADS_BACK not in config_of(desk.set_up(line.pk, forwardingType="safety_net"))["notes"]


# How it changes


def test_what_is_on_goes_through_off_when_it_changes(desk, line):
    forwarding = config_of(desk.set_up(line.pk))["id"]
    desk.post("forwarding-config/confirm", {"forwardingConfigId": forwarding})

    same = config_of(desk.set_up(line.pk))
    other = config_of(desk.set_up(line.pk, forwardingType="safety_net"))

    assert (same["status"], same["userConfirmedSetup"]) == ("active", True)
    assert (other["status"], other["userConfirmedSetup"], other["confirmedAt"]) == ("pending_setup", False, None)
    with org_scope(desk.org), org_tx():
        told = AuditEntry.objects.filter(org=desk.org, action__startswith="forwarding.").order_by("pk")
        assert list(told.values_list("action", flat=True)) == [
            "forwarding.set_up", "forwarding.confirmed", "forwarding.changed",
        ]  # fmt: skip
        assert LINE not in str(list(told.values_list("details", flat=True)))


def test_what_was_never_on_is_forgotten_when_it_is_turned_off(desk, line):
    forwarding = config_of(desk.set_up(line.pk))["id"]

    first = desk.delete(f"forwarding-config/{forwarding}")

    assert (first.status_code, first.json()["deactivationCode"]) == (200, "##21#")
    assert desk.delete(f"forwarding-config/{forwarding}").status_code == 404
    assert desk.get("forwarding-config", verifiedCallerId=str(line.pk)).status_code == 404
    assert desk.get("forwarding-config").status_code == 400


def test_the_database_refuses_what_the_service_would_not_write(desk, line):
    forwarding = config_of(desk.set_up(line.pk))["id"]
    for values in (
        {"ring_time_seconds": 4}, {"ring_time_seconds": 61}, {"status": "on"}, {"carrier": "o2"},
        {"twilio_forwarding_number": LINE}, {"sim_phone_number": "5550001111"}, {"forwarding_type": "half"},
    ):  # fmt: skip
        with pytest.raises(IntegrityError), org_scope(desk.org), org_tx(), transaction.atomic():
            HybridForwardingConfig.objects.filter(pk=forwarding).update(**values)
    for values in (
        {"phone_number": "15550001111"}, {"status": "known"}, {"verification_attempts": 6},
        {"twilio_caller_id_sid": ""}, {"verified_at": None},
    ):  # fmt: skip
        with pytest.raises(IntegrityError):
            desk.change(line.pk, **values)


def test_members_read_and_preview_but_do_not_change(desk, line, add_member, sign_in):
    member = Desk(desk.org, sign_in(add_member(desk.org, Role.MEMBER)), desk.sandbox)
    forwarding = config_of(desk.set_up(line.pk))["id"]

    refused = [
        member.initiate(OTHER_LINE),
        member.confirm(line.pk, "123456"),
        member.set_up(line.pk),
        member.post("forwarding-config/confirm", {"forwardingConfigId": forwarding}),
        member.delete(f"forwarding-config/{forwarding}"),
        member.delete(f"verified-numbers/{line.pk}"),
    ]

    assert [answer.status_code for answer in refused] == [403] * len(refused)
    assert member.get("verified-numbers").status_code == 200
    assert member.get(f"verified-numbers/{line.pk}").json()["number"]["phoneNumber"] == LINE
    assert member.post("forwarding-config/preview", {"forwardingType": "total_ai", "carrier": "att"}).status_code == 200


def test_a_list_of_lines_costs_the_same_however_long_it_is(desk, line):
    def queries():
        with CaptureQueriesContext(connection) as asked:
            assert list_lines(org=desk.org)
        return len(asked)

    one = queries()
    for index in range(5):
        desk.set_up(desk.has_line(f"+1555000700{index}").pk)

    assert queries() == one
    assert [item.has_forwarding for item in list_lines(org=desk.org)] == [False, True, True, True, True, True]


def test_whoever_gives_a_number_up_learns_which_line_leads_there(desk, line):
    forwarding = config_of(desk.set_up(line.pk))["id"]
    with org_scope(desk.org), org_tx():
        found = find_forwarding_to(number=AGENT_NUMBER)
        assert (str(found.pk), found.generated_deactivation_code) == (forwarding, "##21#")
        assert find_forwarding_to(number=UK_AGENT) is None


# Seen working


def ring(desk, called=AGENT_NUMBER, *, kind="assistant-request", at=None, **call):
    body = {
        "type": kind, "timestamp": (at or now()).timestamp() * 1000,
        "call": {"id": "call-1", "type": "inboundPhoneCall", **call}, "phoneNumber": {"number": called},
        "status": "in-progress",
    }  # fmt: skip
    with org_scope(desk.org), org_tx():
        _note_forwarded(desk.org, Message(body))


def test_a_call_within_ten_minutes_of_the_test_marks_the_forwarding(desk, line):
    forwarding = config_of(desk.set_up(line.pk))["id"]

    def seen():
        return desk.config(forwarding).seen_working_at is not None

    ring(desk)
    assert not seen(), "nobody was trying"
    start_test(org=desk.org, forwarding_id=forwarding, actor=desk.actor)
    for unrelated in (
        {"called": UK_AGENT}, {"at": now() - timedelta(minutes=2)}, {"at": now() + timedelta(minutes=11)},
        {"transport": {"forwardedFrom": OTHER_LINE}}, {"type": "outboundPhoneCall"}, {"kind": "end-of-call-report"},
    ):  # fmt: skip
        ring(desk, **unrelated)
        assert not seen(), unrelated
    ring(desk, transport={"forwardedFrom": LINE})
    assert seen()
    assert desk.get("forwarding-config", verifiedCallerId=str(line.pk)).json()["config"]["seenWorkingAt"]


def test_a_carrier_that_names_no_line_marks_the_newest_test(desk, line):
    configs = [config_of(desk.set_up(row.pk))["id"] for row in (line, desk.has_line(OTHER_LINE))]
    for forwarding in configs:
        start_test(org=desk.org, forwarding_id=forwarding, actor=desk.actor)

    ring(desk, kind="status-update")

    assert [desk.config(forwarding).seen_working_at is not None for forwarding in configs] == [False, True]


def test_a_call_while_nobody_tests_costs_one_look(desk, line):
    desk.set_up(line.pk)
    with org_scope(desk.org), org_tx(), CaptureQueriesContext(connection) as asked:
        assert note_incoming(org_id=desk.org.pk, called_number=AGENT_NUMBER, at=now()) is None
        assert note_incoming(org_id=desk.org.pk, called_number="", at=now()) is None
    assert len(asked) == 1


def test_what_is_off_is_not_tested(desk, line):
    forwarding = config_of(desk.set_up(line.pk))["id"]
    desk.post("forwarding-config/confirm", {"forwardingConfigId": forwarding})
    desk.delete(f"forwarding-config/{forwarding}")

    for tried, code in ((forwarding, "forwarding_is_off"), (line.pk, "not_found")):
        with pytest.raises(DomainError) as refused:
            start_test(org=desk.org, forwarding_id=tried, actor=desk.actor)
        assert refused.value.code == code
