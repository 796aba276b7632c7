"""The red run, through the real adapter: its pull request, its failing jobs, its evidence."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import pytest

from bot.engine.brief import Brief
from bot.engine.red_run import RedRun
from bot.model import Repository, RunRef
from bot.policy import Policy
from bot.ports import Ports
from bot.sandbox.actions_seeds import JobSeed
from bot.sandbox.github import SandboxGitHub
from bot.sandbox.github_runs import Annotation
from tests.adapters.backends.stand_ins import FakeClock
from tests.adapters.github_rig import adapter, seeded, sent
from tests.builders import a_request

RED = JobSeed("test", "failure", log="E   assert 1 == 2\n")


class Quiet:
    """A narrator without an audience."""

    def tell(self, text: str) -> None:
        """Nothing."""


@dataclass
class Rig:
    """A repository with a branch, and what reads its red runs."""

    github: SandboxGitHub
    repository: Any
    red: RedRun

    def pull_of(self, **run: Any) -> int:
        """The number of the pull request that such a run tested, 0 for none."""
        made = self.github.add_run(self.repository, [RED], **run)
        pull = self.red.pull_request(self.red.facts(RunRef(made.id)).run)
        return pull.number if pull else 0


@pytest.fixture
def rig(github_sandbox: SandboxGitHub) -> Iterator[Rig]:
    """`feature` is one commit ahead of `main`."""
    repository = seeded(github_sandbox)
    repository.commit("feature", {"app.py": "broken\n"}, "Break")
    noun = Repository(repository.full_name, repository.state.id, "main", "https://x/octo/app")
    with adapter(github_sandbox.url) as api:
        ports = Ports(github=api, agent=None, clock=FakeClock(), narrator=Quiet())
        request = a_request(repository=noun)
        yield Rig(github_sandbox, repository, RedRun(request, Policy(), ports, Brief("f" * 16)))


def test_a_forks_pull_request_is_found_by_head(rig: Rig):
    """GitHub names none in a fork's run; owner and branch find it, whatever else has that name."""
    fork = rig.github.fork(rig.repository, "eve")
    fork.commit("feature", {"app.py": "evil\n"}, "Evil")
    rig.repository.open_pull_request("feature", author="alice")
    number = rig.repository.open_pull_request("eve:feature", author="eve").number

    assert rig.pull_of(event="pull_request", pull_number=number) == number


def test_a_merge_group_leads_to_its_pull_request(rig: Rig):
    """The queue's branch names the number; the branch itself is nobody's head."""
    number = rig.repository.open_pull_request("feature", author="alice").number
    queued = f"gh-readonly-queue/main/pr-{number}-{'0' * 40}"
    rig.repository.commit(queued, {"app.py": "merged\n"}, "Merge", start=False)

    assert rig.pull_of(event="merge_group", branch=queued) == number


def test_a_push_to_the_default_branch_has_none(rig: Rig):
    """Nothing is looked for: what everybody branches from is nobody's head."""
    assert rig.pull_of(event="push", branch="main") == 0
    assert sent(rig.github, "GET", "/pulls") == 0


def test_a_push_to_a_branch_with_a_pull_request(rig: Rig):
    """A push run names no pull request either; the open one of that head is meant."""
    number = rig.repository.open_pull_request("feature", author="alice").number

    assert rig.pull_of(event="push", branch="feature") == number


@pytest.mark.parametrize(
    ("words", "failing"),
    [
        ("The job has exceeded the maximum execution time of 6h0m0s", ["slow"]),
        ("The action 'Run make' has timed out after 30 minutes.", ["slow"]),
        ("The operation was canceled.", []),
    ],
)
def test_a_job_cancelled_by_its_time_limit_counts_as_failed(rig: Rig, words, failing):
    """A limit and a person both end a job as `cancelled`: only the annotation tells."""
    jobs = [
        JobSeed("slow", "cancelled", annotations=[Annotation(words)]),
        JobSeed("other", "cancelled", annotations=[Annotation("The operation was canceled.")]),
    ]
    run = rig.github.add_run(rig.repository, jobs)

    assert [job.name.raw for job in rig.red.facts(RunRef(run.id)).failing] == failing


def test_annotations_stand_in_for_a_log(rig: Rig):
    """A log that is gone is named with its reason, and what GitHub noted of the job is used."""
    said = Annotation("assert 1 == 2 in test_total", "failure", "test_app.py", 7, 7)
    gone = JobSeed("gone", "failure", log_state="gone", annotations=[said])
    run = rig.github.add_run(rig.repository, [RED, gone])
    evidence = rig.red.evidence(rig.red.facts(RunRef(run.id)).failing, (run.id,))

    assert [(m.job.raw, "410" in m.reason) for m in evidence.missing] == [("gone", True)]
    lines = [line.text.raw for excerpt in evidence.excerpts for line in excerpt.lines]
    shown = "\n".join(lines + [d.message.raw for d in evidence.diagnostics])
    assert "assert 1 == 2 in test_total" in shown
    assert "E   assert 1 == 2" in lines


