"""A new master key takes over: everything moves, nothing is lost, and whoever asks is told what is left."""

import ast
import io
import json
import threading
from collections import Counter
from contextlib import contextmanager

import pytest
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from django.core.management import CommandError, call_command
from django.db import connection, connections, transaction

from calls.ingress.inbox import UNRESOLVED_PURPOSE
from calls.models import UnresolvedWebhook
from conftest import as_login, make_user
from credentials import rotation, sealing
from credentials.key_ring import key_ring
from credentials.models import EncryptionKeyCheck, OrgKey
from credentials.rotation import KeyState, count_keys, rotate
from credentials.sealing import seal_for_org, unseal_for_org
from credentials.service import credential_service
from credentials.tests.test_only_door import sources
from credentials.types import Provider
from orgs.models import AuditEntry
from orgs.scope import service_tx
from orgs.second_factors import SealedSecondFactors, second_factors_of
from voxanne import sealed_text
from voxanne.expiring_cache import clear_all_caches
from voxanne.master_key import master_key_id
from voxanne.sealed_rows import SealedRow, sealed_tables

NEW = "5d1f0a9c3b7e28461c2d3e4f5a6b7c8d9e0f1a2b3c4d5e6f708192a3b4c5d6e7"
STRANGE = "91c7e3a5d2f04b68ac1e5f7092b3d4c6e8fa0b1c2d3e4f5061728394a5b6c7d9"
TOTP = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


@pytest.fixture
def new_key(settings):
    """`new_key()`: from now on the old key is a retired one."""

    def enter():
        old = settings.ENCRYPTION_KEY
        settings.ENCRYPTION_KEY, settings.ENCRYPTION_KEYS_RETIRED = NEW, [old]
        return master_key_id(old)

    return enter


def sealed_for(user, text):
    with second_factors_of(user):
        return get_adapter().encrypt(text)


def opened_for(user, sealed):
    with second_factors_of(user):
        return get_adapter().decrypt(sealed)


def add_totp(user, text=TOTP):
    data = {"secret": sealed_for(user, text)}
    return Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data=data)


@pytest.fixture
def sealed_things(north, south, north_owner, south_owner):
    """One of everything that the master key seals."""
    add_totp(north_owner)
    Authenticator.objects.create(
        user=north_owner, type=Authenticator.Type.RECOVERY_CODES,
        data={"seed": sealed_for(north_owner, "5eed"), "used_mask": 3, "viewed_at": 1763633000.1234567},
    )  # fmt: skip
    migrated = [sealed_for(south_owner, "one"), sealed_for(south_owner, "two")]
    Authenticator.objects.create(
        user=south_owner, type=Authenticator.Type.RECOVERY_CODES, data={"migrated_codes": migrated}
    )
    Authenticator.objects.create(user=south_owner, type=Authenticator.Type.WEBAUTHN, data={"name": "Key"})
    kept = UnresolvedWebhook(dedupe_key="1")
    kept.payload = sealed_text.seal('{"a":1}', purpose=UNRESOLVED_PURPOSE, row=str(kept.pk))
    UnresolvedWebhook.objects.bulk_create([kept, UnresolvedWebhook(dedupe_key="2", payload="")])


def counts():
    return {(count.table, count.state): count.rows for count in count_keys()}


def run(*arguments):
    """The command's standard output and exit code."""
    out, code = io.StringIO(), 0
    try:
        call_command("rotate_encryption_key", *arguments, stdout=out, stderr=io.StringIO())
    except SystemExit as ended:
        code = ended.code
    return out.getvalue(), code


def wrapped(org):
    with service_tx("test"):
        return OrgKey.across_orgs.get(org_id=org.pk)


def test_both_ways_to_name_a_master_key_agree(settings):
    assert key_ring().current.id == master_key_id(settings.ENCRYPTION_KEY)


def test_everything_moves_to_the_new_key_and_the_old_one_can_go(north, south, sealed_things, new_key, settings):
    secret = credential_service.get(north.pk, Provider.VAPI)
    text = seal_for_org(south.pk, purpose="payload", text="Ana Reyes")
    new_key()

    result = rotate()

    assert (result.rotated, result.remaining, result.unreadable) == (6, 0, {})
    settings.ENCRYPTION_KEYS_RETIRED = []
    clear_all_caches()
    assert credential_service.get(north.pk, Provider.VAPI) == secret
    assert unseal_for_org(south.pk, purpose="payload", sealed=text) == "Ana Reyes"
    totp, codes, migrated, passkey = Authenticator.objects.order_by("pk").select_related("user")
    assert opened_for(totp.user, totp.data["secret"]) == TOTP
    assert opened_for(codes.user, codes.data["seed"]) == "5eed"
    assert (codes.data["used_mask"], codes.data["viewed_at"]) == (3, 1763633000.1234567)
    assert [opened_for(migrated.user, code) for code in migrated.data["migrated_codes"]] == ["one", "two"]
    assert passkey.data == {"name": "Key"}
    with service_tx("test"):
        kept = UnresolvedWebhook.objects.get(dedupe_key="1")
        assert AuditEntry.objects.get(action="encryption.rotated", org=None).details["rows"] == 6
    assert sealed_text.unseal(kept.payload, purpose=UNRESOLVED_PURPOSE, row=str(kept.pk)) == '{"a":1}'


