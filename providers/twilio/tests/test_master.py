"""The account that buys numbers, against the sandbox, over HTTP."""

import pytest

from providers.twilio.master import MasterTwilioClient
from providers.twilio.types import NumberWish
from voxanne.errors import Rejected

SID, TOKEN = "AC" + "1" * 32, "2" * 32
SMS_URL = "https://voxanne.example/api/twilio/sms"


@pytest.fixture
def client(provider_sandbox):
    return MasterTwilioClient(SID, TOKEN)


def test_numbers_for_sale_are_read_and_narrowed(client):
    found = client.search_numbers(NumberWish("US", area_code="415"), limit=3)

    assert [offer.number for offer in found] == ["+14155550150", "+14155550151", "+14155550152"]
    assert (found[0].place, found[0].address_requirements) == ("San Francisco, CA", "none")
    assert {"voice", "sms"} <= found[0].capabilities
    assert client.search_numbers(NumberWish("GB", kind="mobile", contains="7700900777"))[0].number == "+447700900777"
    assert client.search_numbers(NumberWish("AU", kind="mobile"), limit=1)[0].address_requirements == "any"
    assert client.search_numbers(NumberWish("US", area_code="415", takes_texts=True), limit=1) == found[:1]
    assert client.search_numbers(NumberWish("ZZ")) == []


def test_prices_are_in_minor_units(client):
    assert client.fetch_monthly_price(country="US", kind="toll_free") == (215, "USD")
    assert client.fetch_monthly_price(country="IE", kind="toll_free") is None
    assert client.fetch_monthly_price(country="ZZ", kind="local") is None


def test_a_number_is_bought_once_found_by_its_name_and_given_back(client):
    bought = client.buy_number("+14155550150", name="voxanne 1", sms_url=SMS_URL)

    with pytest.raises(Rejected) as taken:
        client.buy_number("+14155550150", name="voxanne 2", sms_url=SMS_URL)
    assert taken.value.code == "21422"
    assert client.list_numbers_named("voxanne 1") == [bought]
    assert client.list_numbers_named("voxanne 2") == []
    assert (bought.name, bought.sms_url) == ("voxanne 1", SMS_URL)
    client.release_number(bought.sid)
    client.release_number(bought.sid)
    assert client.list_numbers_named("voxanne 1") == []


def test_a_subaccount_is_found_again_by_its_name(client):
    made = client.create_subaccount("voxanne a")

    found = client.find_subaccount("voxanne a")

    assert found == made
    assert made.auth_token not in repr(made)
    assert client.find_subaccount("voxanne b") is None