USUAL = [f"warning: no checksum for part {n}, error ignored" for n in range(40)]
NEWS = "part 7 comes from another compiler"


def _told(rig: Rig, branch: str, *lines: str, color: str = "success", **job: Any) -> Any:
    log = "\n".join([*USUAL[:20], *lines, *USUAL[20:], "finished"])
    seed = JobSeed(job.pop("name", "pack"), color, log=log, **job)
    return rig.github.add_run(rig.repository, [seed], branch=branch, event="push")


def _compared(rig: Rig, run: Any) -> Any:
    facts = rig.red.facts(RunRef(run.id))
    brief = rig.red.brief
    small = replace(rig.red, brief=replace(brief, log_budget_chars=120))
    return small.evidence(facts.failing, (run.id,), small.last_green(facts.run, None))


def test_the_last_green_log_shows_what_is_new(rig: Rig):
    """No format knows the failure: of two equal budgets only one holds the line that is new."""
    green = _told(rig, "main")
    run = _told(rig, "feature", NEWS, color="failure")

    evidence = _compared(rig, run)
    assert NEWS in [line.text.raw for line in evidence.excerpts[0].lines]
    assert evidence.green.head_sha == rig.repository.state.git.branch("main")
    assert evidence.green.url.endswith(str(green.id))
    facts = rig.red.facts(RunRef(run.id))
    alone = replace(rig.red, brief=replace(rig.red.brief, log_budget_chars=120))
    blind = alone.evidence(facts.failing, (run.id,))
    assert NEWS not in [line.text.raw for line in blind.excerpts[0].lines]
    assert (blind.fingerprint, blind.failure_class) == (
        evidence.fingerprint,
        evidence.failure_class,
    )


def test_the_failing_branch_comes_before_its_base(rig: Rig):
    """What the branch itself printed when it was green is nearest."""
    _told(rig, "main")
    green = _told(rig, "feature", NEWS)
    run = _told(rig, "feature", NEWS, color="failure")

    assert _compared(rig, run).green.url.endswith(str(green.id))


@pytest.mark.parametrize("job", [{"name": "other"}, {"log_state": "gone"}, {"color": "failure"}])
def test_without_a_green_log_of_the_job_nothing_is_compared(rig: Rig, job: Any):
    """Another job's log, one that has expired, or none at all."""
    _told(rig, "main", **job)
    run = _told(rig, "feature", NEWS, color="failure")

    assert _compared(rig, run).green is None


def test_a_known_format_needs_no_comparison(rig: Rig):
    """Requests are spent only where lines would be guessed."""
    rig.github.add_run(rig.repository, [JobSeed("test")], branch="main", event="push")
    log = "src/a.c:3:5: error: expected ';' before '}' token\n"
    seed = JobSeed("test", "failure", log=log)
    run = rig.github.add_run(rig.repository, [seed], branch="feature", event="push")
    facts = rig.red.facts(RunRef(run.id))
    rig.red.evidence(facts.failing, (run.id,), rig.red.last_green(facts.run, None))

    assert not sent(rig.github, "GET", "/actions/runs")


JUNIT = b"""<testsuites><testsuite>
<testcase classname="pack.Parts" name="seventh" file="pack.x" line="7">
<failure message="made by another compiler"/></testcase><testcase classname="a" name="b"/>
</testsuite></testsuites>"""


def test_a_report_tells_what_no_format_does(rig: Rig):
    """JUnit XML among the artifacts: its failed tests, where the log's lines would be guessed."""
    run = _told(rig, "feature", NEWS, color="failure")
    rig.github.seed_artifact(run, "junit-report", {"out/TEST-pack.xml": JUNIT, "log.txt": b"x"})
    rig.github.seed_artifact(run, "screenshots", {"TEST-other.xml": JUNIT})

    evidence = _compared(rig, run)
    (found,) = [d for d in evidence.diagnostics if d.tool == "junit"]
    assert (found.test, found.path, found.line) == ("pack.Parts::seventh", "pack.x", 7)
    assert found.message.raw == "made by another compiler"
    assert sent(rig.github, "GET", "/zip") == 1


@pytest.mark.parametrize("content", [b"PK\x03\x04 cut", b"", b"no archive at all"])
def test_a_report_that_is_none_is_left_out(rig: Rig, content: bytes):
    """A damaged archive costs nothing but its requests."""
    run = _told(rig, "feature", NEWS, color="failure")
    rig.github.seed_artifact(run, "junit-report", {"TEST-pack.xml": JUNIT}).content = content

    assert [d for d in _compared(rig, run).diagnostics if d.tool == "junit"] == []


def test_an_expired_report_is_not_asked_for(rig: Rig):
    """GitHub lists what it has thrown away."""
    run = _told(rig, "feature", NEWS, color="failure")
    rig.github.seed_artifact(run, "test-results", {"TEST-pack.xml": JUNIT}).expired = True
    _compared(rig, run)

    assert sent(rig.github, "GET", "/zip") == 0
