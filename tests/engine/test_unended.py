"""A run seen from one of its own jobs, through the real adapter."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from bot.adapters.workspace_files import WorkspaceFiles
from bot.engine.brief import Brief
from bot.engine.red_run import RedRun
from bot.identity import item_hash
from bot.model import Check, Evidence, Item, Repository, RunRef, TargetKind, Vantage
from bot.policy import Policy
from bot.ports import Ports
from bot.sandbox.actions_seeds import JobSeed, StepSeed
from bot.sandbox.github import SandboxGitHub
from bot.sandbox.github_runs import Annotation
from bot.untrusted import Untrusted
from tests.adapters.backends.stand_ins import FakeClock
from tests.adapters.github_rig import adapter, seeded, sent
from tests.builders import a_request
from tests.engine.test_red_run import Quiet

STEPS = (StepSeed("Run actions/checkout@v5"), StepSeed("Run make test", "failure"))
OURS = JobSeed("test", None, status="in_progress", steps=STEPS)
REPAIR = JobSeed("repair", None, status="in_progress", runner="Sandbox 9")
RED = JobSeed("unit", "failure", log="E   assert 1 == 2\n")
ODD = "part 7 comes from another compiler\n"
LINT = "src/a.c:3:5: error: expected ';' before '}' token\n"
JUNIT = """<testsuite><testcase classname="pack.Parts" name="seventh" file="pack.x" line="7">
<failure message="made by another compiler"/></testcase></testsuite>"""
WORKFLOW = "jobs: {test: {steps: [{uses: actions/checkout@v5}, {run: make test}]}}"


@dataclass
class Rig:
    """A repository, and what reads its living run."""

    github: SandboxGitHub
    repository: Any
    ports: Ports
    noun: Repository
    clock: FakeClock

    def red(self, run: Any, **vantage: Any) -> RedRun:
        seen = replace(Vantage(inside=True, runner_name="Sandbox 1"), **vantage)
        request = a_request(repository=self.noun, run=RunRef(run.id), vantage=seen)
        return RedRun(request, Policy(), self.ports, Brief("f" * 16))

    def run(self, *jobs: JobSeed, **run: Any) -> Any:
        return self.github.add_run(self.repository, jobs, **{"branch": "feature"} | run)

    def evidence(self, run: Any, **vantage: Any) -> Evidence:
        red = self.red(run, **vantage)
        facts = red.facts(RunRef(run.id))
        return red.evidence(facts.failing, (run.id,), red.last_green(facts.run, None))

    def files(self, root: Path, *patterns: str) -> None:
        self.ports = replace(self.ports, files=WorkspaceFiles(root, patterns))


@pytest.fixture
def rig(github_sandbox: SandboxGitHub) -> Iterator[Rig]:
    """`feature` has the workflow that failed."""
    repository = seeded(github_sandbox)
    repository.commit("feature", {".github/workflows/ci.yml": WORKFLOW}, "Break")
    noun = Repository(repository.full_name, repository.state.id, "main", "https://x/octo/app")
    clock = FakeClock()
    with adapter(github_sandbox.url) as api:
        ports = Ports(github=api, agent=None, clock=clock, narrator=Quiet())
        yield Rig(github_sandbox, repository, ports, noun, clock)


def test_names_of_steps_have_no_fingerprint(rig: Rig):
    """What the runner notes of every failed step is no finding; the step's name and command are."""
    said = Annotation("Process completed with exit code 1.", "failure", ".github", 9, 9)
    run = rig.run(replace(OURS, annotations=[said]))
    evidence = rig.evidence(run)

    assert [d.message.raw for d in evidence.diagnostics] == ["step 3 failed: Run make test"]
    assert [e.command.raw for e in evidence.excerpts] == ["make test"]
    assert (evidence.fingerprint, evidence.is_empty) == ((), False)
    assert [(m.job.raw, m.unended) for m in evidence.missing] == [("test", True)]


def test_a_telling_annotation_is_a_finding(rig: Rig):
    """A problem matcher has noted it already; that has a fingerprint."""
    said = Annotation("expected ';'", "failure", "src/a.c", 3, 3)
    evidence = rig.evidence(rig.run(replace(OURS, annotations=[said])))

    assert [(d.path, d.line) for d in evidence.diagnostics] == [("src/a.c", 3)]
    assert evidence.fingerprint


def test_files_and_reports_are_the_failing_steps(rig: Rig, tmp_path: Path):
    """A teed file that no format knows, and JUnit XML; beside the log of a sibling that ended."""
    (tmp_path / "ci.log").write_text(ODD)
    (tmp_path / "junit.xml").write_text(JUNIT)
    rig.files(tmp_path, "ci.log", "*.xml")
    evidence = rig.evidence(rig.run(RED, OURS))

    assert {d.tool for d in evidence.diagnostics} >= {"junit", ""}
    by_job = {e.job.raw: e for e in evidence.excerpts}
    assert [line.text.raw for line in by_job["test"].lines] == [ODD.strip()]
    assert (by_job["test"].step, by_job["test"].command.raw) == (3, "make test")
    assert by_job["unit"].lines
    (missing,) = evidence.missing
    assert (missing.unended, "2 files" in missing.reason) == (False, True)


