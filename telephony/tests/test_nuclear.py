"""Keeping one's number from end to end over HTTP: six phases, as the product promises them."""

import time

import pytest
from django.db import connection

from orgs.scope import org_scope, org_tx
from telephony.tests.lines import AGENT_NUMBER, LINE, OTHER_LINE, other_code

pytestmark = pytest.mark.django_db


# Phase 1: the API


def test_phase_1_a_valid_phone_is_called(desk):
    answer = desk.initiate(friendlyName="Front desk")

    told = answer.json()
    assert answer.status_code == 200
    assert told["success"] is True
    assert told["validationId"].startswith("CA")
    assert len(told["validationCode"]) == 6
    assert told["expiresAt"]
    assert "no-store" in answer.headers["Cache-Control"]
    (asked,) = desk.sandbox.control("GET", "/twilio")["validations"]
    assert (asked["phone_number"], asked["friendly_name"]) == (LINE, f"Voxanne line {told['verificationId']}")
    assert desk.row(told["verificationId"]).friendly_name == "Front desk"


def test_phase_1_an_invalid_phone_is_not(desk):
    answer = desk.initiate("15550000000")

    assert answer.status_code == 400
    assert answer.json()["error"] == "Invalid phone format. Must be E.164: +countrycode+number"
    assert desk.sandbox.requests_to("twilio", "POST") == []


def test_phase_1_the_valid_code_verifies(desk):
    started = desk.start()
    assert desk.take_call(started["validationId"]) == "right code"

    answer = desk.confirm(started["verificationId"], started["validationCode"])

    assert answer.status_code == 200
    told = answer.json()
    assert (told["success"], told["message"]) == (True, "Phone number verified successfully")
    assert told["callerIdSid"].startswith("PN")


