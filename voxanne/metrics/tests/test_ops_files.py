"""The files in `ops/` that monitoring reads: they parse, and they ask only for what the product tells."""

import importlib
import json
import re
from itertools import chain
from pathlib import Path

import promql_parser as promql
import pytest
import yaml

from voxanne.celery import app
from voxanne.metrics import figures
from voxanne.metrics.definitions import REGISTRY

ROOT = Path(__file__).resolve().parents[3]
OPS = ROOT / "ops"
ROOMS = {
    *("voxanne", "orgs", "credentials", "providers"),
    *("telephony", "agents", "contacts", "knowledge", "scheduling", "calls"),
}
ALERTS = {
    rule["alert"]: rule
    for group in yaml.safe_load((OPS / "prometheus" / "alerts.yml").read_text())["groups"]
    for rule in group["rules"]
}
DASHBOARD = json.loads((OPS / "grafana" / "voxanne.json").read_text())
PANELS = [panel for panel in DASHBOARD["panels"] if panel["type"] != "row"]
QUERIES = [(name, rule["expr"]) for name, rule in ALERTS.items()] + [
    (panel["title"], target["expr"].replace("$__rate_interval", "5m"))
    for panel in PANELS
    for target in panel["targets"]
]
# Labels that a scrape adds, and metrics of Prometheus' own.
ADDED = {"job", "instance", "process", "le"}
NOT_OURS = {"up": {"job", "instance"}}


def nodes(expression):
    """The expression and everything in it."""
    yield expression
    parts = [getattr(expression, name, None) for name in ("lhs", "rhs", "expr", "vector_selector", "param")]
    for part in [*parts, *(getattr(expression, "args", None) or [])]:
        if isinstance(part, promql.Expr):
            yield from nodes(part)


def asked(query):
    """Every metric that a query asks for, and every label that it names."""
    found = list(nodes(promql.parse(query)))
    selectors = [node for node in found if isinstance(node, promql.VectorSelector)]
    grouped = {
        label
        for node in found
        if isinstance(node, promql.AggregateExpr) and node.modifier
        for label in node.modifier.labels
    }
    matched = {matcher.name for selector in selectors for matcher in selector.matchers.matchers}
    return {selector.name for selector in selectors}, grouped | matched


@pytest.fixture(scope="module")
def counted_metrics():
    """What the code counts: the names of its series, with their labels. Modules that no test has loaded are loaded."""
    for path in (path for room in ROOMS for path in (ROOT / room).rglob("*.py")):
        parts = path.relative_to(ROOT).with_suffix("").parts
        if "tests" not in parts and "from voxanne.metrics import" in path.read_text():
            importlib.import_module(".".join(parts))
    return {name: set(metric._labelnames) for metric, names in REGISTRY._collector_to_names.items() for name in names}


@pytest.fixture
def told(counted_metrics, north):
    """Everything that a scrape of the admin process holds."""
    read = {family.name: {label for s in family.samples for label in s.labels} for family in figures.collect()}
    return {**counted_metrics, **read, **NOT_OURS}


def test_every_query_asks_for_what_is_told(told):
    for title, query in QUERIES:
        names, labels = asked(query)
        assert names, title
        assert names <= told.keys(), title
        assert labels <= set().union(*(told[name] for name in names)) | ADDED, title


def test_everything_that_is_told_stands_on_the_dashboard_or_in_an_alert(told):
    used = {re.sub("_(bucket|count|total)$", "", name) for _, query in QUERIES for name in asked(query)[0]}
    ours = {re.sub("_(bucket|count|sum|total|created)$", "", name) for name in told if "trial" not in name}

    assert ours - used == set(), "nobody would ever look at it: give it a panel in ops/grafana/voxanne.json"


def test_an_alert_says_how_bad_it_is_and_what_it_is():
    for name, rule in ALERTS.items():
        assert rule["labels"].keys() == {"severity"}, name
        assert rule["labels"]["severity"] in {"page", "ticket"}, name
        assert rule["annotations"]["summary"], name
        assert rule.keys() <= {"alert", "expr", "for", "labels", "annotations"}, name


def test_a_summary_names_only_labels_that_are_left():
    for name, rule in ALERTS.items():
        shown = set(re.findall(r"\$labels\.(\w+)", rule["annotations"]["summary"]))
        aggregated = [n for n in nodes(promql.parse(rule["expr"])) if isinstance(n, promql.AggregateExpr)]
        if aggregated:
            kept = set().union(*(set(n.modifier.labels) if n.modifier else set() for n in aggregated))
            assert shown <= kept, name


def test_every_alert_is_explained():
    explained = (ROOT / "docs" / "operations.md").read_text()

    assert [name for name in ALERTS if f"`{name}`" not in explained] == []


def test_the_dashboard_is_laid_out_without_overlap():
    taken = set()
    for panel in DASHBOARD["panels"]:
        place = panel["gridPos"]
        cells = {
            (x, y)
            for x in range(place["x"], place["x"] + place["w"])
            for y in range(place["y"], place["y"] + place["h"])
        }
        assert not cells & taken, panel["title"]
        assert place["x"] + place["w"] <= 24
        taken |= cells
    assert len({panel["id"] for panel in DASHBOARD["panels"]}) == len(DASHBOARD["panels"])


def test_the_example_asks_our_address_with_a_token():
    (job,) = yaml.safe_load((OPS / "prometheus" / "prometheus.yml").read_text())["scrape_configs"]

    assert (job["metrics_path"], job["authorization"]["type"]) == ("/metrics", "Bearer")
    assert "credentials" not in job["authorization"], "the token itself never stands in a file of the repository"


def test_the_proxy_shows_nobody_the_figures():
    caddy = (OPS / "Caddyfile").read_text()

    assert re.search(r"handle /metrics\* \{\s+respond 404\s+\}", caddy)


def test_all_processes_of_compose_share_one_folder_in_memory():
    compose = yaml.safe_load((ROOT / "docker-compose.yml").read_text())

    for name in ("web", "live", "admin", "worker", "bulk", "beat"):
        service = compose["services"][name]
        mounted = {volume["source"]: volume["target"] for volume in service["volumes"]}
        assert service["environment"]["PROMETHEUS_MULTIPROC_DIR"] == mounted["metrics"], name
        assert "ports" not in service, name
    assert compose["volumes"]["metrics"]["driver_opts"]["type"] == "tmpfs"


def test_in_production_no_minutes_long_work_stands_before_a_calls_report():
    services = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]
    queues = {
        name: option.removeprefix("--queues=").split(",")
        for name, service in services.items()
        for option in service.get("command") or ()
        if option.startswith("--queues=")
    }

    assert queues == {"worker": ["critical", "default"], "bulk": ["bulk"]}
    assert sorted(chain(*queues.values())) == sorted(queue.name for queue in app.conf.task_queues)
