import pytest

from voxanne.embedded.suite import split_arguments, verdict, worker_options


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


@pytest.mark.parametrize("typed", [[], ["-x"], ["-k", "webhook"], ["--durations=40"]])
def test_the_whole_suite_is_shared_out(typed: list[str], monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("os.cpu_count", lambda: 2)
    assert worker_options(typed) == ["-n", "3", "--dist", "loadfile"]


@pytest.mark.parametrize(
    "typed", [["orgs"], ["-n0"], ["-n", "3"], ["-s"], ["-x", "--pdb"], ["orgs/tests/test_team.py", "-x"]]
)
def test_paths_and_who_looks_closely_get_one_process(typed: list[str]):
    assert worker_options(typed) == []
