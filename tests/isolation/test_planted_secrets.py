"""Secrets are put in everywhere, the product is used, and then they are searched for where they must not be."""

import base64
import io
import json
import secrets
from collections.abc import Iterator
from contextlib import suppress
from typing import Any
from urllib.parse import quote
from uuid import UUID, uuid4

import pytest
import requests
from allauth.account.models import EmailAddress
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from celery.app.task import Task
from django.conf import settings as django_settings
from django.core import mail
from django.core.management import call_command
from django.test import Client

from agents.models import Agent
from calls.models import Call, UnresolvedWebhook
from calls.tests import payloads
from contacts.models import Contact
from credentials.service import credential_service
from credentials.tasks import verify_all
from credentials.types import Provider
from orgs.models import Invitation, Membership, Organization
from orgs.scope import org_scope, org_tx, service_tx
from orgs.second_factors import second_factors_of
from orgs.tests.test_second_factor import code_for
from providers.testing import provider_sandbox, running_sandbox, vapi_sandbox  # noqa: F401 - fixtures
from providers.testing_oauth import answer_consent
from scheduling.models import Appointment
from tests.isolation import planted as hiding
from tests.isolation.addresses import all_addresses
from tests.isolation.planted import Answers, Planted

EMAIL = "ines@harbour.example"
BEARER = {"Authorization": "Bearer re_any_key_at_all"}
SENDER = "desk@harbour.example"
CALENDARS = {"google-calendar": Provider.GOOGLE_CALENDAR, "outlook-calendar": Provider.OUTLOOK_CALENDAR}
# Visiting these with GET ends or changes something that the crawl still needs.
NOT_CRAWLED = {"credentials:connect", "credentials:api_authorize"}
SHOW_TOKENS = ("/api/auth/token",)