def test_phase_1_an_invalid_code_counts_down(desk):
    started = desk.start()
    desk.take_call(started["validationId"])
    wrong = other_code(started["validationCode"])

    answers = [desk.confirm(started["verificationId"], wrong) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [400, 400]
    assert [answer.json()["error"] for answer in answers] == [
        "Invalid verification code. 2 attempts remaining.",
        "Invalid verification code. 1 attempt remaining.",
    ]


def test_phase_1_verified_numbers_are_listed(desk):
    line = desk.verify()

    told = desk.get("verified-numbers").json()

    assert told["success"] is True
    (number,) = told["numbers"]
    assert (number["id"], number["phoneNumber"], number["status"]) == (str(line), LINE, "verified")
    assert number["verifiedAt"]
    assert number["hasForwardingConfig"] is False


def test_phase_1_total_ai_is_set_up(desk):
    desk.has_number()
    line = desk.has_line()

    answer = desk.set_up(line.pk, forwardingType="total_ai", carrier="tmobile")

    config = answer.json()["config"]
    assert answer.status_code == 201
    assert config["generatedActivationCode"] == f"**21*{AGENT_NUMBER}#"
    assert config["generatedDeactivationCode"] == "##21#"
    assert config["status"] == "pending_setup"
    assert len(config["instructions"]) == 4


def test_phase_1_the_safety_net_is_set_up_with_its_ring_time(desk):
    desk.has_number()
    line = desk.has_line()

    config = desk.set_up(line.pk, forwardingType="safety_net", ringTimeSeconds=25).json()["config"]

    assert config["generatedActivationCode"] == f"**61*{AGENT_NUMBER}*11*25#"
    assert config["generatedDeactivationCode"] == "##61#"
    assert config["ringTimeSeconds"] == 25


def test_phase_1_a_verified_number_is_removed_with_its_forwarding(desk):
    desk.has_number()
    line = desk.verify()
    forwarding = desk.set_up(line).json()["config"]["id"]

    answer = desk.delete(f"verified-numbers/{line}")

    assert answer.status_code == 200
    assert answer.json()["deactivationCode"] == "##21#"
    assert desk.get("verified-numbers").json()["numbers"] == []
    assert desk.config(forwarding) is None
    assert desk.sandbox.control("GET", "/twilio")["callerIds"] == []
    assert desk.delete(f"verified-numbers/{line}").status_code == 404


def test_phase_1_forwarding_is_turned_off(desk):
    desk.has_number()
    forwarding = desk.set_up(desk.has_line().pk, carrier="att", forwardingType="safety_net").json()["config"]["id"]
    desk.post("forwarding-config/confirm", {"forwardingConfigId": forwarding})

    answers = [desk.delete(f"forwarding-config/{forwarding}") for _ in range(2)]

    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[0].json()["message"] == "Forwarding disabled. Dial: ##004# to deactivate."
    assert desk.get(f"forwarding-config/{forwarding}").json()["config"]["status"] == "disabled"


# Phase 2: wrong input


def test_phase_2_whatever_is_no_e164_is_refused(desk):
    for number in ("15551234567", "+1 555-123-4567", "(555) 123-4567", "+0155512345", "+15551234567x12", "", "abc"):
        answer = desk.initiate(number)
        assert (answer.status_code, answer.json()["code"]) == (400, "invalid_phone"), number


def test_phase_2_an_expired_code_is_told(desk, expired_code):
    started = expired_code()

    answer = desk.confirm(started["verificationId"], started["validationCode"])

    assert answer.status_code == 410
    assert answer.json()["error"] == "Verification code expired. Please request a new one."


def test_phase_2_the_third_wrong_code_locks(desk):
    started = desk.start()
    desk.take_call(started["validationId"])
    wrong = other_code(started["validationCode"])

    statuses = [desk.confirm(started["verificationId"], wrong).status_code for _ in range(3)]
    right = desk.confirm(started["verificationId"], started["validationCode"])

    assert statuses == [400, 400, 423]
    assert right.status_code == 423
    assert 3500 < int(right.headers["Retry-After"]) <= 3600
    assert desk.initiate().status_code == 423


# Phase 3: security


def test_phase_3_another_organisation_sees_and_reaches_nothing(desk, south_desk):
    desk.has_number()
    line = desk.verify()
    forwarding = desk.set_up(line).json()["config"]["id"]

    answers = [
        south_desk.get(f"verify-caller-id/{line}"),
        south_desk.confirm(line, "123456"),
        south_desk.delete(f"verified-numbers/{line}"),
        south_desk.get("forwarding-config", verifiedCallerId=str(line)),
        south_desk.set_up(line),
        south_desk.post("forwarding-config/confirm", {"forwardingConfigId": forwarding}),
        south_desk.delete(f"forwarding-config/{forwarding}"),
    ]

    assert [answer.status_code for answer in answers] == [404] * len(answers)
    assert south_desk.get("verified-numbers").json()["numbers"] == []
    assert desk.config(forwarding).status == "pending_setup"


def test_phase_3_codes_are_kept_as_hashes_only(desk):
    started = desk.start()

    row = desk.row(started["verificationId"])

    assert row.verification_code_hash.startswith("$2b$")
    with org_scope(desk.org), org_tx(), connection.cursor() as cursor:
        cursor.execute("SELECT v::text FROM verified_caller_ids v")
        assert started["validationCode"] not in cursor.fetchone()[0].replace(row.verification_code_hash, "")


def test_phase_3_a_number_is_called_three_times_an_hour(desk, south_desk):
    for _ in range(3):
        desk.start()

    answers = [desk.initiate(), south_desk.initiate()]

    assert desk.initiate(OTHER_LINE).status_code == 200
    assert [answer.status_code for answer in answers] == [429, 409]
    assert 3500 < int(answers[0].headers["Retry-After"]) <= 3600
    assert "three times within the hour" in answers[0].json()["error"]


# Phase 4: edges


def test_phase_4_a_number_that_is_verified_is_not_verified_again(desk):
    desk.verify()

    answer = desk.initiate()

    assert answer.status_code == 409
    assert answer.json()["error"] == "Phone number already verified for this organization"


def test_phase_4_the_longest_code_holds_its_ring_time(desk):
    desk.has_number("+123456789012345")
    line = desk.has_line()

    for asked, used in ((5, 5), (33, 30), (60, 30)):
        config = desk.set_up(line.pk, forwardingType="safety_net", carrier="att", ringTimeSeconds=asked).json()[
            "config"
        ]
        assert config["generatedActivationCode"] == f"*004*+123456789012345*11*{used}#"
        assert config["ringTimeSeconds"] == used


def test_phase_4_each_carrier_has_its_codes(desk):
    desk.has_number()
    line = desk.has_line()
    wanted = {
        ("att", "total_ai"): (f"*21*{AGENT_NUMBER}#", "#21#"),
        ("att", "safety_net"): (f"*004*{AGENT_NUMBER}*11*25#", "##004#"),
        ("verizon", "total_ai"): (f"*72{AGENT_NUMBER}", "*73"),
        ("verizon", "safety_net"): (f"*71{AGENT_NUMBER}", "*73"),
        ("tmobile", "safety_net"): (f"**61*{AGENT_NUMBER}*11*25#", "##61#"),
    }

    for (carrier, mode), codes in wanted.items():
        config = desk.set_up(line.pk, carrier=carrier, forwardingType=mode).json()["config"]
        assert (config["generatedActivationCode"], config["generatedDeactivationCode"]) == codes


# Phase 5: consistency


def test_phase_5_a_config_belongs_to_its_line_and_is_one_a_line(desk):
    desk.has_number()
    line = desk.has_line()

    first = desk.set_up(line.pk).json()["config"]
    second = desk.set_up(line.pk, carrier="att").json()["config"]

    assert (first["verifiedCallerId"], first["simPhoneNumber"]) == (str(line.pk), LINE)
    assert second["id"] == first["id"]
    told = desk.get("forwarding-config", verifiedCallerId=str(line.pk)).json()
    assert (told["success"], told["config"]["carrier"]) == (True, "att")
    assert desk.get("verified-numbers").json()["numbers"][0]["hasForwardingConfig"] is True


def test_phase_5_the_status_moves_in_its_circle(desk):
    desk.has_number()
    line = desk.has_line()
    forwarding = desk.set_up(line.pk).json()["config"]["id"]
    confirm = {"forwardingConfigId": forwarding}

    on = desk.post("forwarding-config/confirm", confirm)
    again = desk.post("forwarding-config/confirm", confirm)
    off = desk.delete(f"forwarding-config/{forwarding}")
    too_late = desk.post("forwarding-config/confirm", confirm)
    anew = desk.set_up(line.pk)

    assert (on.status_code, on.json()["status"]) == (200, "active")
    assert again.json() == on.json()
    assert (off.status_code, off.json()["deactivationCode"]) == (200, "##21#")
    assert too_late.status_code == 409
    assert (anew.status_code, anew.json()["config"]["status"]) == (201, "pending_setup")
    assert desk.config(forwarding).user_confirmed_setup is False


# Phase 6: speed. A busy machine may be slow once; it is not slow five times.


def within(limit_s, *, tries=5, work):
    """Whether one of a few tries is done in time."""

    def seconds(number):
        prepared = work(f"+1555300{number:04d}")
        started = time.perf_counter()
        prepared()
        return time.perf_counter() - started

    return any(seconds(number) < limit_s for number in range(10, 10 + tries))


def test_phase_6_a_verification_starts_within_a_second(desk, settings):
    settings.VERIFICATION_HASH_ROUNDS = 10

    assert within(1, work=lambda number: lambda: desk.start(number))


def test_phase_6_a_code_is_confirmed_within_half_a_second(desk, settings):
    settings.VERIFICATION_HASH_ROUNDS = 10

    def confirming(number):
        call = desk.start(number)
        desk.take_call(call["validationId"])

        def confirm():
            assert desk.confirm(call["verificationId"], call["validationCode"]).status_code == 200

        return confirm

    assert within(0.5, work=confirming)
