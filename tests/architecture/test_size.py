"""How big things may be, and what may not stand in the code. The lists of exceptions only ever get shorter."""

import ast
import re

from tests.architecture.source import dotted, modules, modules_with

MODULE_LINES = 400
FUNCTION_LINES = 40
LONG_MODULES: set[str] = set()
LONG_FUNCTIONS: set[str] = set()
MAY_PRINT = ("bin/", "bench/")
LATER = re.compile(r"\b(" + "|".join(("TO" + "DO", "FIX" + "ME", "X" * 3, "HACK")) + r")\b")


def test_a_module_fits_in_the_head() -> None:
    long = {module.name for module in modules(with_tests=True) if len(module.text.splitlines()) > MODULE_LINES}

    assert long <= LONG_MODULES, (
        f"Split by noun into a package (limit {MODULE_LINES} lines): {sorted(long - LONG_MODULES)}"
    )
    assert long >= LONG_MODULES, f"Short by now, take off the list: {sorted(LONG_MODULES - long)}"


def test_a_function_fits_on_a_screen() -> None:
    long = {
        f"{module.name}:{function.name}"
        for module in modules(with_tests=True)
        for function in module.functions()
        if (function.end_lineno or 0) - function.lineno + 1 > FUNCTION_LINES
    }

    assert long <= LONG_FUNCTIONS, f"Name its parts (limit {FUNCTION_LINES} lines): {sorted(long - LONG_FUNCTIONS)}"
    assert long >= LONG_FUNCTIONS, f"Short by now, take off the list: {sorted(LONG_FUNCTIONS - long)}"


def test_no_module_is_a_drawer_for_anything() -> None:
    drawers = {"utils.py", "helpers.py", "misc.py", "common.py"}
    found = [module.name for module in modules(with_tests=True) if module.path.name in drawers]

    assert not found, f"Name the module for its noun (business_hours.py): {found}"


def test_nothing_is_printed() -> None:
    found = [
        f"{module.name}:{call.lineno}"
        for module in modules_with("print(")
        if not module.name.startswith(MAY_PRINT) and module.name != "voxanne/settings/__init__.py"
        for call in module.calls()
        if dotted(call.func) == "print"
    ]

    assert not found, f"Log with structlog; in a command use self.stdout.write: {found}"


def test_nothing_is_left_for_later() -> None:
    found = [
        f"{module.name}:{number}"
        for module in modules(with_tests=True)
        if LATER.search(module.text)
        for number, words in module.comments()
        if LATER.search(words)
    ]

    assert not found, f"Do it, or open an issue: {found}"


def test_every_module_says_what_it_is() -> None:
    found = [
        module.name
        for module in modules()
        if module.text.strip()
        and module.path.name not in {"apps.py", "urls.py", "admin.py"}
        and not ast.get_docstring(module.tree)
    ]

    assert not found, f"Begin with a docstring that says what the file holds: {found}"
