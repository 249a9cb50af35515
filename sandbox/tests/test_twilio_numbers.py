"""Twilio's accounts and numbers, through the official client."""

import httpx
import pytest

from sandbox.tests.client import SandboxClient
from sandbox.tests.twilio_client import NUMBER, OTHER_SID, SID, TOKEN, refusal, twilio_client


def test_any_well_formed_account_works(sandbox: SandboxClient) -> None:
    account = twilio_client(sandbox.base_url).api.v2010.accounts(SID).fetch()

    assert (account.sid, account.status, account.owner_account_sid) == (SID, "active", SID)


@pytest.mark.parametrize(("sid", "token"), [(SID, "a" * 29 + "bad"), (SID, "short"), ("AC123", TOKEN), (SID, "z" * 32)])
def test_wrong_credentials_are_20003(sandbox: SandboxClient, sid: str, token: str) -> None:
    client = twilio_client(sandbox.base_url, sid, token)

    refused = refusal(client.api.v2010.accounts(sid).fetch)

    assert (refused.status, refused.code) == (401, 20003)
    raw = httpx.get(f"{sandbox.base_url}/twilio/2010-04-01/Accounts/{SID}.json")
    link = "https://www.twilio.com/docs/errors/20003"
    assert raw.json() == {"code": 20003, "message": "Authenticate", "more_info": link, "status": 401}


def test_a_number_belongs_to_the_account_that_names_it_first(sandbox: SandboxClient) -> None:
    first, second = twilio_client(sandbox.base_url), twilio_client(sandbox.base_url, OTHER_SID)

    mine = first.incoming_phone_numbers.list(phone_number=NUMBER, limit=1)
    again = first.incoming_phone_numbers.list(phone_number=NUMBER, limit=1)
    theirs = second.incoming_phone_numbers.list(phone_number=NUMBER, limit=1)

    assert [item.phone_number for item in mine] == [NUMBER]
    assert mine[0].sid == again[0].sid
    assert theirs == []
    assert second.incoming_phone_numbers.list() == []
    assert refusal(second.incoming_phone_numbers(mine[0].sid).fetch).code == 20404


def test_search_buy_change_and_release(sandbox: SandboxClient) -> None:
    client = twilio_client(sandbox.base_url)
    offer = client.available_phone_numbers("US").local.list(area_code=415, voice_enabled=True, limit=3)

    bought = client.incoming_phone_numbers.create(phone_number=offer[0].phone_number, friendly_name="Main")
    client.incoming_phone_numbers(bought.sid).update(sms_url="https://x.test/sms", voice_url="https://x.test/voice")
    fetched = client.incoming_phone_numbers(bought.sid).fetch()
    rest = client.available_phone_numbers("US").local.list(area_code=415, limit=3)

    assert [item.phone_number for item in offer] == ["+14155550150", "+14155550151", "+14155550152"]
    assert (fetched.friendly_name, fetched.sms_url, fetched.voice_url) == (
        "Main",
        "https://x.test/sms",
        "https://x.test/voice",
    )
    assert bought.phone_number not in [item.phone_number for item in rest]
    assert refusal(client.incoming_phone_numbers.create, phone_number=bought.phone_number).code == 21422
    assert client.incoming_phone_numbers(bought.sid).delete() is True
    assert client.incoming_phone_numbers.list(phone_number=bought.phone_number) == []
    history = sandbox.ledger()["numberHistory"]
    assert [(item["action"], item["phone_number"]) for item in history] == [
        ("bought", bought.phone_number),
        ("released", bought.phone_number),
    ]


def test_what_is_for_sale_or_released_cannot_be_had_by_naming_it(sandbox: SandboxClient) -> None:
    client = twilio_client(sandbox.base_url)
    named = client.incoming_phone_numbers.list(phone_number=NUMBER)[0]
    client.incoming_phone_numbers(named.sid).delete()

    assert client.incoming_phone_numbers.list(phone_number=NUMBER) == []
    assert client.incoming_phone_numbers.list(phone_number="+14155550160") == []
    assert client.incoming_phone_numbers.create(phone_number=NUMBER).phone_number == NUMBER


