"""Starting: with a setting missing, nothing starts, and everything that is wrong is said at once."""

import os
import re
import secrets
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from voxanne.env import VARIABLES, banner, example_file, find_problems

ROOT = Path(__file__).resolve().parents[2]
GOOD = {
    "SECRET_KEY": "k" + "3fZ9" * 13,
    "DATABASE_URL": "postgresql://voxanne_web:pw@db:5432/voxanne",
    "REDIS_URL": "redis://redis:6379/0",
    "ENCRYPTION_KEY": "9b1d7c3e5fa2084b6d8e0f1a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4d5e",
    "VAPI_PRIVATE_KEY": "a4c0ffee-0000-4000-8000-000000000000",
    "VAPI_WEBHOOK_SECRET": "w" * 40,
    "BACKEND_URL": "https://app.voxanne.clinic",
    "TWILIO_ACCOUNT_SID": "AC" + "0a" * 16,
    "TWILIO_AUTH_TOKEN": "0b" * 16,
    "TWILIO_PHONE_NUMBER": "+442071838751",
    "ALLOWED_HOSTS": "app.voxanne.clinic,10.0.0.4",
}
SERVING = {
    "web": "-m voxanne.web --interface wsgi --port {port} voxanne.wsgi:application",
    "wsgi": "-c import(voxanne.wsgi)",
    "live": "-m uvicorn voxanne.asgi:application --port {port}",
    "worker": "-m celery --app voxanne.celery worker",
    "beat": "-m celery --app voxanne.celery beat --schedule /dev/null",
    "runserver": "manage.py runserver {port}",
    "migrate": "manage.py migrate",
}


def start(command: str, **environ: str) -> subprocess.CompletedProcess[str]:
    arguments = command.replace("import(voxanne.wsgi)", "import\tvoxanne.wsgi").split(" ")
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return subprocess.run(
        [sys.executable, *(argument.replace("\t", " ") for argument in arguments)],
        cwd=ROOT,
        env={**kept, **environ},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize("process", SERVING)
def test_no_process_starts_without_its_settings(process):
    with socket.socket() as taken:  # had it tried to bind, it would have failed for another reason
        taken.bind(("127.0.0.1", 0))
        ran = start(SERVING[process].format(port=taken.getsockname()[1]), VOXANNE_ENV="production")

    assert ran.returncode == 1
    output = ran.stdout + ran.stderr
    assert output.count("Voxanne cannot start: 11 settings to mend.") == 1
    assert "Address already in use" not in output
    assert "Traceback" not in output
    for name in GOOD:
        assert f"  {name} is missing" in output


def test_no_environment_named_means_production():
    assert "Voxanne cannot start" in start("-c import(voxanne.wsgi)").stderr


def test_the_banner_holds_no_value():
    secret = secrets.token_hex(12)
    ran = start("-c import(voxanne.wsgi)", VOXANNE_ENV="production", **{**GOOD, "SECRET_KEY": secret})

    assert ran.returncode == 1
    assert "SECRET_KEY is not usable: it should have at least 50 characters" in ran.stderr
    assert secret not in ran.stderr


def test_good_settings_start():
    ran = start("-c import(voxanne.wsgi)", VOXANNE_ENV="production", STATIC_ROOT=str(ROOT / "templates"), **GOOD)

    assert (ran.returncode, ran.stderr) == (0, "")


def test_deployment_checks_are_clean_with_production_settings():
    ran = start("manage.py check --deploy --fail-level WARNING", VOXANNE_ENV="production", **GOOD)

    assert ran.returncode == 0, ran.stderr
    assert "no issues" in ran.stdout


def test_what_is_good_has_no_problems():
    assert find_problems(GOOD) == []


BAD = [
    ("SECRET_KEY", "short"),
    ("SECRET_KEY", "changeme"),
    ("DATABASE_URL", "mysql://db/voxanne"),
    ("DATABASE_URL", "postgresql://voxanne_web:…@db/voxanne"),
    ("REDIS_URL", "localhost:6379"),
    ("ENCRYPTION_KEY", "0123456789abcdef" * 4),
    ("ENCRYPTION_KEY", "ab" * 31),
    ("ENCRYPTION_KEY", GOOD["SECRET_KEY"]),
    ("VAPI_PRIVATE_KEY", "your-vapi-key"),
    ("VAPI_WEBHOOK_SECRET", "short"),
    ("BACKEND_URL", "http://app.voxanne.clinic"),
    ("BACKEND_URL", "https://app.example.com"),
    ("BACKEND_URL", "https://app.voxanne.clinic/path"),
    ("TWILIO_ACCOUNT_SID", "ACxxxx"),
    ("TWILIO_AUTH_TOKEN", "<token>"),
    ("TWILIO_PHONE_NUMBER", "020 7183 8750"),
    ("ALLOWED_HOSTS", "*"),
    ("ALLOWED_HOSTS", "https://app.voxanne.clinic"),
    ("SESSION_IDLE_MINUTES", "721"),
    ("SESSION_IDLE_MINUTES", "soon"),
    ("TRUSTED_PROXIES", "-1"),
    ("VOXANNE_PROCESS", "everything"),
    ("LOG_LEVEL", "loud"),
]


@pytest.mark.parametrize(("name", "value"), BAD)
def test_what_is_wrong_is_named(name, value):
    assert name in {problem.name for problem in find_problems({**GOOD, name: value})}


@pytest.mark.parametrize("variable", [v for v in VARIABLES if v.required], ids=lambda v: v.name)
def test_each_required_setting_is_missed(variable):
    environ = {name: value for name, value in GOOD.items() if name != variable.name}

    assert [(p.name, p.what) for p in find_problems(environ)] == [(variable.name, "is missing")]
    assert variable.help in banner(find_problems(environ))


def test_the_example_file_is_current():
    assert (ROOT / ".env.example").read_text() == example_file(), "run manage.py validate_env --example > .env.example"


def test_the_example_file_starts_nothing_as_it_is():
    lines = [line.split("=", 1) for line in example_file().splitlines() if "=" in line and not line.startswith("#")]

    assert {problem.name for problem in find_problems(dict(lines))} == set(GOOD)


def test_every_setting_that_is_read_is_listed():
    text = "".join(path.read_text() for path in (ROOT / "voxanne" / "settings").glob("*.py"))
    read = set(re.findall(r'env\.\w+\(\s*"([A-Z_]+)"', text)) | set(
        re.findall(r'environ(?:\.get)?[\[(]"([A-Z_]+)"', text)
    )

    assert read - {variable.name for variable in VARIABLES} == set()
