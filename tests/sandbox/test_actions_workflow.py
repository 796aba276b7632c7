"""Workflow files: what the sandbox reads of them and the word it has for what it does not run."""

from __future__ import annotations

import textwrap
from typing import Any

import pytest

from bot.sandbox.actions_expressions import Context, ExpressionError, condition, evaluate, expand
from bot.sandbox.actions_triggers import matches, starts_on_pull_request, starts_on_push
from bot.sandbox.actions_workflow import WorkflowFileError, read_triggers, read_workflow

PATH = ".github/workflows/ci.yml"
STEP = "{runs-on: x, steps: [{run: 'true'}]}"


def _file(jobs: str, top: str = "on: push") -> str:
    return f"{top}\njobs:\n{textwrap.indent(textwrap.dedent(jobs), '  ')}\n"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (_file("a: {container: x, steps: [{run: x}]}"), "jobs.a.container: the sandbox does not"),
        (_file("a: {uses: ./.github/workflows/b.yml}"), "jobs.a.uses: the sandbox does not run"),
        (
            _file("a: {steps: [{uses: actions/setup-node@v4}]}"),
            "jobs.a.steps[0].uses: only actions",
        ),
        (_file("a: {steps: [{uses: actions/checkout@v4, with: {ref: x}}]}"), "steps[0].with.ref"),
        (_file("a: {steps: [{run: x, shell: pwsh}]}"), "only bash and sh run here, not 'pwsh'"),
        (_file("a: {steps: [{name: x}]}"), "jobs.a.steps[0]: needs either run or uses"),
        (_file("a: {needs: b, steps: [{run: x}]}"), "jobs.a.needs: there is no job 'b'"),
        (
            _file("a: {strategy: {matrix: '${{ x }}'}, steps: [{run: x}]}"),
            "strategy.matrix: must be",
        ),
        (_file("a: {runs-on: x}"), "jobs.a.steps: missing"),
        (_file(f"a: {STEP}", "on: push\nconcurrency: x"), "concurrency: the sandbox does not run"),
        (f"jobs: {{a: {STEP}}}", "on: missing"),
        ("on: push", "jobs: must be a mapping"),
        ("on: [push", "is not YAML"),
        ("text", "is not a mapping"),
    ],
)
def test_a_file_that_would_not_be_honoured_is_refused(text: str, words: str) -> None:
    """Whatever the sandbox does not run is refused with the key's full name."""
    with pytest.raises(WorkflowFileError) as refused:
        read_workflow(PATH, text)
    assert words in str(refused.value)


@pytest.mark.parametrize(
    ("on", "expected"),
    [
        ("on: push", {"push": {}}),
        ("on: [push, pull_request]", {"push": {}, "pull_request": {}}),
        ("on: {push: {branches: [main]}, schedule: [{cron: x}]}",
            {"push": {"branches": ["main"]}, "schedule": {}}),
        ("'on': {workflow_dispatch: }", {"workflow_dispatch": {}}),
    ],
)  # fmt: skip
def test_triggers_are_read_in_every_form(on: str, expected: dict[str, Any]) -> None:
    """A text, a list and a mapping are understood, although YAML 1.1 reads `on` as true."""
    assert read_triggers(PATH, f"name: CI\n{on}") == ("CI", expected)


@pytest.mark.parametrize(
    ("filters", "ref", "expected"),
    [
        ({}, "refs/heads/any/thing", True),
        ({}, "refs/tags/v1", True),
        ({"branches": ["main", "release/**"]}, "refs/heads/release/1/2", True),
        ({"branches": ["main"]}, "refs/heads/other", False),
        ({"branches": ["*"]}, "refs/heads/a/b", False),
        ({"branches": ["**", "!wip/**"]}, "refs/heads/wip/x", False),
        ({"branches-ignore": ["wip/**"]}, "refs/heads/wip/x", False),
        ({"branches": ["main"]}, "refs/tags/v1", False),
        ({"tags": ["v*"]}, "refs/heads/main", False),
        ({"tags": ["v*"]}, "refs/tags/v1", True),
        ({"paths": ["src/**"]}, "refs/heads/main", False),
        ({"paths": ["docs/*.md", "src/**"]}, "refs/heads/main", True),
        ({"paths-ignore": ["docs/**"]}, "refs/heads/main", False),
        ({"paths-ignore": ["src/**"]}, "refs/heads/main", True),
    ],
)
def test_push_filters(filters: dict[str, Any], ref: str, expected: bool) -> None:
    """Branch, tag and path filters decide as documented; the push changed docs/a.md alone."""
    assert starts_on_push({"push": filters}, ref, lambda: ["docs/a.md"]) is expected


