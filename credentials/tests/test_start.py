"""A process with another master key than the database's does not start."""

import os
import subprocess
import sys
import tempfile

import pytest
from django.conf import settings
from django.db import connection

from credentials.key_check import check_key_value
from voxanne.startup import find_start_problems

OTHER_KEY = "0d4c6a1f93b7e28250fa6c9e8d71b3450f2e6d9c8b7a5f4e3d2c1b0a99887766"
STARTS = {
    "web": ["-m", "voxanne.web", "--interface", "wsgi", "--port", "1", "voxanne.wsgi:application"],
    "worker": ["-m", "celery", "-A", "voxanne", "worker", "--concurrency", "1"],
    "beat": ["-m", "celery", "-A", "voxanne", "beat", "--schedule", f"{tempfile.mkdtemp()}/beat"],
    "live": ["-c", "import voxanne.asgi"],
}


def start(process: str, key: str) -> "subprocess.CompletedProcess[str]":
    test_database = os.environ["DATABASE_URL"].replace(
        f"/{settings.DATABASES['default']['NAME'].removeprefix('test_')}", f"/{connection.settings_dict['NAME']}"
    )
    return subprocess.run(
        [sys.executable, *STARTS[process]],
        env={**os.environ, "ENCRYPTION_KEY": key, "DATABASE_URL": test_database, "VOXANNE_PROCESS": "test"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("process", STARTS)
def test_another_key_stops_every_process_before_it_serves(process):
    check_key_value()

    refused = start(process, OTHER_KEY)

    assert refused.returncode == 1
    assert "ENCRYPTION_KEY is not the key that this database's secrets were sealed with" in refused.stderr
    assert OTHER_KEY not in refused.stderr


@pytest.mark.django_db
def test_the_right_key_is_no_problem():
    check_key_value()
    assert find_start_problems() == []
