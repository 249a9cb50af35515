"""A second factor: set up, kept encrypted, asked for at the form and by the API."""

import hashlib
import hmac
import struct
import time
from base64 import b32decode

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from django.core.cache import cache
from django.test import Client

from conftest import PASSWORD, make_user
from orgs.second_factors import second_factors_of
from voxanne.sealed_text import SealBroken


def code_for(secret: str, *, steps: int = 0) -> str:
    """The six digits of RFC 6238, reckoned here so that the library is not its own witness."""
    counter = struct.pack(">Q", int(time.time()) // 30 + steps)
    digest = hmac.new(b32decode(secret), counter, hashlib.sha1).digest()
    offset = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[offset : offset + 4])[0] & 0x7FFFFFFF) % 1_000_000:06d}"


def log_in(email):
    client = Client()
    response = client.post("/accounts/login/", {"login": email, "password": PASSWORD})
    return client, response


@pytest.fixture
def person(north, north_owner):
    EmailAddress.objects.create(user=north_owner, email=north_owner.email, primary=True, verified=True)
    return north_owner


@pytest.fixture
def secret(person) -> str:
    """The TOTP secret of a person who has just set one up in a browser."""
    client, _ = log_in(person.email)
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    found = client.get("/accounts/2fa/totp/activate/").context["form"].secret
    response = client.post("/accounts/2fa/totp/activate/", {"code": code_for(found)})
    assert response.status_code == 302
    return found


def api(person, **body):
    return Client().post(
        "/api/auth/token", {"email": person.email, "password": PASSWORD, **body}, content_type="application/json"
    )


def test_the_secret_is_not_in_the_database_in_clear(secret):
    kept = str(list(Authenticator.objects.values()))

    assert secret not in kept
    assert "s1:" in kept


@pytest.mark.django_db(transaction=True)
def test_setting_it_up_ends_the_other_sessions_and_keeps_this_one(person):
    elsewhere, _ = log_in(person.email)
    here, _ = log_in(person.email)
    here.post("/accounts/reauthenticate/", {"password": PASSWORD})
    secret = here.get("/accounts/2fa/totp/activate/").context["form"].secret
    before = here.session.session_key

    here.post("/accounts/2fa/totp/activate/", {"code": code_for(secret)})

    assert here.get("/dashboard/onboarding").status_code == 200
    assert here.session.session_key != before
    assert elsewhere.get("/dashboard/onboarding").status_code == 302


def test_a_second_factor_opens_for_its_person_only(person, secret):
    sealed = Authenticator.objects.get(user=person, type=Authenticator.Type.TOTP).data["secret"]
    with second_factors_of(person):
        assert get_adapter().decrypt(sealed) == secret
    with second_factors_of(make_user("other@north.example")), pytest.raises(SealBroken):
        get_adapter().decrypt(sealed)


def test_for_nobody_nothing_is_sealed_or_opened(db):
    with pytest.raises(RuntimeError, match="second_factors_of"):
        get_adapter().encrypt("JBSWY3DPEHPK3PXP")


def test_a_stolen_row_lets_nobody_in(person, secret, south_owner):
    """Who can write to the database and knows one secret gives it to somebody else."""
    EmailAddress.objects.create(user=south_owner, email=south_owner.email, primary=True, verified=True)
    mine = Authenticator.objects.get(user=person, type=Authenticator.Type.TOTP)
    Authenticator.objects.create(user=south_owner, type=mine.type, data=mine.data)
    cache.clear()

    client, _ = log_in(south_owner.email)
    assert client.post("/accounts/2fa/authenticate/", {"code": code_for(secret, steps=1)}).status_code == 409
    assert client.get("/dashboard/onboarding").status_code == 302


def test_recovery_codes_are_shown_and_let_in(person, secret):
    client, _ = log_in(person.email)
    cache.clear()
    client.post("/accounts/2fa/authenticate/", {"code": code_for(secret, steps=1)})
    cache.clear()
    client.post("/accounts/2fa/reauthenticate/", {"code": code_for(secret)})
    codes = client.get("/accounts/2fa/recovery-codes/").context["unused_codes"]

    stranger, _ = log_in(person.email)
    stranger.post("/accounts/2fa/authenticate/", {"code": codes[0]})
    assert stranger.get("/dashboard/onboarding").status_code == 200


def test_the_form_asks_for_the_code(person, secret):
    cache.clear()
    client, response = log_in(person.email)
    assert response["Location"] == "/accounts/2fa/authenticate/"
    assert client.get("/dashboard/onboarding").status_code == 302

    assert client.post("/accounts/2fa/authenticate/", {"code": "000000"}).status_code == 200
    done = client.post("/accounts/2fa/authenticate/", {"code": code_for(secret, steps=1)})

    assert done["Location"] == "/dashboard"
    assert client.get("/dashboard/onboarding").status_code == 200


def test_the_api_asks_for_the_code(person, secret):
    cache.clear()

    assert (api(person).status_code, api(person).json()["code"]) == (401, "otp_required")
    assert (api(person, otp="000000").status_code, api(person, otp="000000").json()["code"]) == (401, "bad_credentials")
    assert api(person, otp=code_for(secret, steps=1)).status_code == 200


def test_a_wrong_password_is_not_asked_for_a_code(person, secret):
    cache.clear()

    assert api(person, password="wrong", otp="000000").json()["code"] == "bad_credentials"
    assert api(person, password="wrong").json()["code"] == "bad_credentials"


def test_codes_cannot_be_guessed_for_long(person, secret):
    cache.clear()

    answers = [api(person, otp=f"{n:06d}").status_code for n in range(7)]

    assert answers[0] == 401
    assert answers[-1] == 429
