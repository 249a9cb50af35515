"""Every environment variable that the product reads: what it is for, when it is required, what a good value looks like.

`.env.example`, the start-up banner and `manage.py validate_env` are all made from the table here.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

PLACEHOLDER = re.compile(
    r"^(change[-_ ]?me.*|your[-_ ].*|xxx+|placeholder.*|example.*|todo|secret|password|<.*>)$", re.IGNORECASE
)
E164 = re.compile(r"^\+[1-9]\d{6,14}$")

Check = Callable[[str], str | None]


def _matches(pattern: str, want: str) -> Check:
    compiled = re.compile(pattern)
    return lambda value: None if compiled.match(value) else f"it should be {want}"


def _url(*schemes: str) -> Check:
    def check(value: str) -> str | None:
        parts = urlsplit(value)
        good = parts.scheme in schemes and (parts.netloc or "host=" in parts.query or parts.path)
        return None if good else f"it should be an address that starts with {' or '.join(s + '://' for s in schemes)}"

    return check


def _at_least(length: int) -> Check:
    return lambda value: None if len(value) >= length else f"it should have at least {length} characters"


def _encryption_key(value: str) -> str | None:
    from voxanne.master_key import KeyRefused, derive_master_key

    try:
        derive_master_key(value)
    except KeyRefused as refused:
        return str(refused)
    return None


@dataclass(frozen=True)
class Variable:
    """One environment variable: its meaning in a sentence, and what is wrong with a given value."""

    name: str
    help: str
    example: str = ""
    required: bool = False
    check: Check | None = None
    secret: bool = False


@dataclass(frozen=True)
class Problem:
    """One thing that keeps the product from starting, and how to mend it."""

    name: str
    what: str
    fix: str


VARIABLES: tuple[Variable, ...] = (
    Variable(
        "VOXANNE_ENV",
        "Where this runs: production, development or test. Anything but the last two means production.",
        "production",
    ),
    Variable(
        "SECRET_KEY",
        "Signs sessions and tokens; at least 50 random characters.",
        required=True,
        secret=True,
        check=_at_least(50),
    ),
    Variable(
        "DATABASE_URL",
        "PostgreSQL 16 or newer with pgvector, as the login voxanne_web.",
        "postgresql://voxanne_web:…@db:5432/voxanne",
        required=True,
        check=_url("postgresql", "postgres"),
    ),
    Variable(
        "DATABASE_URL_WORKER", "The same database as voxanne_worker; by default DATABASE_URL with the login exchanged."
    ),
    Variable(
        "DATABASE_URL_ADMIN",
        "The same database as voxanne_admin (Django admin); by default DATABASE_URL with the login exchanged.",
    ),
    Variable(
        "DATABASE_URL_OWNER",
        "The same database as voxanne_owner (migrations only; keep it off the web machines); by default DATABASE_URL with the login exchanged.",
    ),
    Variable(
        "REDIS_URL",
        "Redis: wake-ups, live events and throttles. It never holds the truth.",
        "redis://redis:6379/0",
        required=True,
        check=_url("redis", "rediss", "unix"),
    ),
    Variable(
        "ENCRYPTION_KEY",
        "Master key for stored credentials: 64 hex characters from `manage.py generate_key`.",
        required=True,
        secret=True,
        check=_encryption_key,
    ),
    Variable(
        "ENCRYPTION_KEYS_RETIRED",
        "Older master keys, comma-separated, for reading only while `rotate_encryption_key` runs.",
        secret=True,
    ),
    Variable("VAPI_PRIVATE_KEY", "The platform's private key at Vapi.", required=True, secret=True, check=_at_least(8)),
    Variable(
        "VAPI_WEBHOOK_SECRET",
        "The platform's own webhook secret, for tools and numbers; at least 32 characters.",
        required=True,
        secret=True,
        check=_at_least(32),
    ),
    Variable(
        "BACKEND_URL",
        "The public https address of this installation, without a path.",
        "https://app.example.com",
        required=True,
        check=_url("https", "http"),
    ),
    Variable(
        "TWILIO_ACCOUNT_SID",
        "The platform's Twilio account.",
        required=True,
        check=_matches(r"^AC[0-9a-f]{32}$", "AC and 32 hex characters"),
    ),
    Variable(
        "TWILIO_AUTH_TOKEN",
        "The token of that account.",
        required=True,
        secret=True,
        check=_matches(r"^[0-9a-f]{32}$", "32 hex characters"),
    ),
    Variable(
        "TWILIO_PHONE_NUMBER",
        "A number of that account in E.164.",
        "+442071838750",
        required=True,
        check=_matches(E164.pattern, "in E.164: + country code and number"),
    ),
    Variable(
        "ALLOWED_HOSTS",
        "Host names that this installation answers to, comma-separated.",
        "app.example.com",
        required=True,
    ),
    Variable("VAPI_PUBLIC_KEY", "Vapi's public key, for test calls in the browser."),
    Variable(
        "VAPI_BASE_URL",
        "Vapi's address; the sandbox or the EU region instead of the default.",
        "https://api.vapi.ai",
        check=_url("https", "http"),
    ),
    Variable("RESEND_API_KEY", "Sends the platform's own mail (verification, reset, invitations).", secret=True),
    Variable("RESEND_BASE_URL", "Resend's address.", "https://api.resend.com", check=_url("https", "http")),
    Variable("DEFAULT_FROM_EMAIL", "The sender of the platform's own mail.", "Voxanne <hello@example.com>"),
    Variable("LIVE_URL", "Address of the live-event process when it is not behind the same proxy as the site."),
    Variable("ADMIN_URL", "Address of the Django admin process when it is not behind the same proxy as the site."),
    Variable("SANDBOX_URL", "Address of the bundled provider simulator; set it only where no real provider is used."),
    Variable("SENTRY_DSN", "Reports errors to Sentry when set.", secret=True),
    Variable(
        "SESSION_IDLE_MINUTES",
        "Minutes of silence after which a person is signed out (5 to 720).",
        "30",
        check=_matches(r"^\d{1,3}$", "a whole number of minutes"),
    ),
    Variable(
        "TRUSTED_PROXIES",
        "How many reverse proxies stand in front (their X-Forwarded-For entries are believed).",
        "1",
        check=_matches(r"^\d$", "a digit"),
    ),
    Variable(
        "LOG_LEVEL",
        "DEBUG, INFO, WARNING or ERROR.",
        "INFO",
        check=_matches(r"^(DEBUG|INFO|WARNING|ERROR)$", "DEBUG, INFO, WARNING or ERROR"),
    ),
)


def find_problems(environ: Mapping[str, str]) -> list[Problem]:
    """All that is missing, left at a placeholder, or malformed; empty when the product may start."""
    problems = []
    for variable in VARIABLES:
        value = environ.get(variable.name, "").strip()
        if not value:
            if variable.required:
                problems.append(Problem(variable.name, "is missing", variable.help))
        elif PLACEHOLDER.match(value):
            problems.append(Problem(variable.name, "is still a placeholder", variable.help))
        elif variable.check and (wrong := variable.check(value)):
            problems.append(Problem(variable.name, f"is not usable: {wrong}", variable.help))
    return problems


def banner(problems: list[Problem]) -> str:
    """The one message that says everything that is wrong at once. Holds no value of any variable."""
    lines = [f"  {p.name} {p.what}\n      {p.fix}" for p in problems]
    head = f"Voxanne cannot start: {len(problems)} setting{'s' if len(problems) != 1 else ''} to mend."
    rule = "=" * 78
    return "\n".join(
        [rule, head, "", *lines, "", "`.env.example` lists every setting; `manage.py validate_env` checks them.", rule]
    )


def example_file() -> str:
    """The text of `.env.example`: every variable, its sentence, empty or with an example that is safe to publish."""
    parts = ["# Every setting of Voxanne. Copy to .env and fill in. `manage.py validate_env` says what is missing.\n"]
    for variable in VARIABLES:
        needed = " Required." if variable.required else ""
        prefix = "" if variable.required or variable.name == "VOXANNE_ENV" else "# "
        parts.append(f"# {variable.help}{needed}\n{prefix}{variable.name}={variable.example}\n")
    return "\n".join(parts)