@pytest.mark.parametrize(
    ("order", "code"),
    [
        ({"phone_number": "+15005550000"}, 21422),
        ({"phone_number": "+15005550001"}, 21421),
        ({"phone_number": "nonsense"}, 21421),
        ({"phone_number": "+447911123456"}, 21422),
        ({"area_code": "533"}, 21452),
        ({"area_code": "4x5"}, 21451),
        ({"phone_number": "+35320910500"}, 21422),
        ({"phone_number": "+353209100500"}, 21631),
    ],
)
def test_purchases_that_are_refused(sandbox: SandboxClient, order: dict[str, str], code: int) -> None:
    assert refusal(twilio_client(sandbox.base_url).incoming_phone_numbers.create, **order).code == code


def test_magic_purchases(sandbox: SandboxClient) -> None:
    client = twilio_client(sandbox.base_url)

    assert client.incoming_phone_numbers.create(phone_number="+15005550006").phone_number == "+15005550006"
    assert client.incoming_phone_numbers.create(area_code="500").phone_number == "+15005550006"
    assert client.incoming_phone_numbers.create(area_code="212").phone_number.startswith("+1212555")


def test_searches(sandbox: SandboxClient) -> None:
    client = twilio_client(sandbox.base_url)

    british = client.available_phone_numbers("GB").local.list(limit=3)
    assert {item.locality for item in british} == {"London", "Leeds", "Edinburgh"}
    assert client.available_phone_numbers("US").local.list(area_code=999, limit=5) == []
    assert client.available_phone_numbers("IE").local.list(limit=1)[0].address_requirements == "local"
    assert refusal(client.available_phone_numbers("FR").local.list, limit=1).code == 20404


def test_subaccounts(sandbox: SandboxClient) -> None:
    main = twilio_client(sandbox.base_url)
    sub = main.api.v2010.accounts.create(friendly_name="North Clinic")
    inside = twilio_client(sandbox.base_url, SID, TOKEN, sub.sid)
    own = twilio_client(sandbox.base_url, sub.sid, sub.auth_token)
    bought = main.incoming_phone_numbers.create(phone_number="+14155550150")

    moved = main.api.v2010.accounts(SID).incoming_phone_numbers(bought.sid).update(account_sid=sub.sid)

    assert moved.account_sid == sub.sid
    assert moved.sid == bought.sid
    assert [item.sid for item in inside.incoming_phone_numbers.list()] == [bought.sid]
    assert [item.sid for item in own.incoming_phone_numbers.list()] == [bought.sid]
    assert main.incoming_phone_numbers.list() == []
    assert refusal(own.api.v2010.accounts(SID).fetch).code == 20003
    assert refusal(twilio_client(sandbox.base_url, sub.sid, TOKEN).incoming_phone_numbers.list).code == 20003
    assert [item.sid for item in main.api.v2010.accounts.list(friendly_name="North Clinic")] == [sub.sid]


def test_closing_a_subaccount_releases_its_numbers_for_good(sandbox: SandboxClient) -> None:
    main = twilio_client(sandbox.base_url)
    sub = main.api.v2010.accounts.create(friendly_name="South Clinic")
    inside = twilio_client(sandbox.base_url, SID, TOKEN, sub.sid)
    inside.incoming_phone_numbers.create(phone_number="+14155550150")

    assert main.api.v2010.accounts(sub.sid).update(status="closed").status == "closed"

    assert refusal(inside.incoming_phone_numbers.list).code == 20005
    assert refusal(main.api.v2010.accounts(sub.sid).update, status="active").code == 21479
    assert refusal(main.api.v2010.accounts(SID).update, status="closed").code == 21477
    assert main.incoming_phone_numbers.create(phone_number="+14155550150").sid.startswith("PN")


def test_lists_come_in_pages(sandbox: SandboxClient) -> None:
    client = twilio_client(sandbox.base_url)
    for _ in range(5):
        client.incoming_phone_numbers.create(area_code="212")

    assert len(client.incoming_phone_numbers.list(page_size=2)) == 5


def test_a_rate_limit_is_20429(sandbox: SandboxClient) -> None:
    sandbox.http.put("/sandbox/faults/twilio", json={"status": 429, "times": 1})

    refused = refusal(twilio_client(sandbox.base_url).incoming_phone_numbers.list)

    assert (refused.status, refused.code) == (429, 20429)


def test_tokens_stay_out_of_the_ledger_and_off_the_page(sandbox: SandboxClient) -> None:
    main = twilio_client(sandbox.base_url)
    sub = main.api.v2010.accounts.create(friendly_name="Secretive")

    for path in ("/sandbox/ledger", "/sandbox/twilio", "/requests"):
        shown = sandbox.http.get(path).text
        assert TOKEN not in shown
        assert sub.auth_token not in shown
