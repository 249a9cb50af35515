"""What costs seconds and a hundred megabytes to import is imported by workers alone, and only when it is needed."""

import ast

from tests.architecture.source import Module, modules

HEAVY = {"presidio_analyzer", "spacy", "vaderSentiment"}
# The only modules that may import a heavy package at their top, and how they are reached themselves.
AT_THE_TOP = {"calls/redaction/engine.py": "calls.redaction.engine"}


def _at_the_top(module: Module) -> set[str]:
    """What is imported as soon as the module is, as far as it concerns us."""
    if not any(name in module.text for name in (*HEAVY, "redaction")):
        return set()
    inside = {id(node) for function in module.functions() for node in ast.walk(function)}
    found: set[str] = set()
    for node in ast.walk(module.tree):
        if id(node) in inside:
            continue
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
            found.update(f"{node.module}.{alias.name}" for alias in node.names)
    return found


def test_heavy_packages_are_imported_where_they_are_used() -> None:
    found = [
        f"{module.name} imports {name}"
        for module in modules()
        if module.name not in AT_THE_TOP
        for name in _at_the_top(module)
        if name.split(".")[0] in HEAVY or name in AT_THE_TOP.values()
    ]
    assert not found, "Import it inside the function that needs it: a page must not wait for it.\n  " + "\n  ".join(
        found
    )


def test_pages_and_webhooks_never_redact() -> None:
    """What they store is sealed or names a person only: their modules name nothing that would load the analyser."""
    doors = ("calls/views/", "calls/api/", "calls/ingress/", "calls/tools/", "calls/routing/")
    found = [
        f"{module.name} imports {name}"
        for module in modules()
        if module.name.startswith(doors)
        for name in _at_the_top(module)
        if name.startswith("calls.redaction")
    ]
    assert not found, "Leave it to calls.processing, which a worker runs.\n  " + "\n  ".join(found)
