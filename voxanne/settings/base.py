"""What is installed, in which order a request passes, where things lie."""

import os
from pathlib import Path
from urllib.parse import urljoin

import environ

env = environ.Env()

BASE_DIR = Path(__file__).resolve().parents[2]
ENVIRONMENT = os.environ.get("VOXANNE_ENV", "production").strip().lower()
PRODUCTION = ENVIRONMENT not in {"development", "test"}
TESTING = ENVIRONMENT == "test"
DEVELOPMENT = ENVIRONMENT == "development"
# Off everywhere: Django's debug pages can take minutes to print a large local, and show what pages must not. The
# traceback stands in the log, and everybody sees the product's own error pages.
DEBUG = False
VOXANNE_HOME = Path(env.str("VOXANNE_HOME", default=str(BASE_DIR / ".voxanne")))

# Where the processes of one machine put their figures together; empty: each counts for itself. Who may read them.
METRICS_DIR = env.str("PROMETHEUS_MULTIPROC_DIR", default="")
METRICS_TOKEN = env.str("METRICS_TOKEN", default="")

# Which of the processes this is; it decides the database login (see data.py).
PROCESS = env.str("VOXANNE_PROCESS", default="web")

HAS_ADMIN = PROCESS in {"admin", "owner", "test"}

INSTALLED_APPS = [
    # Only the admin process discovers the rooms' admin modules; the others need its tables alone.
    *(["unfold", "django.contrib.admin"] if HAS_ADMIN else ["django.contrib.admin.apps.SimpleAdminConfig"]),
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "rest_framework",
    "rest_framework_simplejwt.token_blacklist",
    "drf_spectacular",
    "csp",
    "django_cotton.apps.SimpleAppConfig",
    "django_vite",
    "django_htmx",
    "lucide",
    "voxanne.ui",
    "voxanne.health",
    "voxanne.metrics",
    "orgs",
    "credentials",
    "telephony",
    "agents",
    "contacts",
    "knowledge",
    "scheduling",
    "calls",
]

MIDDLEWARE = [
    "voxanne.middleware.TurnsMiddleware",
    "voxanne.middleware.RequestLogMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "voxanne.middleware.MachineDoorMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "voxanne.middleware.PrivatePagesMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "orgs.middleware.IdleSessionMiddleware",
    "orgs.platform_access.PlatformAdminMiddleware" if PROCESS == "admin" else "orgs.middleware.OrgMiddleware",
    "voxanne.middleware.DomainErrorMiddleware",
]

# The address is unique whatever its case, by a constraint that this check does not know (users_email_ci_key).
SILENCED_SYSTEM_CHECKS = ["auth.W004"]

# What is asked from inside the network, by whatever name the process has there.
INSIDE_PATHS = ("/metrics",)
# What machines ask and providers post to: answered before anything that is only for people.
MACHINE_PATHS = ("/api/vapi/", "/api/twilio/", "/api/webhooks/", *INSIDE_PATHS)
# Where telephones ring: see voxanne/turns.py.
TURN_PATHS = frozenset({"/api/vapi/webhook"})
ROOT_URLCONF = "voxanne.urls_admin" if PROCESS == "admin" else "voxanne.urls"
WSGI_APPLICATION = "voxanne.wsgi.application"
APPEND_SLASH = False
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
TEST_RUNNER = "django.test.runner.DiscoverRunner"

LANGUAGE_CODE = "en-gb"
TIME_ZONE = "UTC"
USE_I18N = False
USE_TZ = True

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "loaders": [
                (
                    "django.template.loaders.cached.Loader",
                    [
                        "django_cotton.cotton_loader.Loader",
                        "django.template.loaders.filesystem.Loader",
                        "django.template.loaders.app_directories.Loader",
                    ],
                )
            ],
            "builtins": ["django_cotton.templatetags.cotton"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "voxanne.ui.context.shell",
            ],
        },
    }
]
COTTON_DIR = "components"
COTTON_ISOLATE_BY_DEFAULT = True

