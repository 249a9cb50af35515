"""One scrape of the admin process tells what every process of the machine has counted."""

import urllib.error
import urllib.request
from urllib.parse import urlsplit

import pytest
from prometheus_client.parser import text_string_to_metric_families

from tests.e2e.stack import Stack, wait_until
from voxanne.embedded.environment import read_environment


def ask(stack: Stack, *, port_step: int, token: str) -> str:
    """`/metrics` of one of the processes, by the step from the base port."""
    port = (urlsplit(stack.url).port or 0) + port_step
    request = urllib.request.Request(f"http://127.0.0.1:{port}/metrics", headers={"Authorization": f"Bearer {token}"})
    with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=10) as answer:
        return answer.read().decode()


def counted(text: str) -> dict[tuple[str, str], float]:
    """Every metric by the kind of process that counted it."""
    found: dict[tuple[str, str], float] = {}
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            key = (sample.name, sample.labels.get("process", ""))
            found[key] = found.get(key, 0.0) + sample.value
    return found


@pytest.fixture(scope="package")
def token(stack: Stack) -> str:
    return read_environment(stack.home / "env")["METRICS_TOKEN"]


def test_the_admin_process_tells_of_all(stack: Stack, token: str, crowded: dict[str, str]) -> None:
    def told() -> dict[tuple[str, str], float]:
        return counted(ask(stack, port_step=2, token=token))

    # The worker has brought the clinic's agents to Vapi, the web processes have been asked for their health.
    wait_until(lambda: told()["voxanne_vapi_sync_seconds_count", "worker"] > 0, what="the worker's figures")
    seen = told()

    assert seen["voxanne_http_request_seconds_count", "web"] > 0
    assert seen["voxanne_provider_call_seconds_count", "worker"] > 0
    assert ("voxanne_live_streams", "live") in seen
    assert seen["voxanne_source_up", ""] == 2
    assert 0 <= seen["voxanne_worker_heartbeat_age_seconds", ""] < 60
    assert seen["voxanne_agents", ""] > 0
    assert sum(value for (name, _), value in seen.items() if name == "voxanne_rls_denials_total") == 0


def test_a_web_process_tells_the_same_counts_and_nothing_across_organisations(stack: Stack, token: str) -> None:
    seen = counted(ask(stack, port_step=0, token=token))

    assert ("voxanne_vapi_sync_seconds_count", "worker") in seen
    assert not [name for name, _ in seen if name in {"voxanne_agents", "voxanne_source_up"}]


def test_a_stranger_is_told_nothing(stack: Stack) -> None:
    with pytest.raises(urllib.error.HTTPError) as refused:
        ask(stack, port_step=0, token="guess")

    assert refused.value.code == 401
