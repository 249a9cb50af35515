"""Roles, schema and the demo clinic of a local installation, each only when something changed."""

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from voxanne.embedded.console import SetUpFailed, complain, say
from voxanne.embedded.services import EmbeddedPostgres
from voxanne.embedded.stamps import digest_of, is_current, write_stamp

ROOT = Path(__file__).resolve().parents[2]
DATABASE = "voxanne"


@dataclass(frozen=True)
class LocalDatabase:
    """The database of one home: `embedded` is None when `DATABASE_URL` names another server."""

    home: Path
    environment: dict[str, str]
    embedded: EmbeddedPostgres | None

    def ensure_schema(self) -> bool:
        """Roles, database and migrations; whether anything was run.

        Another server's roles are made only with `DATABASE_SUPERUSER_URL`; its migrations are always checked.
        """
        digest = self._digest()
        stamp = self.home / "stamps" / "schema"
        if digest and is_current(stamp, digest):
            return False
        self._ensure_roles()
        say("Preparing the database …")
        self._manage("migrate", "--no-input", "--verbosity", "0", process="owner")
        if digest:
            write_stamp(stamp, digest)
        return True

    def ensure_demo(self) -> dict[str, str]:
        """The demo clinic's login, made once; empty when there is no demo."""
        kept = self.home / "demo.json"
        if self.embedded and kept.exists():
            login: dict[str, str] = json.loads(kept.read_text())
            return login
        if not any(ROOT.glob("*/management/commands/seed_demo.py")):
            return {}
        say("Making the demo clinic …")
        login = _last_object(self._manage("seed_demo", "--json", process="worker"))
        if self.embedded:
            kept.touch(mode=0o600)
            kept.write_text(json.dumps(login))
        return login

    def _ensure_roles(self) -> None:
        from voxanne.embedded.roles import ensure_database

        superuser_url = self.embedded.superuser_url if self.embedded else self.environment.get("DATABASE_SUPERUSER_URL")
        if superuser_url:
            ensure_database(superuser_url, database=DATABASE)

    def _digest(self) -> str:
        """What the schema depends on, with this very cluster in it; empty when it is not ours to know."""
        if self.embedded is None:
            return ""
        born = (self.home / "postgres" / "PG_VERSION").stat()
        files = [*ROOT.glob("*/migrations"), ROOT / "requirements.txt", ROOT / "voxanne" / "embedded" / "roles.py"]
        return digest_of(files, extra=f"{born.st_ino} {born.st_mtime_ns}")

    def _manage(self, *arguments: str, process: str) -> str:
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env={**self.environment, "VOXANNE_PROCESS": process},
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            complain(done.stderr.strip()[-4000:])
            raise SetUpFailed(f"`manage.py {arguments[0]}` failed; its last words stand above.")
        return done.stdout


def _last_object(output: str) -> dict[str, str]:
    for line in reversed(output.strip().splitlines()):
        try:
            found = json.loads(line)
        except ValueError:
            continue
        if isinstance(found, dict):
            return {str(key): str(value) for key, value in found.items()}
    return {}
