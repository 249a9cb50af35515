"""A clinic that Vapi knows, and the processes that serve it."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.test import Client

from bench.clinic import WEBHOOK, Clinic
from calls.tests import payloads
from calls.tests.conftest import connect
from orgs.models import Organization
from tests.reliability.plant import Plant


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "tests/reliability" in item.path.as_posix():
            item.add_marker(pytest.mark.slow)


@pytest.fixture
def plant(transactional_db: None, tmp_path: Path) -> Iterator[Plant]:
    """Nothing runs yet but Redis; whatever was started is gone before the database is emptied."""
    made = Plant(home=tmp_path)
    yield made
    made.stop()
    for log in tmp_path.glob("*.log"):  # shown with a test that failed
        sys.stdout.write(f"--- {log.name}\n{log.read_text(errors='replace')[-3000:]}\n")


@pytest.fixture
def clinic(north: Organization) -> Clinic:
    line = connect(north)
    return Clinic(org_id=north.pk, assistant_id=line.assistant_id, secret=line.secret)


@pytest.fixture
def count(north: Organization, working_for: Callable) -> Callable[..., int]:
    """`count(Call, status="completed")` in the clinic."""

    def rows(model: type, **filters: object) -> int:
        with working_for(north):
            return int(model.objects.filter(**filters).count())

    return rows


@pytest.fixture
def waiting_reports(clinic: Clinic, monkeypatch: pytest.MonkeyPatch) -> Callable[[list[str]], Clinic]:
    """`waiting_reports(["c1", "c2"])`: the reports of these calls are in the inbox, and nobody was woken."""
    monkeypatch.setattr("orgs.tasks.wake", lambda *args, **kwargs: True)

    def post(call_ids: list[str]) -> Clinic:
        for call_id in call_ids:
            answer = Client().post(
                WEBHOOK,
                payloads.report(call_id=call_id, assistant_id=clinic.assistant_id),
                content_type="application/json",
                headers={"X-Vapi-Secret": clinic.secret},
            )
            assert answer.status_code == 200
        return clinic

    return post
