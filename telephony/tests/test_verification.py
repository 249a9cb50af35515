"""Proving a line: whose account is asked, what Twilio refuses, and what it tells when."""

from datetime import timedelta

import pytest
from django.db import connection

from orgs.scope import org_scope, org_tx
from providers.twilio.client import TwilioClient
from telephony.tests.lines import UK_LINE, call_back, other_code, validations
from telephony.tests.texting import OTHER_NUMBER, SID, TOKEN, connect_twilio
from voxanne.clock import now
from voxanne.errors import Owner, Rejected

pytestmark = pytest.mark.django_db

UNANSWERED, BUSY = "+15550000000", "+15550000002"


# Whose account


def test_a_clinic_with_an_account_is_verified_through_it(desk):
    connect_twilio(desk.org)

    started = desk.initiate(friendlyName="Front desk").json()

    assert (validations(desk)[0]["account_sid"], validations(desk)[0]["friendly_name"]) == (SID, "Front desk")
    assert desk.row(started["verificationId"]).twilio_account_sid == SID


def test_without_any_account_the_clinic_is_asked_to_connect_one(desk, settings):
    settings.TWILIO_ACCOUNT_SID = ""

    answer = desk.initiate()

    assert (answer.status_code, answer.json()["code"]) == (409, "not_connected")
    assert answer.json()["error"] == "Please connect Twilio in Integrations."


def test_what_the_clinics_own_account_lists_is_verified_without_a_call(desk):
    connect_twilio(desk.org)
    line = desk.verify()
    desk.change(line, status="failed", is_ours_at_twilio=False, twilio_caller_id_sid="")

    answer = desk.initiate()

    told = answer.json()
    assert (answer.status_code, told["validationCode"], told["validationId"]) == (200, None, None)
    assert "no call to answer" in told["message"]
    assert desk.row(line).is_verified
    assert desk.delete(f"verified-numbers/{line}").status_code == 200
    assert len(desk.sandbox.control("GET", "/twilio")["callerIds"]) == 1, "it was the clinic's before"


def test_a_number_that_another_clinic_proved_through_the_platform_stays_its_own(desk, south_desk):
    desk.verify()
    an_hour_later(desk)

    answer = south_desk.initiate()

    assert (answer.status_code, answer.json()["code"]) == (409, "verified_elsewhere")
    assert south_desk.get("verified-numbers").json()["numbers"] == []


def test_an_own_earlier_call_that_was_keyed_in_counts_when_twilio_knows_the_number(desk):
    started = desk.start()
    desk.take_call(started["validationId"])
    assert not desk.row(started["verificationId"]).is_confirmed_by_twilio, "its callback was lost, and nobody looked"

    answer = desk.initiate()

    assert (answer.status_code, answer.json()["validationCode"]) == (200, None)
    assert desk.row(started["verificationId"]).is_verified


def test_while_a_code_is_open_no_other_clinic_gets_a_call_to_that_number(desk, south_desk):
    desk.start()

    answer = south_desk.initiate()

    assert (answer.status_code, answer.json()["code"]) == (409, "call_under_way")
    connect_twilio(south_desk.org)
    assert south_desk.initiate().status_code == 200, "through an account of its own it may"


def test_calls_are_counted_over_all_clinics(desk, south_desk):
    connect_twilio(south_desk.org)
    desk.start()
    desk.start()
    south_desk.start()

    answers = [desk.initiate(), south_desk.initiate()]

    assert [answer.status_code for answer in answers] == [429, 429]
    assert all(3500 < int(answer.headers["Retry-After"]) <= 3600 for answer in answers)


# What Twilio refuses


def test_each_refusal_of_twilio_is_told_in_words_and_not_counted(desk, monkeypatch):
    connect_twilio(desk.org)
    refusals = {
        "21449": (409, "own_twilio_number"), "21217": (400, "number_not_allowed"), "21215": (409, "twilio_refused"),
        "10002": (409, "twilio_refused"), "21453": (409, "verified_elsewhere"), "29999": (409, "twilio_refused"),
    }  # fmt: skip
    for code, expected in refusals.items():
        error = Rejected(provider="twilio", operation="request_verification", status=400, code=code, owner=Owner.CLINIC)
        monkeypatch.setattr(TwilioClient, "request_verification", raising(error))
        answer = desk.initiate()
        assert (answer.status_code, answer.json()["code"]) == expected, code
    monkeypatch.undo()
    assert desk.initiate().status_code == 200


def raising(error):
    def refuse(*_, **__):
        raise error

    return refuse


def test_twilio_in_trouble_is_a_502_and_the_call_counts(desk):
    for fault in ({"status": 503}, {"status": 429}, {"drop_rate": 1}):
        desk.sandbox.spoil(provider="twilio", **fault)
        answer = desk.initiate()
        assert (answer.status_code, answer.json()["code"]) == (502, "provider_unavailable"), fault
    desk.sandbox.heal(provider="twilio")

    assert [desk.initiate().status_code for _ in range(2)] == [200, 429], "a 429 of Twilio's was no call"


def test_an_account_that_twilio_does_not_take_is_the_clinics_to_mend(desk):
    connect_twilio(desk.org, token="3c" * 14 + "1bad")

    answer = desk.initiate()

    assert answer.status_code == 409
    assert "Reconnect it in Integrations" in answer.json()["error"]


# The other half of the proof


