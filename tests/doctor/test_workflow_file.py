"""Workflow files as people write them, and as nobody should."""

from __future__ import annotations

import pytest

from bot.doctor.workflow_file import Concurrency, read_workflow
from bot.untrusted import Untrusted
from tests.doctor.world import COMMIT, EXAMPLES


def read(text: str):
    """The file `x.yml`."""
    return read_workflow(".github/workflows/x.yml", Untrusted(text))


JOB = (
    "jobs:\n  fix:\n    runs-on: {runs}\n    steps:\n      - uses: {uses}\n        with: {given}\n"
)


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*.yml")), ids=lambda p: p.name)
def test_each_example_is_understood(path) -> None:
    """One repair with its permissions, by the job's own token, on Linux."""
    workflow = read_workflow(path.name, Untrusted(path.read_text(encoding="utf-8")))

    (repair,) = workflow.repairs
    assert workflow.trouble == ""
    assert workflow.triggers
    assert repair.default_token
    assert not repair.pinned
    assert repair.permissions
    assert repair.runs_on == ("ubuntu-24.04",)


@pytest.mark.parametrize(
    ("uses", "ours"),
    [
        ("coder-fix/coder-fix@v0", True),
        (f"acme/coder-fix@{COMMIT}", True),
        ("docker://registry.example.com/coder-fix@sha256:" + "0" * 64, True),
        ("./.github/actions/coder-fix", True),
        ("acme/coder-fixture@v1", False),
        ("acme/not-coder-fix@v1", False),
        ("actions/checkout@v5", False),
    ],
)
def test_what_is_ours(uses: str, ours: bool) -> None:
    """By the action's name, whoever's copy it is."""
    assert read(f"on: push\n{JOB.format(runs='x', uses=uses, given='{}')}").ours is ours


@pytest.mark.parametrize(
    ("on", "events"),
    [
        ("push", ["push"]),
        ("[push, workflow_run]", ["push", "workflow_run"]),
        ("{workflow_run: {workflows: [CI]}}", ["workflow_run"]),
        ("7", []),
    ],
)
def test_triggers_in_each_form(on: str, events: list[str]) -> None:
    """`on` is true in YAML 1.1; text, list and mapping are the same."""
    assert list(read(f"on: {on}\njobs: {{}}").triggers) == events


@pytest.mark.parametrize(
    ("told", "read_as"),
    [
        ("one", Concurrency("one", cancels=False)),
        ("{group: two, cancel-in-progress: true}", Concurrency("two", cancels=True)),
        ("{group: three, cancel-in-progress: '${{ x }}'}", Concurrency("three", cancels=True)),
        ("[4]", None),
    ],
)
def test_concurrency_in_each_form(told: str, read_as: Concurrency | None) -> None:
    """An expression may well be true."""
    assert read(f"concurrency: {told}\njobs: {{}}").concurrency == read_as


@pytest.mark.parametrize(
    ("told", "read_as"),
    [
        ("", None),
        ("permissions: {}", {}),
        ("permissions: write-all", {"*": "write"}),
        ("permissions: {checks: read}", {"checks": "read"}),
    ],
)
def test_permissions_of_the_workflow_count_for_its_jobs(told: str, read_as) -> None:
    """Where the job says none of its own."""
    job = JOB.format(runs="[self-hosted, linux]", uses="coder-fix/coder-fix@v0", given="{a: true}")
    (repair,) = read(f"on: push\n{told}\n{job}").repairs

    assert repair.permissions == read_as
    assert repair.runs_on == ("self-hosted", "linux")
    assert repair.inputs == {"a": "true"}


def test_secrets_are_found_by_name() -> None:
    """Of every input; the job's own token is none of them."""
    given = "{a: '${{ secrets.ONE }} ${{ secrets.two }}', b: '${{ secrets.GITHUB_TOKEN }}'}"
    (repair,) = read(JOB.format(runs="x", uses="coder-fix/coder-fix@v0", given=given)).repairs

    assert repair.secrets == {"ONE", "two"}


@pytest.mark.parametrize(
    ("text", "trouble"),
    [
        ("on: [push\njobs: {}", "it is not YAML in line 2"),
        ("\x00", "it is not YAML"),
        ("", "it has no jobs"),
        ("- 1", "it has no jobs"),
        ("jobs: 3", "it has no jobs"),
        ("jobs: " + "[" * 5_000, "it is nested too deeply"),
        ("jobs: " + "{a: " * 5_000, "it is nested too deeply"),
        ("a: b\n" * 60_000, "it is larger than 256 KiB"),
        ("!!python/object/apply:os.system ['true']", "it is not YAML in line 1"),
    ],
)
def test_what_cannot_be_read_is_said(text: str, trouble: str) -> None:
    """Broken, deep, large or dangerous: a word, and nothing is executed."""
    workflow = read(text)

    assert workflow.trouble == trouble
    assert workflow.repairs == ()


@pytest.mark.parametrize(
    "jobs",
    [
        "{a: 1}",
        "{a: {steps: 3}}",
        "{a: {steps: [1, null, x]}}",
        "{a: {steps: [{uses: null}]}}",
        "{1: {steps: [{uses: 2.5, with: [x]}]}}",
        "{a: {steps: [{uses: coder-fix@v0, with: x, if: [1]}], runs-on: {group: x}}}",
    ],
)
def test_odd_shapes_are_no_crash(jobs: str) -> None:
    """GitHub refuses such files; here they are read as far as they go."""
    assert read(f"on: push\npermissions: 3\nconcurrency: 4\njobs: {jobs}").trouble == ""


def test_aliases_are_no_harm() -> None:
    """Each level doubles; what is read of it stays small."""
    levels = "\n".join(f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]" for n in range(1, 60))
    assert read(f"a0: &a0 x\n{levels}\njobs: {{}}").trouble == ""