class Harbour:
    """A clinic whose every secret is known to the test, and everything that was heard of it."""

    def __init__(self, sandbox: Any) -> None:
        self.sandbox = sandbox
        self.planted = Planted()
        self.answers = Answers()
        self.tasks: list[tuple[Task, tuple, dict, dict]] = []
        self.printed: list[str] = []
        self.owner: Client = self.answers.browser()
        self.password = self.planted.plant("the owner's password", f"harbour {secrets.token_hex(12)}")

    def keep_task(self, task: Task, args: Any, kwargs: Any, options: dict) -> None:
        self.tasks.append((task, tuple(args or ()), dict(kwargs or {}), options))

    def work_off(self) -> None:
        """Do what was enqueued, and what that enqueues, as a worker would."""
        done = 0
        while done < len(self.tasks):
            task, args, kwargs, _ = self.tasks[done]
            task.apply(args=args, kwargs=kwargs, throw=False)
            done += 1
            assert done < 500

    def post(self, path: str, body: dict, *, expect: int = 200) -> Any:
        response = self.owner.post(path, body, content_type="application/json")
        assert response.status_code == expect, (path, response.status_code, response.content[:500])
        return response

    def sign_up(self) -> None:
        form = {"clinic_name": "Harbour Dental", "full_name": "Ines Varga", "email": EMAIL}
        self.owner.post("/accounts/signup/", {**form, "password1": self.password})
        with service_tx("test"):
            self.org = Organization.objects.get(name="Harbour Dental")
        self.work_off()

    def secret_of(self, provider: Provider) -> Any:
        return credential_service.read_stored(self.org.pk, provider).credentials

    def type_in_credentials(self) -> None:
        """What people type in: accepted, refused by the provider, and lost on the way."""
        plant = self.planted.plant
        sid, number = f"AC{secrets.token_hex(16)}", "+442071838750"
        token = plant("the Twilio token", secrets.token_hex(16))
        self.post("/api/integrations/twilio", {"accountSid": sid, "authToken": token, "phoneNumber": number})
        domain = {"name": "harbour.example"}
        requests.post(
            f"{self.sandbox.base_url}/resend/domains", json=domain, headers=BEARER, timeout=10
        ).raise_for_status()
        key = plant("the Resend key", f"re_{secrets.token_hex(16)}")
        self.post("/api/integrations/resend", {"apiKey": key, "fromEmail": SENDER})
        self.post("/api/integrations/elevenlabs", {"apiKey": plant("the voice key", f"sk_{secrets.token_hex(24)}")})
        first = self.secret_of(Provider.VAPI).webhook_secret.reveal()
        plant("the first webhook secret", first)
        self.post("/api/integrations/vapi", {"apiKey": plant("the clinic's Vapi key", secrets.token_hex(20))})
        refused = plant("a refused token", f"{secrets.token_hex(15)[:29]}bad")
        form = {"accountSid": sid, "authToken": refused, "phoneNumber": number}
        self.post("/api/integrations/twilio", form, expect=400)
        assert self.owner.post("/dashboard/integrations/twilio", form).status_code == 422
        lost = {
            "apiKey": plant("a key that was never stored", f"re_{secrets.token_hex(16)}"),
            "fromEmail": SENDER,
        }
        self.sandbox.spoil(provider="resend", status=500)
        self.post("/api/integrations/resend", lost, expect=502)
        assert self.owner.post("/dashboard/integrations/resend", lost).status_code == 502
        self.sandbox.heal(provider="resend")
        malformed = plant("a malformed token", f"{secrets.token_hex(16)}!")
        self.post("/api/integrations/twilio", {**form, "authToken": malformed}, expect=400)
        self.owner.post("/dashboard/integrations/vapi/secret")
        plant("the webhook secret", self.secret_of(Provider.VAPI).webhook_secret.reveal())
        self.work_off()

    def connect_calendars(self) -> None:
        for slug, provider in CALENDARS.items():
            there = self.owner.get(f"/dashboard/integrations/{slug}/connect")["Location"]
            back = self.owner.get(f"/api/integrations/{slug}/callback", answer_consent(there))["Location"]
            assert self.owner.get(back)["Location"] == "/dashboard/integrations"
            credentials = self.secret_of(provider)
            self.planted.plant(f"the access token of {slug}", credentials.access_token.reveal())
            self.planted.plant(f"the refresh token of {slug}", credentials.refresh_token.reveal())

    def give_the_agent_its_own(self) -> None:
        with org_scope(self.org), org_tx():
            self.agent = Agent.objects.filter(call_direction="inbound").get()
        token = self.planted.plant("the agent's Twilio token", secrets.token_hex(16))
        form = {"accountSid": f"AC{secrets.token_hex(16)}", "authToken": token, "phoneNumber": "+442071838751"}
        self.post(f"/api/agents/{self.agent.pk}/twilio", form)
        self.work_off()

    def add_a_second_factor(self) -> None:
        page = "/accounts/2fa/totp/activate/"
        EmailAddress.objects.filter(email=EMAIL).update(verified=True)
        self.owner.post("/accounts/reauthenticate/", {"password": self.password})
        secret = self.owner.get(page).context["form"].secret
        self.planted.plant("the second factor", secret, shown_at=(page,))
        assert self.owner.post(page, {"code": code_for(secret)}).status_code == 302
        self.owner.post("/accounts/2fa/recovery-codes/generate/")
        codes = Authenticator.objects.get(type=Authenticator.Type.RECOVERY_CODES)
        with second_factors_of(codes.user):
            self.planted.plant("the seed of the recovery codes", get_adapter().decrypt(codes.data["seed"]))
        stranger = self.answers.browser()
        stranger.post("/accounts/login/", {"login": EMAIL, "password": self.planted.plant("a guess", "x" * 30)})
        stranger.post("/accounts/login/", {"login": EMAIL, "password": self.password})
        body = {"email": EMAIL, "password": self.password, "otp": code_for(secret, steps=1)}
        pair = stranger.post("/api/auth/token", body, content_type="application/json").json()
        for name in ("access", "refresh"):
            self.planted.plant(f"the {name} token", pair[name], shown_at=SHOW_TOKENS)
        self.bearer = self.answers.browser(headers={"authorization": f"Bearer {pair['access']}"})

    def invite(self) -> None:
        self.owner.post("/dashboard/settings/team/invite", {"email": "ben@harbour.example", "role": "member"})
        link = next(word for word in mail.outbox[-1].body.split() if "/invitations/" in word)
        path = link[link.index("/invitations/") :]
        token = path.rstrip("/").rpartition("/")[2]
        self.planted.plant("the invitation's token", token, shown_at=("/invitations/",))
        self.member = self.answers.browser()
        password = self.planted.plant("the member's password", f"member {secrets.token_hex(12)}")
        assert self.member.post(path, {"full_name": "Ben Okoye", "password": password})["Location"] == "/dashboard"

    def take_calls(self) -> None:
        """Webhooks and tools, with the right secret, a wrong one, and for nobody here."""
        vapi = self.answers.browser()
        secret = self.secret_of(Provider.VAPI).webhook_secret.reveal()
        wrong = self.planted.plant("a wrong webhook secret", secrets.token_urlsafe(36))
        with org_scope(self.org), org_tx():
            assistant = Agent.objects.get(pk=self.agent.pk).vapi_assistant_id
        assert assistant
        call = str(uuid4())
        asked = payloads.tool_call("checkAvailability", {"date": "2031-01-06"}, call_id=call, assistant_id=assistant)
        for shown, expected in ((secret, 200), (wrong, 401)):
            for path, body in (
                ("/api/vapi/tools/checkAvailability", asked),
                *(("/api/vapi/webhook", body) for body in payloads.seven_events(call, assistant)),
            ):
                response = vapi.post(path, body, content_type="application/json", headers={"X-Vapi-Secret": shown})
                assert response.status_code == expected, (path, response.content)
        platform = {"X-Vapi-Secret": django_settings.VAPI_WEBHOOK_SECRET}
        nobodys = payloads.report(call_id=str(uuid4()), assistant_id=str(uuid4()))
        assert vapi.post("/api/vapi/webhook", nobodys, content_type="application/json", headers=platform).status_code
        self.work_off()

    def crawl(self) -> int:
        """Every address, as owner, with a token, as member, and as nobody."""
        with org_scope(self.org), org_tx():
            known = {
                "agent_id": self.agent.pk, "membership_id": Membership.objects.first().pk,
                "call_id": _first(Call), "appointment_id": _first(Appointment),
                "contact_id": _first(Contact), "invitation_id": _first(Invitation),
            }  # fmt: skip
        browsers = (self.owner, self.bearer, self.member, self.answers.browser())
        paths = [address.path(**known) for address in all_addresses() if address.name not in NOT_CRAWLED]
        providers = ("twilio", "resend", "elevenlabs", "vapi", *CALENDARS)
        paths += [f"/dashboard/integrations/{provider}{rest}" for provider in providers for rest in ("", "/disconnect")]
        for path in paths:
            for browser in browsers:
                browser.get(path)
        for provider in providers:
            self.owner.post(f"/api/integrations/{provider}/verify")
            self.owner.post(f"/dashboard/integrations/{provider}/verify", headers={"HX-Request": "true"})
        verify_all.apply()
        self.work_off()
        return len(paths)

    def run_commands(self) -> None:
        for words in (
            ("verify_rls", "--json"), ("verify_audit", "--json"), ("rotate_encryption_key", "--check", "--json"),
            ("rotate_encryption_key", "--json"), ("replay_webhook", "--dead", "--json"),
            ("replay_webhook", "--unresolved", "--json"), ("backfill_agent_twilio", "--json"),
            ("fix_org_membership",), ("validate_env",), ("simulate_call", "--list"), ("seed_demo", "--json"),
        ):  # fmt: skip
            out = io.StringIO()
            with suppress(SystemExit):
                call_command(*words, stdout=out, stderr=out)
            self.printed.append(out.getvalue())
        out, secret = (
            io.StringIO(),
            self.planted.plant("a password on the command line", f"cli {secrets.token_hex(12)}"),
        )
        call_command(
            "create_org", name="Quay", owner_email="q@quay.example", owner_password=secret, json=True, stdout=out
        )
        self.printed.append(out.getvalue())
        self.work_off()

    def end(self) -> None:
        """Disconnect one of each kind, so that what is deleted and revoked was searched for too."""
        for provider in ("twilio", *CALENDARS):
            response = self.owner.delete(f"/api/integrations/{provider}")
            assert response.status_code == 200, response.content
        self.work_off()


