"""The live-event process: one small ASGI app, nothing else runs under ASGI."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "voxanne.settings")
os.environ.setdefault("VOXANNE_PROCESS", "live")

import django

django.setup()

from voxanne.live.stream import application  # noqa: E402 - Django must be set up first

__all__ = ["application"]
