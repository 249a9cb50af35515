from pathlib import Path

import pytest

from voxanne.embedded.environment import (
    development_secrets,
    keep_secrets,
    load_local_environment,
    local_addresses,
    read_environment,
    write_environment,
)
from voxanne.embedded.ports import plan_ports
from voxanne.env import VARIABLES, find_problems


def test_secrets_are_made_once_and_kept(tmp_path: Path):
    path = tmp_path / "env"
    first = keep_secrets(path)
    write_environment(path, first)

    assert keep_secrets(path) == first
    assert development_secrets() != first


def test_only_its_owner_can_read_the_file(tmp_path: Path):
    write_environment(tmp_path / "env", {"SECRET_KEY": "x"})

    assert (tmp_path / "env").stat().st_mode & 0o077 == 0


def test_a_value_may_hold_an_equals_sign(tmp_path: Path):
    write_environment(tmp_path / "env", {"DATABASE_URL": "postgresql://x@/y?host=/tmp/z"})

    assert read_environment(tmp_path / "env") == {"DATABASE_URL": "postgresql://x@/y?host=/tmp/z"}


def test_what_is_made_is_good_enough_for_production():
    made = {**development_secrets(), **local_addresses(ports=plan_ports(8600), sandbox=True)}
    made |= {"DATABASE_URL": "postgresql://voxanne_web@/voxanne?host=/tmp/x", "REDIS_URL": "redis://127.0.0.1:1/0"}

    problems = find_problems({**made, "ALLOWED_HOSTS": "127.0.0.1"})

    assert [problem.name for problem in problems] == ["BACKEND_URL"]  # production wants https


def test_providers_are_never_the_real_ones():
    without = local_addresses(ports=plan_ports(8600), sandbox=False)

    assert without["SANDBOX_URL"] == ""
    addresses = {variable.name for variable in VARIABLES if variable.name.endswith("_BASE_URL")}
    addresses |= {name for name in without if name.startswith(("GOOGLE_", "MICROSOFT_"))}
    assert len(addresses) >= 9
    assert all(without[name].startswith("http://127.0.0.1:") for name in addresses)


@pytest.mark.parametrize(
    ("environment", "read"), [("", True), ("development", True), ("production", False), ("test", False)]
)
def test_commands_take_it_over_in_development_only(
    environment: str, read: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    write_environment(tmp_path / "env", {"ONLY_HERE": "yes"})
    monkeypatch.setenv("VOXANNE_HOME", str(tmp_path))
    monkeypatch.setenv("VOXANNE_ENV", environment)
    monkeypatch.setenv("ONLY_HERE", "") if not read else monkeypatch.delenv("ONLY_HERE", raising=False)
    seen: dict[str, str] = {}
    monkeypatch.setattr("os.environ.setdefault", seen.__setitem__)

    load_local_environment()

    assert ("ONLY_HERE" in seen) is read