def _first(model: Any) -> UUID:
    row = model.objects.first()
    return row.pk if row else uuid4()


def platform_secrets() -> Iterator[tuple[str, str]]:
    for name in (
        "SECRET_KEY", "ENCRYPTION_KEY", "VAPI_WEBHOOK_SECRET", "TWILIO_MASTER_AUTH_TOKEN", "MICROSOFT_CLIENT_SECRET",
        "GOOGLE_CLIENT_SECRET", "VAPI_PRIVATE_KEY",
    ):  # fmt: skip
        value = getattr(django_settings, name, "")
        if len(value) >= 16:
            yield name, value


@pytest.fixture
def harbour(transactional_db, provider_sandbox, settings, monkeypatch) -> Harbour:  # noqa: F811 - the fixture
    settings.ALLOW_ORG_VAPI_KEYS = True
    settings.GOOGLE_CLIENT_SECRET = f"GOCSPX-{secrets.token_hex(14)}"
    settings.MICROSOFT_CLIENT_SECRET = f"tests-{secrets.token_hex(20)}"
    made = Harbour(provider_sandbox)

    def keep(self: Task, args: Any = None, kwargs: Any = None, **options: Any) -> None:
        made.keep_task(self, args, kwargs, options)

    monkeypatch.setattr(Task, "apply_async", keep)
    for name, value in platform_secrets():
        made.planted.plant(name, value)
    return made


