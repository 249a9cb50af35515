import pytest

from voxanne.embedded.suite import split_arguments, verdict


@pytest.mark.parametrize(
    ("typed", "ours", "theirs"),
    [
        ([], [], ["sandbox/tests"]),
        (["-k", "webhook"], ["-k", "webhook"], ["-k", "webhook", "sandbox/tests"]),
        (["orgs"], ["orgs"], None),
        (["sandbox/tests", "-x"], None, ["-x", "sandbox/tests"]),
        (["orgs", "sandbox"], ["orgs"], ["sandbox"]),
        (["orgs/tests/test_isolation_core.py::test_x"], ["orgs/tests/test_isolation_core.py::test_x"], None),
    ],
)
def test_arguments_go_to_the_run_that_they_are_for(typed: list[str], ours: list[str], theirs: list[str]):
    assert split_arguments(typed) == (ours, theirs)


@pytest.mark.parametrize(
    ("codes", "expected"), [([0, 0], 0), ([0, 5], 0), ([5, 5], 5), ([5], 5), ([0, 1], 1), ([2, 1], 2)]
)
def test_one_verdict_over_all_runs(codes: list[int], expected: int):
    assert verdict(codes) == expected