@pytest.mark.parametrize(
    ("filters", "action", "expected"),
    [
        ({}, "opened", True),
        ({}, "labeled", False),
        ({"types": ["labeled"]}, "labeled", True),
        ({"types": "closed"}, "opened", False),
        ({"branches": ["release/*"]}, "opened", False),
    ],
)
def test_pull_request_filters(filters: dict[str, Any], action: str, expected: bool) -> None:
    """Types default to opened, synchronize and reopened; branches mean the base."""
    on = {"pull_request": filters}
    assert starts_on_pull_request(on, action, "main", list) is expected


@pytest.mark.parametrize(
    ("pattern", "name", "expected"),
    [
        ("v[12].[0-9]+", "v1.10", True),
        ("feature-?", "feature", True),
        ("**/docs/**", "a/b/docs/c", True),
        ("**.js", "a/b.js", True),
        ("*.js", "a/b.js", False),
    ],
)
def test_globs(pattern: str, name: str, expected: bool) -> None:
    """The filter patterns' characters mean what the documentation says."""
    assert matches([pattern], name) is expected


def test_a_matrix_is_multiplied_trimmed_and_extended() -> None:
    """exclude takes combinations out; include extends those that fit and adds the others."""
    job = """
    a:
      strategy:
        matrix:
          os: [linux, mac]
          py: [1, 2]
          exclude: [{os: mac, py: 1}]
          include: [{os: mac, fast: yes}, {os: win, py: 9}]
      steps: [{run: x}]
    """
    legs = read_workflow(PATH, _file(job)).jobs[0].legs
    assert legs == (
        {"os": "linux", "py": 1},
        {"os": "linux", "py": 2},
        {"os": "mac", "py": 2, "fast": True},
        {"os": "win", "py": 9},
    )


CONTEXT = Context({
    "github": {"ref": "refs/heads/main", "event": {"number": 7}},
    "env": {"A": "x"},
    "matrix": {"os": "Linux", "n": 2, "on": False},
    "needs": {"build": {"result": "failure"}},
})  # fmt: skip


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("github.ref == 'refs/heads/main'", True),
        ("matrix.os == 'linux' && matrix.n > 1", True),
        ("!matrix.on || false", True),
        ("(matrix.n == '2') && 'yes' || 'no'", "yes"),
        ("matrix.on && 'yes' || 'no'", "no"),
        ("github['event'].number", 7),
        ("env.MISSING", None),
        ("env.missing.deeper", None),
        ("needs.build.result != 'success'", True),
        ("startsWith(github.ref, 'refs/heads/') && endsWith(env.A, 'X')", True),
        ("contains('Hello', 'ell') && !contains('a', 'b')", True),
        ("format('{0}-{1}', env.A, matrix.n)", "x-2"),
        ("'it''s'", "it's"),
        ("success() && !failure() && !cancelled() && always()", True),
    ],
)
def test_expressions(text: str, expected: Any) -> None:
    """Contexts, operators and functions evaluate as GitHub's do."""
    assert evaluate(text, CONTEXT) == expected


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("hashFiles('**')", "no function hashFiles()"),
        ("steps.a.outputs.b", "no context 'steps'"),
        ("env.A ==", "more missing"),
        ("env.A env.A", "cannot evaluate"),
        ("env.A # 1", "cannot read"),
    ],
)
def test_an_expression_beyond_the_sandbox_is_refused(text: str, words: str) -> None:
    """What cannot be evaluated is said, with the expression."""
    with pytest.raises(ExpressionError, match=r".*") as refused:
        evaluate(text, CONTEXT)
    assert words in str(refused.value)


@pytest.mark.parametrize(
    ("text", "status", "expected"),
    [
        (None, "success", True),
        (None, "failure", False),
        ("env.A == 'x'", "failure", False),
        ("failure()", "failure", True),
        ("always() && env.A == 'y'", "success", False),
        ("${{ cancelled() || failure() }}", "cancelled", True),
    ],
)
def test_conditions_imply_success(text: str | None, status: str, expected: bool) -> None:
    """Without a status function a condition also asks that all went well."""
    assert condition(text, Context(CONTEXT.values, status)) is expected


def test_text_is_expanded() -> None:
    """Every expression in a text is replaced, false and missing values as GitHub shows them."""
    text = "${{ matrix.os }}-${{matrix.on}}-${{ env.MISSING }}."
    assert expand(text, CONTEXT) == "Linux-false-."