@pytest.mark.slow
def test_no_planted_secret_is_found_anywhere(harbour):
    with hiding.logs_at_debug() as log:
        harbour.sign_up()
        harbour.type_in_credentials()
        harbour.connect_calendars()
        harbour.give_the_agent_its_own()
        harbour.invite()
        harbour.add_a_second_factor()
        harbour.take_calls()
        crawled = harbour.crawl()
        harbour.run_commands()
        full = hiding.dump_database()
        harbour.end()
    planted, log_text = harbour.planted, log.getvalue()
    tasks = json.dumps([[task.name, args, kwargs, str(options)] for task, args, kwargs, options in harbour.tasks])

    # What was searched is what it should be, and full of it.
    assert len(planted.canaries) >= 22
    assert crawled > 60
    assert b"Harbour Dental" in full
    assert full.count(b"COPY public.") > 30
    assert _count(UnresolvedWebhook) == 1
    assert "credentials.saved" in log_text
    assert '"level": "debug"' in log_text
    assert "agents.tasks.sync_agent" in tasks
    assert planted.find("the dump", full) == []
    assert planted.find("the dump after disconnecting", hiding.dump_database()) == []
    assert planted.find("a session", hiding.sessions_in_clear()) == []
    assert planted.find("Redis", hiding.everything_in_redis()) == []
    assert planted.find("the log", log_text) == []
    assert planted.find("a task", tasks) == []
    assert planted.find("what commands print", "\n".join(harbour.printed)) == []
    assert harbour.answers.search(planted) == []
    alerts = "\n".join(f"{sent.subject}\n{sent.body}" for sent in mail.outbox if "/invitations/" not in sent.body)
    assert planted.find("a mail", alerts) == []


def _count(model: Any) -> int:
    with service_tx("test"):
        return int(model.objects.count())


@pytest.mark.parametrize("lead", range(5))
def test_the_search_recognises_a_secret_in_every_spelling(lead):
    secret = 'sk/live+ümlaut "quoted" <secret>'
    planted = Planted()
    planted.plant("it", secret, shown_at=("/its-own-page",))
    around = (b"a" * lead + secret.encode() + b"zz").hex()
    texts = [
        f"…{secret}…", f"x={quote(secret)}", json.dumps({"a": secret}), around, around.upper(),
        base64.b64encode(b"a" * lead + secret.encode() + b"zz").decode(),
        base64.urlsafe_b64encode(b"a" * lead + secret.encode() + b"zz").decode(),
    ]  # fmt: skip

    assert [planted.find("here", text) for text in texts] == [["it in here"]] * len(texts)
    assert planted.find("here", "nothing of the kind") == []
    assert planted.find("here", secret, path="/its-own-page/1") == []
    assert planted.find("here", secret, path="/another") == ["it in here"]
