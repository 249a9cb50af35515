"""A worker to which one call is deadly: `celery --app tests.reliability.mortal_celery worker`."""

import os
from typing import Any

from celery.signals import worker_process_init

from voxanne.celery import app

DEADLY = "poison"

__all__ = ["app"]


@worker_process_init.connect
def _become_mortal(**_: Any) -> None:
    from calls import processing

    survive = processing.apply_message

    def apply_message(*, call: Any, **rest: Any) -> None:
        if call.vapi_call_id.startswith(DEADLY):
            os._exit(137)
        survive(call=call, **rest)

    processing.apply_message = apply_message
