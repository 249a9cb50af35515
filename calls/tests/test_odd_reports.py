"""Reports as nobody would write them: nothing is lost, nothing breaks, nobody is made up."""

import copy

import pytest

from calls.models import Call, WebhookEvent
from calls.tests import payloads
from contacts.models import Contact

pytestmark = pytest.mark.django_db
HOURS_LONG = 2400


@pytest.fixture
def take(line, working_for):
    """Deliver reports of one call and work them off; its row and what was said in it."""

    def run(*bodies):
        for body in bodies:
            assert line.post(body).status_code == 200
        line.work_off("c1")
        with working_for(line.org):
            assert not WebhookEvent.objects.filter(processed_at=None).exists()
            call = Call.objects.select_related("contact").get(vapi_call_id="c1")
            return call, list(call.lines.order_by("ordinal").values_list("role", "text"))

    return run


@pytest.fixture
def report(line):
    def make(**fields):
        return payloads.report(call_id="c1", assistant_id=line.assistant_id, **fields)

    return make


def with_messages(body, *said):
    body["message"]["artifact"]["messages"] = [
        {"role": "user", "message": text, "secondsFromStart": float(turn)} for turn, text in enumerate(said)
    ]
    return body


@pytest.mark.parametrize(
    "missing",
    ["artifact", "analysis", "cost", "costs", "endedReason", "startedAt", "endedAt", "durationSeconds", "timestamp",
     "phoneNumber", "customer", "assistant"],
)  # fmt: skip
def test_a_report_in_which_something_is_missing_still_tells_the_rest(take, report, missing):
    body = report()
    del body["message"][missing]

    call, said = take(body)

    assert call.status == "completed"
    assert call.contact.phone == payloads.CALLER
    told = (0, "An older summary.") if missing == "artifact" else (3, "Ana asked about Botox.")
    assert (len(said), call.outcome_summary) == told
    assert call.duration_seconds == 216
    assert (call.total_cost is None) == (missing == "cost")


@pytest.mark.parametrize("good_first", [True, False])
def test_a_stub_takes_nothing_away_from_a_good_report(line, take, report, good_first):
    stub = payloads.stub_report(call_id="c1", assistant_id=line.assistant_id, at=500)
    both = [report(), stub]

    call, said = take(*(both if good_first else reversed(both)))

    assert (call.outcome_summary, len(said), call.duration_seconds) == ("Ana asked about Botox.", 3, 216)
    assert float(call.total_cost) == 0.3412


COSTS = [
    ({"costs": [{"type": "quantum-link", "cost": 9}, {"kind": None}, 7, None, "free"]}, 0.3412),
    ({"costs": "none", "costBreakdown": {"total": "?"}}, 0.3412),
    ({"cost": "0.25"}, 0.25),
    ({"cost": 0}, 0.0),
    ({"cost": -3}, None),
    ({"cost": 5e9}, None),
    ({"cost": float("inf")}, None),
    ({"cost": {"usd": 1}}, None),
]


@pytest.mark.parametrize(("told", "cost"), COSTS)
def test_costs_of_any_kind_lose_no_report(take, report, told, cost):
    call, said = take(report(**told))

    assert (None if call.total_cost is None else float(call.total_cost)) == cost
    assert len(said) == 3


@pytest.mark.parametrize(
    ("told", "seconds"),
    [
        ({"durationSeconds": 1e11}, 216),
        ({"durationSeconds": -5, "durationMs": 216_400}, 216),
        ({"durationSeconds": 1e11, "startedAt": "2001-01-01T00:00:00Z"}, None),
        ({"startedAt": "9999-12-31T23:59:59Z", "durationSeconds": None}, None),
        ({"endedAt": "0001-01-01T00:00:00Z", "durationSeconds": None}, None),
    ],
)
def test_times_that_cannot_be_are_left_out(take, report, told, seconds):
    call, said = take(report(**told))
    assert (call.duration_seconds, len(said)) == (seconds, 3)


def test_a_line_that_begins_in_another_century_is_kept_without_its_place(line, take, report, working_for):
    body = with_messages(report(), "Hello.")
    body["message"]["artifact"]["messages"][0] |= {"secondsFromStart": 1e11, "time": 1e17}

    call, said = take(body)

    assert said == [("caller", "Hello.")]
    with working_for(line.org):
        assert call.lines.get().start_offset_ms is None


@pytest.mark.slow  # redacting two hours of talk takes seconds
def test_two_hours_of_talk_are_kept_to_the_last_word(take, report):
    spoken = [f"This is sentence {number} of a very long call." for number in range(HOURS_LONG)]

    call, said = take(with_messages(report(durationSeconds=7200), *spoken))

    assert call.duration_seconds == 7200
    assert [text for _, text in said] == spoken


TONGUES = [
    "مرحبا، أريد حجز موعد لحقن البوتوكس يوم الثلاثاء.",
    "שלום, אני רוצה לקבוע תור ליום שלישי.",
    "Botox 💉 please 😀👩🏽‍⚕️ – ¿cuánto cuesta?",
    "我想预约肉毒杆菌。",
    "\u202eSkcab siht daer\u202c",
]


def test_every_script_and_emoji_arrive_as_they_were_said(take, report):
    body = with_messages(report(), *TONGUES)
    body["message"]["call"]["customer"]["name"] = body["message"]["customer"]["name"] = "محمد 😀"
    body["message"]["artifact"]["structuredOutputs"]["2f1e"]["result"] = "المتصل سأل عن البوتوكس 💉"

    call, said = take(body)

    assert [text for _, text in said] == TONGUES
    assert (call.caller_name, call.outcome_summary) == ("محمد 😀", "المتصل سأل عن البوتوكس 💉")
    assert call.contact.name == "محمد 😀"


def test_halves_of_characters_and_nuls_cost_nothing_but_themselves(line, take, report):
    raw = with_messages(report(), "Hello HALF there")
    body = copy.deepcopy(raw)
    body["message"]["artifact"]["messages"][0]["message"] = "Hello \ud83d there\x00"

    _, said = take(body)

    assert said == [("caller", "Hello ? there")]


@pytest.mark.parametrize("number", [None, "", "anonymous", "Restricted", "+266696687", "unknown", 0])
def test_a_withheld_number_makes_a_call_and_nobody(line, take, report, working_for, number):
    body = report()
    body["message"]["customer"] = body["message"]["call"]["customer"] = {"number": number}

    call, said = take(body)

    assert (call.status, call.contact, call.caller_name, len(said)) == ("completed", None, "Unknown Caller", 3)
    with working_for(line.org):
        assert not Contact.objects.exists()


def test_two_calls_from_withheld_numbers_have_nothing_in_common(line, deliver, working_for):
    for call_id in ("c1", "c2"):
        body = payloads.report(call_id=call_id, assistant_id=line.assistant_id)
        body["message"]["customer"] = body["message"]["call"]["customer"] = {}
        deliver(body)

    with working_for(line.org):
        assert list(Call.objects.values_list("contact", "phone_number")) == [(None, "")] * 2