def test_check_counts_and_changes_nothing(north, south, sealed_things, new_key):
    old_id = new_key()
    before = (wrapped(north).wrapped_key, list(Authenticator.objects.values()), EncryptionKeyCheck.objects.count())

    out, code = run("--check", "--json")

    report = json.loads(out)
    assert code == 1
    assert (report["complete"], report["left"]) == (False, 6)
    assert {"table": "org_keys", "key": old_id, "state": "retired", "rows": 2} in report["keys"]
    assert Counter(key["table"] for key in report["keys"]) == {
        "mfa_authenticator": 1, "org_keys": 1, "unresolved_webhooks": 1,
    }  # fmt: skip
    assert (
        wrapped(north).wrapped_key,
        list(Authenticator.objects.values()),
        EncryptionKeyCheck.objects.count(),
    ) == before


def test_check_says_when_all_is_done(north, new_key):
    new_key()
    assert run()[1] == 0

    out, code = run("--check")

    assert code == 0
    assert f"key {master_key_id(NEW)} (current)" in out
    assert out.endswith("All under the current key.\n")


def test_check_names_keys_that_are_not_configured(north, settings):
    settings.ENCRYPTION_KEY = STRANGE

    out, code = run("--check")

    assert code == 1
    assert "(not configured)" in out


def test_a_run_that_dies_is_resumed(north, south, sealed_things, new_key):
    new_key()

    def die_after_two(rotated):
        if rotated == 2:
            raise SystemExit(137)

    with pytest.raises(SystemExit):
        rotate(batch=1, on_progress=die_after_two)
    assert sum(rows for (_, state), rows in counts().items() if state is KeyState.CURRENT) == 2

    assert rotate(batch=1).rotated == 4
    assert rotate().rotated == 0


def test_a_row_that_nothing_opens_is_reported_and_stops_nothing(north, south, new_key):
    old_id = new_key()
    broken = wrapped(north)
    with service_tx("test"):
        OrgKey.across_orgs.filter(pk=broken.pk).update(wrapped_key=_with_another_end(broken.wrapped_key))
    damaged = wrapped(north).wrapped_key

    out, code = run("--json")

    report = json.loads(out)
    assert code == 1
    assert (report["rotated"], report["left"]) == (1, 1)
    assert report["unreadable"] == [{"table": "org_keys", "id": str(broken.pk), "reason": "tampered"}]
    assert (wrapped(north).wrapped_key, wrapped(north).master_key_id) == (damaged, old_id)
    assert wrapped(south).master_key_id == master_key_id(NEW)
    assert f"org_keys {broken.pk} cannot be read: tampered" in run()[0]


def _with_another_end(text):
    return text[:-1] + ("1" if text[-1] == "0" else "0")


def test_second_factors_that_nothing_opens_are_reported(north_owner, south_owner, new_key):
    Authenticator.objects.create(user=north_owner, type=Authenticator.Type.TOTP, data={"secret": "never sealed"})
    Authenticator.objects.create(user=south_owner, type=Authenticator.Type.TOTP, data={"secret": None})
    new_key()

    result = rotate()

    assert len(result.unreadable) == result.remaining == 2
    assert [row.data["secret"] for row in Authenticator.objects.order_by("pk")] == ["never sealed", None]


def test_the_key_check_follows_the_rotation(north, new_key, settings):
    from credentials.key_check import check_key_value

    check_key_value()
    new_key()
    rotate()

    assert EncryptionKeyCheck.objects.order_by("-id").first().key_id == master_key_id(NEW)
    settings.ENCRYPTION_KEYS_RETIRED = []
    assert check_key_value() == master_key_id(NEW)


def test_keys_that_are_not_this_databases_change_nothing(north, settings):
    from credentials.key_check import check_key_value

    check_key_value()
    before = wrapped(north).wrapped_key
    settings.ENCRYPTION_KEY = STRANGE

    with pytest.raises(CommandError, match="Nothing was changed"):
        run()
    assert wrapped(north).wrapped_key == before


