"""The live process: one small ASGI app for what lasts, events and the sound of calls; nothing else runs under ASGI."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "voxanne.settings")
os.environ.setdefault("VOXANNE_PROCESS", "live")

import django

django.setup()

from voxanne.startup import refuse_to_start_broken  # noqa: E402 - Django must be set up first

refuse_to_start_broken()

from calls.recordings.door import audio_routes  # noqa: E402 - Django must be set up first
from orgs.live_access import find_viewer  # noqa: E402 - the same
from voxanne.live.stream import create_app  # noqa: E402 - the same

application = create_app(find_viewer, beside=audio_routes())

__all__ = ["application"]
