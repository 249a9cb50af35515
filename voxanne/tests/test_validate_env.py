"""`manage.py validate_env`: a line a check, no secret, and the exit code says it all."""

import json
from io import StringIO

import pytest
from django.core.management import call_command

from voxanne.health import probes
from voxanne.tests.test_startup import GOOD, start


@pytest.fixture
def good_environment(monkeypatch):
    for name, value in GOOD.items():
        if name not in {"DATABASE_URL", "REDIS_URL"}:
            monkeypatch.setenv(name, value)


def report(*arguments):
    out = StringIO()
    code = 0
    try:
        call_command("validate_env", "--json", *arguments, stdout=out)
    except SystemExit as ended:
        code = ended.code
    return code, json.loads(out.getvalue())


def test_all_is_well(db, good_environment):
    code, answer = report()

    assert [check for check in answer["checks"] if check["problem"]] == []
    assert [setting for setting in answer["settings"] if setting["problem"]] == []
    assert (code, answer["ok"]) == (0, True)
    assert {"database", "database roles", "migrations", "redis", "encryption"} <= {c["name"] for c in answer["checks"]}


def test_one_wrong_setting_fails_it_with_the_fix(db, good_environment, monkeypatch):
    monkeypatch.setenv("BACKEND_URL", "http://plain.voxanne.clinic")

    code, answer = report()

    assert code == 1
    (wrong,) = [setting for setting in answer["settings"] if setting["problem"]]
    assert wrong["name"] == "BACKEND_URL"
    assert "https://" in wrong["problem"]


def test_a_registered_probe_is_tried_and_an_online_one_only_when_asked(db, good_environment, monkeypatch):
    monkeypatch.setattr(probes, "_extra", {"near": lambda: "is not there"})
    monkeypatch.setattr(probes, "_online", {"far": lambda: "did not answer"})

    def wrong(answer):
        return {check["name"]: check["problem"] for check in answer["checks"] if check["problem"]}

    assert wrong(report()[1]) == {"near": "is not there"}
    assert wrong(report("--online")[1]) == {"near": "is not there", "far": "did not answer"}


def test_secrets_show_four_characters_at_most():
    ran = start("manage.py validate_env", VOXANNE_ENV="production", **GOOD)

    for name in ("SECRET_KEY", "ENCRYPTION_KEY", "VAPI_PRIVATE_KEY", "VAPI_WEBHOOK_SECRET", "TWILIO_AUTH_TOKEN"):
        assert GOOD[name][:5] not in ran.stdout, name
    assert ":pw@" not in ran.stdout
    assert "ok     SECRET_KEY = k3fZ… (53 characters)" in ran.stdout


@pytest.mark.parametrize("environ", [{}, {"DATABASE_URL": "nonsense", "REDIS_URL": "nonsense", "WEB_THREADS": "many"}])
def test_it_reports_even_when_nothing_is_set(environ):
    ran = start("manage.py validate_env", VOXANNE_ENV="production", **environ)

    assert ran.returncode == 1
    assert "Traceback" not in ran.stderr
    assert "WRONG  SECRET_KEY = (not set)  is missing." in ran.stdout
    assert "WRONG  database" in ran.stdout


def test_development_marks_what_only_production_needs_and_does_not_fail(db, good_environment, monkeypatch, settings):
    monkeypatch.setenv("BACKEND_URL", "http://127.0.0.1:8000")
    settings.DEVELOPMENT = True

    code, answer = report()

    assert [setting["name"] for setting in answer["settings"] if setting["problem"]] == ["BACKEND_URL"]
    assert (code, answer["ok"]) == (0, True)
