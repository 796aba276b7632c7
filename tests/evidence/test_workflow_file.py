"""The failed step's command from the workflow file, or honestly none."""

from __future__ import annotations

import pytest

from bot.evidence.workflow_file import command_of
from bot.model import Job, JobStep
from bot.untrusted import Untrusted
from bot.workflow_file import LARGEST

WORKFLOW = """\
on: push
jobs:
  test:
    strategy: {matrix: {python: [1, 2]}}
    steps:
      - uses: actions/checkout@v5
      - uses: ./.github/actions/build
      - run: |
          pip install -e .
          pytest
      - name: Twice
        run: first
      - name: Twice
        run: second
      - name: On ${{ matrix.python }} (${{ runner.os }})
        run: named
      - run: echo ${{ github.sha }} | wc
  named:
    name: Lint on ${{ matrix.os }}
    steps: [{run: lint}]
  called:
    uses: ./.github/workflows/other.yml
"""


def failed(job: str, *steps: str, failing: int = -1) -> Job:
    told = [JobStep(n, Untrusted(name), "completed", "success") for n, name in enumerate(steps, 1)]
    told[failing] = JobStep(
        told[failing].number, told[failing].name, told[failing].status, "failure"
    )
    return Job(1, Untrusted(job), "in_progress", None, tuple(told))


@pytest.mark.parametrize(
    ("job", "command"),
    [
        (failed("test", "Run pip install -e ."), "pip install -e .\npytest\n"),
        (failed("test (2)", "Run pip install -e ."), "pip install -e .\npytest\n"),
        (failed("test", "Twice", "Twice", failing=0), "first"),
        (failed("test", "Twice", "Twice", failing=1), "second"),
        (failed("test", "On 2 (Linux)"), "named"),
        (failed("test", "Run echo 4be1c0d | wc"), "echo ${{ github.sha }} | wc"),
        (failed("Lint on ubuntu", "Run lint"), "lint"),
        # what is not found for certain:
        (failed("test", "Twice"), ""),
        (failed("test", "Run ./.github/actions/build"), ""),
        (failed("test", "Run something else"), ""),
        (failed("other", "Run lint"), ""),
        (failed("named (2)", "Run lint"), ""),
        (failed("called / inner", "Run lint"), ""),
        (failed("Lint on ubuntu (2)x", "Run linter"), ""),
    ],
)
def test_the_command_of_a_step(job, command):
    """By the names of job and step, of equal ones by their order."""
    assert command_of(Untrusted(WORKFLOW), job).raw == command


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[",
        "jobs: [1]",
        "jobs: {test: 1}",
        "jobs: {test: {steps: 3}}",
        "jobs: {test: {steps: [1, {run: [x]}]}}",
        "- " * 5000,
        "a: &a [*a]\njobs: *a",
        "!!python/object/apply:os.system [x]",
        "x" * (LARGEST + 1),
    ],
)
def test_files_that_tell_nothing(text):
    """Whatever the failing commit has put there."""
    assert command_of(Untrusted(text), failed("test", "Run pytest")).raw == ""


def test_a_job_without_a_failed_step():
    """Nothing is looked for."""
    job = Job(1, Untrusted("test"), "in_progress", None)

    assert command_of(Untrusted(WORKFLOW), job).raw == ""


def test_names_full_of_expressions_end_soon():
    """Such a name fits in ever so many ways; a search that tries them all would not end."""
    name = "a${{ x }}" * 2000
    text = f"jobs: {{test: {{name: '{name}b', steps: [{{run: x}}]}}}}"

    assert command_of(Untrusted(text), failed("a" * 3000 + "c", "Run x")).raw == ""
