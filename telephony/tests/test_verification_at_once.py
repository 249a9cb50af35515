"""Proving a line when fifty people guess, when the process dies half-way, and at night."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connections

from credentials.service import credential_service
from credentials.types import Provider
from orgs.scope import org_scope, org_tx
from telephony.forwarding import proofs, verifying
from telephony.forwarding.cleaning import clean_up, forget_left_behind
from telephony.models import VerifiedCallerId
from telephony.tests.lines import LINE, other_code, validations
from telephony.tests.texting import connect_twilio
from voxanne.clock import now

pytestmark = pytest.mark.django_db(transaction=True)

# At once, and half-way


def at_once(count, work):
    def one(number):
        try:
            return work(number)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(count) as people:
        return list(people.map(one, range(count)))


def test_of_fifty_guesses_at_once_three_count(desk):
    started = desk.start()
    desk.take_call(started["validationId"])
    assert desk.get(f"verify-caller-id/{started['verificationId']}").json()["confirmedByTwilio"] is True
    wrong = other_code(started["validationCode"])

    def guess(_):
        try:
            proofs.confirm_verification(
                org=desk.org, verification_id=started["verificationId"], code=wrong, actor=desk.actor
            )
        except proofs.DomainError as refused:
            return refused.code
        return "verified"

    told = at_once(50, guess)

    assert sorted(set(told)) == ["number_locked", "wrong_code"]
    assert told.count("wrong_code") == 2
    row = desk.row(started["verificationId"])
    assert (row.verification_attempts, row.verification_code_hash) == (3, "")
    assert desk.confirm(started["verificationId"], started["validationCode"]).status_code == 423
    assert desk.delete(f"verified-numbers/{started['verificationId']}").status_code == 423
    desk.change(started["verificationId"], locked_until=now() - timedelta(seconds=1))
    assert desk.confirm(started["verificationId"], started["validationCode"]).status_code == 410
    assert desk.initiate().status_code == 200


def test_of_ten_starts_at_once_one_calls(desk):
    def start(_):
        try:
            verifying.start_verification(org=desk.org, phone_number=LINE, actor=desk.actor)
        except proofs.DomainError as refused:
            return refused.code
        return "called"

    told = at_once(10, start)

    assert told.count("called") == len(validations(desk))
    assert 1 <= told.count("called") <= 3
    assert set(told) <= {"called", "call_under_way", "too_many_verification_calls"}


def test_a_start_that_died_is_told_and_another_takes_its_place(desk, monkeypatch):
    def die(point):
        if point == "verification.asked":
            raise SystemExit(point)

    monkeypatch.setattr(verifying, "failpoint", die)
    with pytest.raises(SystemExit):
        verifying.start_verification(org=desk.org, phone_number=LINE, actor=desk.actor)
    monkeypatch.undo()
    with org_scope(desk.org), org_tx():
        row = VerifiedCallerId.objects.get()

    assert desk.get(f"verify-caller-id/{row.pk}").json()["status"] == "pending"
    assert desk.confirm(row.pk, "123456").json()["code"] == "not_confirmed_yet"
    assert desk.initiate().json()["code"] == "call_under_way"
    desk.change(row.pk, claimed_until=now() - timedelta(seconds=1))
    assert desk.initiate().status_code == 200


def test_removing_that_died_goes_on_where_it_was(desk):
    line = desk.verify()
    desk.sandbox.spoil(provider="twilio", status=503, after_work=True)

    refused = desk.delete(f"verified-numbers/{line}")
    assert (refused.status_code, refused.json()["code"]) == (502, "provider_unavailable")
    assert desk.row(line).is_verified
    desk.sandbox.heal(provider="twilio")
    assert desk.sandbox.control("GET", "/twilio")["callerIds"] == []
    assert desk.delete(f"verified-numbers/{line}").status_code == 200


def test_a_line_of_an_account_that_is_gone_is_only_forgotten_here(desk):
    connect_twilio(desk.org)
    line = desk.verify()
    credential_service.delete(org_id=desk.org.pk, provider=Provider.TWILIO, actor=desk.actor)

    assert desk.delete(f"verified-numbers/{line}").status_code == 200


# The night


def test_the_night_expires_and_deletes_but_never_what_forwards(desk, working_for):
    desk.has_number()
    forwarding = desk.has_line("+15550004444")
    config = desk.set_up(forwarding.pk).json()["config"]["id"]
    desk.post("forwarding-config/confirm", {"forwardingConfigId": config})
    moment = now()
    ages = {"late": timedelta(minutes=11), "open": timedelta(minutes=-1), "grace": timedelta(minutes=5)}
    with working_for(desk.org):
        for index, (name, age) in enumerate(ages.items()):
            VerifiedCallerId.objects.create(
                org=desk.org, phone_number=f"+1555000500{index}", friendly_name=name,
                verification_code_expires_at=moment - age,
            )  # fmt: skip
        for index, (status, hours) in enumerate((("failed", 25), ("expired", 25), ("failed", 23), ("verified", 99))):
            row = VerifiedCallerId.objects.create(
                org=desk.org, phone_number=f"+1555000600{index}", status=status, verified_at=moment,
                twilio_caller_id_sid="PN1",
            )  # fmt: skip
            VerifiedCallerId.objects.filter(pk=row.pk).update(updated_at=moment - timedelta(hours=hours))
        VerifiedCallerId.objects.filter(pk=forwarding.pk).update(
            status="failed", updated_at=moment - timedelta(hours=48)
        )

    assert clean_up() == (1, 2)
    assert clean_up() == (0, 0)
    with working_for(desk.org):
        left = dict(VerifiedCallerId.objects.values_list("phone_number", "status"))
    assert left == {
        "+15550004444": "failed", "+15550005000": "expired", "+15550005001": "pending", "+15550005002": "pending",
        "+15550006002": "failed", "+15550006003": "verified",
    }  # fmt: skip


def test_the_night_frees_numbers_that_were_keyed_in_and_never_finished(desk, settings):
    kept = desk.verify("+15550008881")
    left = desk.start()
    desk.take_call(left["validationId"])
    assert forget_left_behind() == 0, "it may still be finished"
    desk.change(left["verificationId"], status="expired", updated_at=now() - timedelta(hours=25))
    assert clean_up() == (0, 1)

    desk.sandbox.spoil(provider="twilio", status=503)
    assert forget_left_behind() == 0
    desk.sandbox.heal(provider="twilio")
    assert [forget_left_behind(), forget_left_behind()] == [1, 0]

    (entry,) = desk.sandbox.control("GET", "/twilio")["callerIds"]
    assert entry["friendly_name"] == f"Voxanne line {kept}"
    settings.TWILIO_ACCOUNT_SID = ""
    assert forget_left_behind() == 0