def test_until_twilio_confirms_no_attempt_is_spent(desk):
    started = desk.start()

    answers = [desk.confirm(started["verificationId"], other_code(started["validationCode"])) for _ in range(4)]

    assert {(answer.status_code, answer.json()["code"]) for answer in answers} == {(409, "not_confirmed_yet")}
    assert desk.get(f"verify-caller-id/{started['verificationId']}").json()["attemptsRemaining"] == 3


def test_twilio_being_away_while_a_code_is_confirmed_costs_nothing(desk):
    started = desk.start()
    desk.take_call(started["validationId"])
    desk.sandbox.spoil(provider="twilio", status=503)

    assert desk.confirm(started["verificationId"], started["validationCode"]).status_code == 409
    desk.sandbox.heal(provider="twilio")
    assert desk.confirm(started["verificationId"], started["validationCode"]).status_code == 200


def test_a_call_that_nobody_took_is_told(desk):
    for number, ending in ((UNANSWERED, "nobody answered"), (BUSY, "busy"), ("+15550000001", "wrong code")):
        started = desk.start(number)
        assert desk.take_call(started["validationId"]) == ending
        assert call_back(desk, started, number=number, VerificationStatus="failed").status_code == 204

        state = desk.get(f"verify-caller-id/{started['verificationId']}").json()
        answer = desk.confirm(started["verificationId"], started["validationCode"])

        assert (state["status"], state["callFailed"], state["attemptsRemaining"]) == ("failed", True, 3)
        assert (answer.status_code, answer.json()["code"]) == (409, "call_not_answered")


def test_the_callback_alone_is_enough_and_comes_twice_without_harm(desk):
    started = desk.start()

    assert [call_back(desk, started).status_code for _ in range(2)] == [204, 204]
    late = call_back(desk, started, VerificationStatus="failed")
    answer = desk.confirm(started["verificationId"], started["validationCode"])

    assert late.status_code == 204
    assert (answer.status_code, answer.json()["callerIdSid"]) == (200, "PN" + "a" * 32)
    assert desk.sandbox.requests_to("twilio", "GET") == []


def test_a_success_after_a_failure_was_right(desk):
    started = desk.start()
    call_back(desk, started, VerificationStatus="failed")
    call_back(desk, started)

    assert desk.confirm(started["verificationId"], started["validationCode"]).status_code == 200


def test_only_the_account_of_the_call_may_tell_of_it(desk, south_desk):
    started = desk.start()
    connect_twilio(south_desk.org, number=OTHER_NUMBER)

    assert call_back(desk, started, token="7" * 32).status_code == 403
    assert call_back(desk, started, AccountSid=SID, token=TOKEN).status_code == 403
    elsewhere = {**started, "verificationId": "01900000-0000-7000-8000-000000000000"}
    for told, fields in (
        (started, {"CallSid": "CA" + "9" * 32}), (started, {"To": UK_LINE}), (elsewhere, {}),
        (started, {"OutgoingCallerIdSid": "PN-1"}), (started, {"VerificationStatus": ""}),
        ({**started, "verificationId": "x"}, {}),
    ):  # fmt: skip
        assert call_back(desk, told, **fields).status_code == 204
    assert not desk.row(started["verificationId"]).is_confirmed_by_twilio
    connect_twilio(desk.org)
    own = call_back(desk, started, AccountSid=SID, token=TOKEN)
    assert own.status_code == 204, "genuine, but not of the account that made the call"
    assert not desk.row(started["verificationId"]).is_confirmed_by_twilio


def test_whoever_waits_learns_it_without_a_callback_and_twilio_is_not_asked_each_time(desk):
    started = desk.start()
    path = f"verify-caller-id/{started['verificationId']}"
    first = desk.get(path).json()
    assert (first["status"], first["confirmedByTwilio"], first["callFailed"]) == ("pending", False, False)
    desk.take_call(started["validationId"])

    assert desk.get(path).json()["confirmedByTwilio"] is False
    assert len(desk.sandbox.requests_to("twilio", "GET")) == 1
    desk.change(started["verificationId"], asked_at=now() - timedelta(seconds=5))
    assert desk.get(path).json()["confirmedByTwilio"] is True


def test_an_expired_code_shows_as_expired_and_a_new_call_makes_another(desk, expired_code):
    old = expired_code()
    assert desk.get(f"verify-caller-id/{old['verificationId']}").json()["status"] == "expired"

    new = desk.start()

    assert new["verificationId"] == old["verificationId"]
    desk.take_call(new["validationId"])
    if new["validationCode"] != old["validationCode"]:
        assert desk.confirm(new["verificationId"], old["validationCode"]).json()["code"] == "wrong_code"
    assert desk.confirm(new["verificationId"], new["validationCode"]).status_code == 200
    again = desk.confirm(new["verificationId"], new["validationCode"])
    assert (again.status_code, again.json()["code"]) == (409, "already_verified")


def test_what_is_nothing_like_a_code_costs_no_attempt(desk):
    started = desk.start()
    desk.take_call(started["validationId"])

    for code in ("", "12345", "1234567", "12345a", "१२३४५६", None, ["123456"]):
        assert desk.confirm(started["verificationId"], code).status_code == 400, code
    assert desk.confirm("not-an-id", "123456").status_code == 400
    code = started["validationCode"]
    assert desk.confirm(started["verificationId"], f"{code[:3]} {code[3:]}").status_code == 200


def an_hour_later(desk):
    """What was counted until now is forgotten, as it is by a call after an hour."""
    with org_scope(desk.org), org_tx(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT count_verification_call('+1', 'AC', %s::timestamptz, '1 hour', '10 minutes', 3)",
            [now() + timedelta(hours=2)],
        )
