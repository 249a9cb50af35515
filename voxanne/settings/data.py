"""Where data and wake-ups go: PostgreSQL by login, Redis, Celery, mail, logs."""

import sys
from typing import Any

from voxanne.logging import configure_logging
from voxanne.settings.base import ENVIRONMENT, PROCESS, PRODUCTION, TESTING, env

_LOGIN_OF_PROCESS = {
    "web": "voxanne_web",
    "live": "voxanne_web",
    "worker": "voxanne_worker",
    "beat": "voxanne_worker",
    "admin": "voxanne_admin",
    "owner": "voxanne_owner",
    "test": "voxanne_test",
}
DATABASE_LOGIN = _LOGIN_OF_PROCESS[PROCESS]
WEB_THREADS = env.int("WEB_THREADS", default=8)


def _database() -> dict[str, Any]:
    url = env.str("DATABASE_URL", default="postgresql://voxanne_web@localhost/voxanne")
    own = env.str(f"DATABASE_URL_{DATABASE_LOGIN.removeprefix('voxanne_').upper()}", default="")
    config: dict[str, Any] = env.db_url_config(own or url)
    config["ENGINE"] = "django.db.backends.postgresql"
    config["USER"] = config["USER"] if own else DATABASE_LOGIN
    options = config.setdefault("OPTIONS", {})
    if "host" in options:  # a socket directory stands in the query string
        config["HOST"] = options.pop("host")
    # Without it psycopg interpolates on the client and stacked statements run (reference: reliability-security 1.5).
    options["server_side_binding"] = True
    options["application_name"] = f"voxanne-{PROCESS}"
    # Behind PgBouncer in transaction mode a server-side cursor or prepared statement may meet another backend.
    config["DISABLE_SERVER_SIDE_CURSORS"] = True
    threshold = env.str("DATABASE_PREPARE_THRESHOLD", default="")
    # Never for the owner: migrations change what a kept plan was made for.
    options["prepare_threshold"] = int(threshold) if threshold.isdigit() and PROCESS != "owner" else None
    if PROCESS in {"web", "live", "admin"}:
        options["pool"] = {"min_size": 2, "max_size": WEB_THREADS + 2, "timeout": 10}
        config["CONN_MAX_AGE"] = 0
    else:
        config["CONN_MAX_AGE"] = None
        config["CONN_HEALTH_CHECKS"] = True
    if TESTING:
        config["TEST"] = {"NAME": f"test_{config['NAME']}", "MIGRATE": True}
    return config


DATABASES = {"default": _database()}

REDIS_URL = env.str("REDIS_URL", default="redis://localhost:6379/0")
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "voxanne",
    }
}

# Wake-ups and live events leave a web process by a thread, so that no answer waits for Redis (see voxanne/courier.py).
SEND_IN_BACKGROUND = PROCESS == "web"
CELERY_BROKER_URL = REDIS_URL if "://" in REDIS_URL else f"redis+socket://{REDIS_URL}"
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
# Celery would close the database's connection before and after every task; see `_replace_ended_connections`.
CELERY_DB_REUSE_MAX = sys.maxsize
# Whether a worker loads what its processes will share before it makes them; else each loads its own when it needs it.
WORKER_PRELOAD = env.bool("WORKER_PRELOAD", default=True)
CELERY_TASK_SOFT_TIME_LIMIT = 60
CELERY_TASK_TIME_LIMIT = 90
# Longer than any task may run, else a long one is handed out twice.
CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 300, "socket_timeout": 5, "socket_connect_timeout": 2}
CELERY_TASK_DEFAULT_QUEUE = "default"
CELERY_TASK_QUEUES_NAMES = ("critical", "default", "bulk")
CELERY_TIMEZONE = "UTC"
CELERY_ENABLE_UTC = True
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_PUBLISH_RETRY = False
# How long a worker has an event for itself. One that dies gives it back after that.
WEBHOOK_LEASE_S = env.int("WEBHOOK_LEASE_S", default=20)
# How long after an attempt Vapi's list of calls is believed to hold whatever came of it.
OUTBOUND_SETTLE_S = env.int("OUTBOUND_SETTLE_S", default=60)

DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="Voxanne <hello@voxanne.invalid>")
_RESEND_API_KEY = env.str("RESEND_API_KEY", default="")
if TESTING:
    EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
elif _RESEND_API_KEY:
    EMAIL_BACKEND = "voxanne.mail.ResendBackend"
else:
    EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
ANYMAIL = {
    "RESEND_API_KEY": _RESEND_API_KEY,
    "RESEND_API_URL": env.str("RESEND_BASE_URL", default="https://api.resend.com").rstrip("/") + "/",
    "REQUESTS_TIMEOUT": 10,
}

LOG_LEVEL = env.str("LOG_LEVEL", default="INFO")
LOGGING_CONFIG = None
configure_logging(level=LOG_LEVEL, human=not PRODUCTION and ENVIRONMENT == "development")
