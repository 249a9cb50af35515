"""The repository's Python as syntax trees, for rules that a linter does not know."""

import ast
import io
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ROOMS = (
    "voxanne",
    "orgs",
    "credentials",
    "providers",
    "telephony",
    "agents",
    "contacts",
    "knowledge",
    "scheduling",
    "calls",
    "sandbox",
    "website",
)


@dataclass(frozen=True)
class Module:
    """One Python file of the product."""

    path: Path

    @property
    def name(self) -> str:
        """Its path from the root, as the messages say it."""
        return self.path.relative_to(ROOT).as_posix()

    @cached_property
    def text(self) -> str:
        return self.path.read_text()

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text, self.name)

    def imports(self) -> Iterator[tuple[str, int]]:
        """Each imported module with its line."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                yield from ((alias.name, node.lineno) for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                yield node.module, node.lineno

    def comments(self) -> Iterator[tuple[int, str]]:
        """Each comment with its line."""
        for token in tokenize.generate_tokens(io.StringIO(self.text).readline):
            if token.type == tokenize.COMMENT:
                yield token.start[0], token.string

    def calls(self) -> Iterator[ast.Call]:
        """Each call in the file."""
        return (node for node in ast.walk(self.tree) if isinstance(node, ast.Call))

    def functions(self) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
        """Each function and method in the file."""
        return (node for node in ast.walk(self.tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


@cache
def modules(*, with_tests: bool = False) -> tuple[Module, ...]:
    """The product's files, without migrations; with its tests when asked for."""
    files = (path for room in ROOMS for path in sorted((ROOT / room).rglob("*.py")) if _counts(path, with_tests))
    return tuple(Module(path) for path in files)


def modules_with(text: str, *, with_tests: bool = False) -> tuple[Module, ...]:
    """The files in which a text stands at all: the others need not be parsed."""
    return tuple(module for module in modules(with_tests=with_tests) if text in module.text)


def _counts(path: Path, with_tests: bool) -> bool:
    parts = set(path.relative_to(ROOT).parts)
    if parts & {"migrations", "__pycache__", "node_modules"}:
        return False
    return with_tests or not ("tests" in parts or path.name.startswith("test_"))


def dotted(node: ast.expr) -> str:
    """`a.b.c` for a name or attribute, empty for anything else."""
    match node:
        case ast.Name(id=name):
            return name
        case ast.Attribute(value=value, attr=attr):
            return f"{dotted(value)}.{attr}".lstrip(".")
        case ast.Call(func=func):
            return dotted(func)
    return ""
