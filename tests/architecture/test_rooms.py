"""What may be used where. Each message names what to use instead."""

import ast

from tests.architecture.source import ROOT, Module, dotted, modules

HTTP_CLIENTS = {"requests", "httpx", "urllib3", "aiohttp", "twilio"}
# The sandbox is a separate program that calls the product over HTTP.
MAY_SPEAK_HTTP = ("providers/", "sandbox/", "voxanne/http.py")
# The doors that verify signatures, and the two places that seal data. The sandbox signs what it sends.
MAY_USE_HMAC = (
    "calls/ingress/", "calls/ingress.py", "calls/verification.py", "credentials/", "telephony/ingress/",
    "voxanne/master_key.py", "voxanne/sealed_text.py", "orgs/audit.py", "sandbox/",
)  # fmt: skip
MAY_ENQUEUE = ("orgs/tasks.py",)
# Touches no tenant data: it says that a worker runs.
PLAIN_TASKS = {"voxanne/health/tasks.py": {"heartbeat"}}


def _outside(allowed: tuple[str, ...]) -> list[Module]:
    return [module for module in modules() if not module.name.startswith(allowed)]


def _fail(found: list[str], instead: str) -> None:
    assert not found, instead + "\n  " + "\n  ".join(found)


def test_only_provider_clients_speak_http() -> None:
    found = [
        f"{module.name}:{line} imports {name}"
        for module in _outside(MAY_SPEAK_HTTP)
        for name, line in module.imports()
        if name.split(".")[0] in HTTP_CLIENTS
    ]
    _fail(found, "Write a client in providers/ on voxanne.http.ProviderClient: timeouts and typed errors are there.")


def test_signatures_are_checked_at_the_doors_only() -> None:
    found = [
        f"{module.name}:{line}"
        for module in _outside(MAY_USE_HMAC)
        for name, line in module.imports()
        if name.split(".")[0] == "hmac"
    ]
    _fail(found, "Verify in the webhook ingress; compare secrets with django.utils.crypto.constant_time_compare.")


def test_tasks_are_enqueued_when_the_transaction_commits() -> None:
    names = {"delay", "apply_async", "delay_on_commit", "send_task"}
    found = [
        f"{module.name}:{call.lineno} {dotted(call.func)}()"
        for module in _outside(MAY_ENQUEUE)
        for call in module.calls()
        if isinstance(call.func, ast.Attribute) and call.func.attr in names
    ]
    _fail(found, "Use orgs.tasks.enqueue_on_commit(task, *ids), or orgs.tasks.wake outside of any transaction.")


def _is_task(decorator: ast.expr) -> bool:
    return dotted(decorator).split(".")[-1] in {"shared_task", "task", "platform_task"}


def _carries_a_scope(decorator: ast.expr) -> bool:
    if not isinstance(decorator, ast.Call):
        return False
    keywords = {keyword.arg: dotted(keyword.value) for keyword in decorator.keywords}
    if dotted(decorator.func).split(".")[-1] == "platform_task":
        return "reason" in keywords
    return keywords.get("base", "").endswith("OrgTask")


def test_every_task_says_whose_work_it_is() -> None:
    found = [
        f"{module.name}:{function.lineno} {function.name}"
        for module in modules()
        for function in module.functions()
        for decorator in function.decorator_list
        if _is_task(decorator)
        and not _carries_a_scope(decorator)
        and function.name not in PLAIN_TASKS.get(module.name, set())
    ]
    _fail(found, "Declare @shared_task(base=OrgTask, …) or @platform_task(reason=…), both from orgs.tasks.")


def test_every_provider_says_what_it_is_not_for() -> None:
    aside = {"__pycache__", "tests"}
    folders = [path for path in (ROOT / "providers").iterdir() if path.is_dir() and path.name not in aside]
    found = [
        folder.name
        for folder in folders
        if not (folder / "README.md").exists() or "Non-goals" not in (folder / "README.md").read_text()
    ]
    _fail(found, "Give each folder in providers/ a README.md with a section Non-goals.")


def test_time_is_asked_in_one_place() -> None:
    asked = {"datetime.now", "datetime.utcnow", "timezone.now", "datetime.today", "date.today"}
    found = [
        f"{module.name}:{call.lineno} {dotted(call.func)}()"
        for module in _outside(("sandbox/", "voxanne/clock.py"))
        for call in module.calls()
        if ".".join(dotted(call.func).split(".")[-2:]) in asked
    ]
    _fail(found, "Use voxanne.clock.now(): tests move it.")


def test_the_environment_is_read_by_the_settings_only() -> None:
    allowed = (
        "voxanne/settings/", "voxanne/env.py", "voxanne/embedded/", "voxanne/asgi.py", "voxanne/wsgi.py",
        "voxanne/web.py",
        "voxanne/celery.py", "voxanne/failpoints.py", "voxanne/health/management/", "voxanne/health/probe.py",
        "sandbox/",
    )  # fmt: skip
    found = [
        f"{module.name}:{node.lineno}"
        for module in _outside(allowed)
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Attribute) and dotted(node) in {"os.environ", "os.getenv"}
    ]
    _fail(
        found,
        "List the variable in voxanne/env.py, read it in voxanne/settings/, use django.conf.settings elsewhere.",
    )