@pytest.mark.parametrize("batch", ["0", "-1", "10001"])
def test_a_batch_has_a_sensible_size(batch, db):
    with pytest.raises(CommandError, match="--batch"):
        run("--batch", batch)


def test_a_terminal_sees_a_bar(north, south, new_key):
    class Terminal(io.StringIO):
        def isatty(self):
            return True

    new_key()
    shown = Terminal()
    call_command("rotate_encryption_key", stdout=io.StringIO(), stderr=shown)

    assert f"{'█' * 30} 2 of 2 rows" in shown.getvalue()


def test_what_was_replaced_meanwhile_is_not_overwritten(north, sealed_things, new_key):
    new_key()
    current = master_key_id(NEW)
    for table in sealed_tables():
        with table.open_tx():
            row = table.claim(current=current, after=None, limit=1).rows[0]
            fresh = table.reseal(row)
            assert table.swap([(row, fresh)]) == 1
            assert table.swap([(row, fresh)]) == 0, table.name
            assert table.swap([]) == 0
    assert SealedSecondFactors().swap([(SealedRow(1, ("somebody", {"secret": "another"})), {})]) == 0


@contextmanager
def holding(org):
    """Another transaction holds the organisation's key row."""
    held, done = threading.Event(), threading.Event()

    def hold():
        with service_tx("test"):
            OrgKey.across_orgs.select_for_update().get(org_id=org.pk)
            held.set()
            done.wait(10)
        connections.close_all()

    thread = threading.Thread(target=hold)
    thread.start()
    held.wait(10)
    try:
        yield done
    finally:
        done.set()
        thread.join()


@pytest.mark.django_db(transaction=True)
def test_a_row_that_somebody_holds_is_passed_over_and_comes_later(north, south, new_key, monkeypatch):
    new_key()
    monkeypatch.setattr(rotation, "PAUSE_S", 0.05)
    with holding(north) as let_go:
        result = rotate()
        assert (result.rotated, result.remaining) == (1, 1)
        assert "1 rows were held by others" in run()[0]
        timer = threading.Timer(0.1, let_go.set)
        timer.start()
        assert rotate().is_complete
        timer.join()


@pytest.mark.django_db(transaction=True)
def test_two_runs_at_once_share_the_work(north, south, sealed_things, new_key):
    for number in range(40):
        add_totp(make_user(f"{number}@north.example"))
    new_key()
    start, results = threading.Barrier(2), []

    def work():
        start.wait()
        results.append(rotate(batch=2))
        connections.close_all()

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sum(result.rotated for result in results) == 46
    assert all(result.is_complete for result in results)


@pytest.mark.django_db(transaction=True)
def test_the_workers_own_login_may_do_it(north, south, sealed_things, new_key):
    new_key()
    with as_login("voxanne_worker"):
        assert run("--check")[1] == 1
        assert run()[1] == 0
        assert run("--check")[1] == 0


def test_a_data_key_in_memory_outlives_the_rotation(north, new_key, settings):
    before = seal_for_org(north.pk, purpose="payload", text="before")
    new_key()
    rotate()
    after = seal_for_org(north.pk, purpose="payload", text="after")
    sealing._keys.clear()
    settings.ENCRYPTION_KEYS_RETIRED = []

    assert [unseal_for_org(north.pk, purpose="payload", sealed=text) for text in (before, after)] == ["before", "after"]


SEALS_WITH_THE_MASTER_KEY = {
    "calls/ingress/inbox.py": "unresolved_webhooks",
    "orgs/accounts.py": "mfa_authenticator",
    "voxanne/health/probes.py": "",  # opened at once, never stored
}


def test_whatever_the_master_key_seals_is_registered():
    found = {name for name, text in sources() if _seals(text)}

    assert found == SEALS_WITH_THE_MASTER_KEY.keys(), "register the table in voxanne.sealed_rows and list it here"
    tables = {table.name for table in sealed_tables()}
    assert tables == {"org_keys", *filter(None, SEALS_WITH_THE_MASTER_KEY.values())}


def _seals(text):
    """Whether a file calls `sealed_text.seal` (or `seal`, imported from there)."""
    if "sealed_text" not in text:
        return False
    called = {ast.unparse(node.func) for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Call)}
    return bool(called & {"sealed_text.seal", "seal"})


def test_no_transaction_is_left_open(north, new_key):
    new_key()
    with transaction.atomic():
        rotate()
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_setting('role')")
            assert cursor.fetchone() == ("none",)
