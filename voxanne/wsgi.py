"""The site and the webhooks (WSGI: sync Django answers several times faster here than under ASGI)."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "voxanne.settings")
os.environ.setdefault("VOXANNE_PROCESS", "web")

application = get_wsgi_application()

from voxanne.memory import settle  # noqa: E402 - Django must be set up first
from voxanne.startup import preload  # noqa: E402 - the same

preload()
settle()
