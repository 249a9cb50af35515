"""Nobody but the credential service's own modules touches the tables that hold secrets."""

import ast
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("voxanne", "orgs", "credentials", "providers", "telephony", "agents", "contacts", "scheduling", "calls")
MAY_IMPORT = {
    "credentials/service.py",
    "credentials/alert_claims.py",
    "credentials/org_keys.py",
    "credentials/key_check.py",
    "credentials/oauth_attempts.py",
    "credentials/reading.py",
    "credentials/wrapped_keys.py",
}
TABLES = ("org_credentials", "org_keys")


def sources():
    for room in ROOMS:
        for path in (ROOT / room).rglob("*.py"):
            relative = path.relative_to(ROOT).as_posix()
            if "/tests/" not in relative and "/migrations/" not in relative:
                yield relative, path.read_text()


def imports_models(text):
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.ImportFrom) and node.module == "credentials.models":
            return True
        if isinstance(node, ast.ImportFrom) and node.module == "credentials":
            if any(alias.name == "models" for alias in node.names):
                return True
        elif isinstance(node, ast.Import) and any(alias.name == "credentials.models" for alias in node.names):
            return True
    return False


def test_only_the_service_imports_the_models():
    assert {name for name, text in sources() if imports_models(text)} == MAY_IMPORT


def test_only_this_room_names_the_tables():
    assert not [
        name
        for name, text in sources()
        if not name.startswith("credentials/") and any(f'"{table}"' in text or f" {table} " in text for table in TABLES)
    ]


def test_only_this_room_decrypts():
    inner = ("credentials.encryption", "credentials.org_keys", "credentials.key_ring")
    assert not [
        name for name, text in sources() if not name.startswith("credentials/") and any(word in text for word in inner)
    ]