STATIC_URL = "/static/"
# Where `collectstatic` gathers for production; elsewhere the finders serve what was built.
STATIC_ROOT = env.str("STATIC_ROOT", default=str(BASE_DIR / "staticfiles")) if PRODUCTION else None
STATICFILES_DIRS = [BASE_DIR / "frontend" / "dist"] if (BASE_DIR / "frontend" / "dist").is_dir() else []
WHITENOISE_USE_FINDERS = not PRODUCTION
# Else every test client would look at every file before its first request.
WHITENOISE_AUTOREFRESH = TESTING
WHITENOISE_KEEP_ONLY_HASHED_FILES = False
# Recordings of calls, encrypted; every live and worker process reaches the same folder (or another Django storage).
RECORDINGS_DIR = env.str("RECORDINGS_DIR", default=str(VOXANNE_HOME / "recordings"))
# A larger recording is not kept.
RECORDING_MOST_BYTES = 100 * 1024 * 1024
# Originals of documents, encrypted; every web and worker process reaches the same folder (or another Django storage).
DOCUMENTS_DIR = env.str("DOCUMENTS_DIR", default=str(VOXANNE_HOME / "documents"))
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    "recordings": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {
            "location": RECORDINGS_DIR,
            "file_permissions_mode": 0o600,
            "directory_permissions_mode": 0o700,
        },
    },
    "documents": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {
            "location": DOCUMENTS_DIR,
            "file_permissions_mode": 0o600,
            "directory_permissions_mode": 0o700,
        },
    },
}
DJANGO_VITE = {
    "default": {
        "dev_mode": False,
        "manifest_path": BASE_DIR / "frontend" / "dist" / "manifest.json",
    }
}
WHITENOISE_IMMUTABLE_FILE_TEST = r"^/static/assets/.+-[A-Za-z0-9_-]{8}\.\w+$"

# Files that are sent to us: bounded while they come in, then kept in memory or, the larger ones, in /tmp.
FILE_UPLOAD_HANDLERS = [
    "voxanne.uploads.BoundedUpload",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]

# How many proxies' entries of X-Forwarded-For are believed; none of a client's own.
TRUSTED_PROXIES = env.int("TRUSTED_PROXIES", default=1 if PRODUCTION else 0)
BACKEND_URL = env.str("BACKEND_URL", default="http://127.0.0.1:8000").rstrip("/")
LIVE_URL = env.str("LIVE_URL", default="") or f"{BACKEND_URL}/live"
# Sound comes from the same process as events, which holds many slow listeners at once.
AUDIO_URL = urljoin(LIVE_URL, "/audio")
ADMIN_URL = env.str("ADMIN_URL", default="") or f"{BACKEND_URL}/admin/"
SANDBOX_URL = env.str("SANDBOX_URL", default="").rstrip("/")
SANDBOX = bool(SANDBOX_URL)
# The simulator again, in which agents are rehearsed before they go live: also where the providers are real.
REHEARSAL_URL = env.str("REHEARSAL_URL", default="" if PRODUCTION else SANDBOX_URL).rstrip("/")

VAPI_BASE_URL = env.str("VAPI_BASE_URL", default="https://api.vapi.ai").rstrip("/")
VAPI_PRIVATE_KEY = env.str("VAPI_PRIVATE_KEY", default="")
VAPI_PUBLIC_KEY = env.str("VAPI_PUBLIC_KEY", default="")
VAPI_WEBHOOK_SECRET = env.str("VAPI_WEBHOOK_SECRET", default="")
VAPI_WEBHOOK_SECRETS_RETIRED = [
    secret for secret in env.str("VAPI_WEBHOOK_SECRETS_RETIRED", default="").split(",") if secret
]
# Whether a clinic may keep its assistants in an account of its own at Vapi.
ALLOW_ORG_VAPI_KEYS = env.bool("ALLOW_ORG_VAPI_KEYS", default=False)
VAPI_RETRY_DELAYS_S = (0.05, 0.1) if TESTING else (2.0, 4.0, 8.0)

ENCRYPTION_KEY = env.str("ENCRYPTION_KEY", default="")
ENCRYPTION_KEYS_RETIRED = [key for key in env.str("ENCRYPTION_KEYS_RETIRED", default="").split(",") if key]

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["orgs.api.authentication.ActorAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["orgs.api.permissions.DeclaredPermission"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["voxanne.json_text.StorableJSONParser"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "voxanne.api.render_error",
    "NUM_PROXIES": TRUSTED_PROXIES,
    "DEFAULT_THROTTLE_RATES": {
        "sign_in": "30/min",
        "refresh": "60/min",
        "validate": "120/min",
        "integrations": "60/min",
    },
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Voxanne API",
    "DESCRIPTION": "Calls, appointments and agents of one organisation. Sign in at /api/auth/token.",
    "VERSION": "1.0.0",
    "SERVE_INCLUDE_SCHEMA": False,
    # Where two fields share a name or a set of choices, one of them is asked for.
    "ENUM_NAME_OVERRIDES": {
        "CallDirectionEnum": "calls.models.CallType",
        "CallStatusEnum": "calls.models.CallStatus",
        "VerificationStatusEnum": "telephony.models.VerificationStatus",
        "ForwardingStatusEnum": "telephony.models.ForwardingStatus",
        "ManagedNumberStatusEnum": "telephony.models.ManagedStatus",
        "DocumentStatusEnum": "knowledge.models.DocumentStatus",
        "DocumentSourceEnum": "knowledge.models.Source",
    },
}

UNFOLD = {
    "SITE_TITLE": "Voxanne platform",
    "SITE_HEADER": "Voxanne platform",
    "SITE_URL": BACKEND_URL,
    "SHOW_VIEW_ON_SITE": False,
}
