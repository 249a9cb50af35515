from pathlib import Path

from voxanne.embedded.stamps import digest_of, is_current, write_stamp


def test_a_digest_changes_with_contents_names_and_extras(tmp_path: Path):
    (tmp_path / "a.css").write_text("one")
    first = digest_of([tmp_path])

    (tmp_path / "a.css").write_text("two")
    second = digest_of([tmp_path])
    (tmp_path / "a.css").rename(tmp_path / "b.css")

    assert len({first, second, digest_of([tmp_path]), digest_of([tmp_path], extra="x")}) == 4


def test_what_is_built_or_cached_is_not_a_source(tmp_path: Path):
    (tmp_path / "a.css").write_text("one")
    before = digest_of([tmp_path])

    for folder in ("__pycache__", "node_modules", "dist"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "x").write_text("y")

    assert digest_of([tmp_path, tmp_path / "missing"]) == before


def test_a_stamp_is_current_until_the_inputs_change(tmp_path: Path):
    stamp = tmp_path / "stamps" / "schema"

    assert not is_current(stamp, "abc")
    write_stamp(stamp, "abc")
    assert is_current(stamp, "abc")
    assert not is_current(stamp, "abd")