def test_a_follow_up_jobs_files(rig: Rig, tmp_path: Path):
    """They add to what the siblings' logs tell; nothing is missing."""
    (tmp_path / "ci.log").write_text(LINT)
    rig.files(tmp_path, "ci.log", "absent.log")
    evidence = rig.evidence(rig.run(RED, REPAIR), runner_name="Sandbox 9")

    assert "src/a.c" in {d.path for d in evidence.diagnostics}
    assert [m.job.raw for m in evidence.missing] == ["absent.log"]


def test_files_are_of_no_other_run(rig: Rig, tmp_path: Path):
    """On our branch the run with which the item began is another one than ours."""
    (tmp_path / "ci.log").write_text(LINT)
    rig.files(tmp_path, "ci.log")
    other = rig.run(RED)
    red = rig.red(rig.run(OURS))
    facts = red.facts(RunRef(other.id))

    assert not [d for d in red.evidence(facts.failing, (other.id,)).diagnostics if d.path]


def test_the_workflow_file_in_use(rig: Rig):
    """A pull request's is that of the merge commit, which the runner names."""
    sha = rig.repository.commit(
        "other", {".github/workflows/ci.yml": WORKFLOW.replace("make test", "make  test")}, "x"
    )
    steps = (STEPS[0], StepSeed("Run make  test", "failure"))
    run = rig.run(replace(OURS, steps=steps))

    assert rig.evidence(run).excerpts[0].command.raw == ""
    assert rig.evidence(run, workflow_sha=str(sha)).excerpts[0].command.raw == "make  test"


def test_a_step_that_is_told_a_moment_late(rig: Rig):
    """GitHub's view of our own job lags; it is looked at again before nothing is said to fail."""
    run = rig.run(replace(OURS, steps=STEPS[:1]))
    job = run.jobs[0]

    def told(_seconds: float) -> None:
        job.steps = rig.run(OURS).jobs[0].steps

    rig.clock.sleep = told  # type: ignore[method-assign,assignment]

    assert [j.name.raw for j in rig.red(run).facts(RunRef(run.id)).failing] == ["test"]
    assert sent(rig.github, "GET", f"/runs/{run.id}/jobs") == 2


def test_a_job_cancelled_by_its_time_limit(rig: Rig):
    """`if: always()`: it counts, as it does from outside."""
    said = Annotation("The job has exceeded the maximum execution time of 6h0m0s")
    run = rig.run(JobSeed("slow", "cancelled", annotations=[said]), REPAIR)
    facts = rig.red(run, runner_name="Sandbox 9").facts(RunRef(run.id))

    assert [j.name.raw for j in facts.failing] == ["slow"]
    assert facts.is_red


@pytest.mark.parametrize("conclusion", [None, "cancelled", "failure"])
@pytest.mark.parametrize("detail", ["", "own"])
def test_the_origin_is_found_again(rig: Rig, conclusion: str | None, detail: str):
    """Whatever became of the run, and however little the step saw of it."""
    job = OURS if conclusion is None else RED
    run = rig.run(job, branch="main", conclusion=conclusion)
    red = rig.red(run, check_run_id=1)
    later = replace(red, request=replace(red.request, run=None, vantage=Vantage()))
    if detail and conclusion is None:
        detail = ""  # nothing else is known of it yet
    if detail:
        facts = red.facts(RunRef(run.id))
        detail = red.evidence(facts.failing, (run.id,)).fingerprint[0]
    whole = Item(rig.noun.id, TargetKind.BRANCH, "main", detail)
    item = Item(rig.noun.id, TargetKind.BRANCH, "main", digest=item_hash(whole))
    origin = later.origin_of(item, 1)

    assert origin is not None
    assert origin.run.id == run.id


def test_another_failures_run_is_not_the_origin(rig: Rig):
    """The digest must fit."""
    run = rig.run(RED, branch="main")
    red = rig.red(run)
    item = Item(rig.noun.id, TargetKind.BRANCH, "main", digest="0" * 12)

    assert red.origin_of(item, 1) is None


def _check(job: Any, **changes: Any) -> Check:
    made = Check(Untrusted("c"), "in_progress", None, job_id=job, ours=True)
    return replace(made, **changes)


@pytest.mark.parametrize(
    ("vantage", "own"),
    [
        ({"runner_name": "Sandbox 9"}, {"repair", "run"}),  # it repairs what others broke
        ({"runner_name": "Sandbox 1"}, set()),  # it is the one that failed
        ({"runner_name": "nobody"}, set()),
        ({"runner_name": "Sandbox 9", "inside": False}, {"repair", "test", "run"}),
    ],
)
def test_which_checks_of_our_run_have_no_say(rig: Rig, vantage: Any, own: set[str]):
    """From outside all of them; from inside the job that repairs, and the run that waits for it."""
    run = rig.run(OURS, REPAIR)
    ids = {job.name: job.id for job in run.jobs} | {"run": 0}
    checks = tuple(_check(number) for number in ids.values())
    counted = rig.red(run, **vantage).counted(checks)

    assert {name for name, c in zip(ids, counted, strict=True) if c.ours} == own
