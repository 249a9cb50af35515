"""The product's own application, and beside it the bare view behind no middleware: same server, same processes."""

import os
from collections.abc import Iterable
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bench.settings")

from django.core.handlers.wsgi import WSGIHandler
from django.test.utils import override_settings

from voxanne.wsgi import application as product

with override_settings(MIDDLEWARE=[]):
    bare = WSGIHandler()


def application(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    """Hand the request to the one it is for. `/site/bare` is the bare view behind the site's middleware."""
    path = environ["PATH_INFO"]
    if path.startswith("/bare"):
        return bare(environ, start_response)
    if path == "/site/bare":
        environ["PATH_INFO"] = "/bare"
    return product(environ, start_response)


__all__ = ["application"]
