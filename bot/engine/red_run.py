"""The red run: its jobs, its pull request, its evidence; and the way back from a branch of ours."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import chain

from bot.decide import memory
from bot.decide.run_facts import RunFacts
from bot.decide.snapshot import ItemState
from bot.engine.brief import Brief
from bot.engine.last_green import LastGreen
from bot.engine.unended import Unended
from bot.errors import UpstreamError
from bot.evidence.distiller import Distillation
from bot.identity import branch_name, item_hash, marker, parse_branch
from bot.model import (
    RED_CONCLUSIONS,
    Annotation,
    Check,
    Evidence,
    Item,
    Job,
    JobLog,
    PullRequest,
    Request,
    RunRef,
    TargetKind,
    WorkflowRun,
)
from bot.outcomes import ErrorKind
from bot.policy import Policy
from bot.ports import Ports

_MERGE_QUEUE = re.compile(r"gh-readonly-queue/.+/pr-(\d+)-[0-9a-f]+")
_TIME_LIMIT = re.compile(r"exceeded the maximum execution time|has timed out after", re.IGNORECASE)
_NUMBER = re.compile(r"[0-9]{1,18}")
_CANDIDATES = 3
_MOST_BACK = 20
"""Generations without a pull request that are looked behind."""

_MAY_BE_RED = ("failure", "in_progress", "cancelled")
"""A run whose own step began the work may still live, or be cancelled by the repair's push."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Where the work on an item began: the red run, the item, what is remembered of it."""

    run: RunRef
    item: Item
    state: ItemState | None


@dataclass(frozen=True, slots=True)
class RedRun:
    """Reads what failed."""

    request: Request
    policy: Policy
    ports: Ports
    brief: Brief

    def facts(self, ref: RunRef, *, by_jobs: bool = False) -> RunFacts:
        """The run and its jobs, side by side; `by_jobs` as in `RunFacts`."""
        with ThreadPoolExecutor(2) as pool:
            jobs = pool.submit(self.ports.github.jobs, ref)
            run = self.ports.github.run(ref)
            found = jobs.result()
        facts = RunFacts(run, found, by_jobs=by_jobs)
        if self._unended.is_asked(ref.id):
            facts = self._unended.facts(run, found)
        if run.conclusion == "cancelled" or (facts.by_jobs and not facts.failing):
            facts = replace(facts, timed_out=self._timed_out(facts.jobs))
        return facts

    @property
    def _unended(self) -> Unended:
        return Unended(self.request, self.ports)

    def counted(self, checks: tuple[Check, ...]) -> tuple[Check, ...]:
        """The checks with those marked as ours that have no say."""
        return self._unended.counted(checks)

    def _timed_out(self, jobs: tuple[Job, ...]) -> tuple[int, ...]:
        """Cancelled jobs that hit their time limit: only their annotations say so."""
        cancelled = [job for job in jobs if job.conclusion == "cancelled"]
        return tuple(
            job.id
            for job in cancelled
            if any(_TIME_LIMIT.search(a.message.raw) for a in self.ports.github.annotations(job))
        )

    def evidence(
        self, jobs: tuple[Job, ...], runs: Sequence[int], green: LastGreen | None = None
    ) -> Evidence:
        """What the jobs' logs say, or their annotations where a log cannot be had.

        Where no format knows the failure, reports among the `runs`' artifacts may, and what is new
        since the `green` run stands out.
        """
        notes: dict[int, Sequence[Annotation]] = {}
        ended = [job for job in jobs if job.status == "completed"]
        running = [job for job in jobs if job.status != "completed"]
        with (
            self._unended.recorded(runs) as files,
            self.ports.github.logs(ended) as (logs, missing),
        ):
            arriving = chain(self._arriving(logs, jobs, notes), files.logs_of(running, jobs))
            read = Distillation(arriving, missing=missing, annotations=notes)
            read.add_reports(files.reports)
            if read.guessed:
                read.add_reports([r for run in runs for r in self.ports.github.reports(run)])
            compared = green.compare(read) if green else None
            evidence = read.evidence(self.brief.log_budget_chars)
        run = green.run if green else None
        return self._unended.completed(replace(evidence, green=compared), running, files, run)

    def last_green(self, run: WorkflowRun, pull: PullRequest | None) -> LastGreen:
        """On the failing branch; else on the base, where a pull request's first run has none."""
        base = pull.base_ref if pull else self.request.repository.default_branch
        own = run.head_repository == self.request.repository.full_name
        return LastGreen(self.ports.github, run, (run.head_branch if own else "", base))

    def _arriving(
        self,
        logs: Iterator[JobLog],
        jobs: tuple[Job, ...],
        notes: dict[int, Sequence[Annotation]],
    ) -> Iterator[JobLog]:
        """Pass the logs on; when all have come, ask for the `notes` on jobs that have none."""
        had = set()
        for log in logs:
            had.add(log.job.id)
            yield log
        for job in jobs:
            if job.id not in had:
                notes[job.id] = self.ports.github.annotations(job)

    def pull_request(self, run: WorkflowRun) -> PullRequest | None:
        """The pull request that the run tested; GitHub names none for forks, so ask by head."""
        queued = _MERGE_QUEUE.fullmatch(run.head_branch)
        if queued:
            return self._named(int(queued[1]))
        if run.pull_request_numbers:
            return self._named(run.pull_request_numbers[0])
        own = run.head_repository == self.request.repository.full_name
        if own and run.head_branch == self.request.repository.default_branch:
            return None
        owner = run.head_repository.partition("/")[0]
        found = self.ports.github.pull_requests_for(run.head_branch, owner=owner, state="all")
        found = tuple(p for p in found if p.head_repository in {run.head_repository, ""})
        open_ones = [p for p in found if p.state == "open"]
        if open_ones:
            return open_ones[0]
        about_one = run.event.startswith("pull_request")
        return found[0] if found and about_one else None

    def _named(self, number: int) -> PullRequest:
        """GitHub deletes no pull request: without it the work would get another item's name."""
        found = self.ports.github.pull_request(number)
        if found is None:
            raise UpstreamError(
                ErrorKind.GITHUB,
                f"Pull request #{number}, which the run tested, cannot be found.",
                status=404,
            )
        return found

    def state(self, item: Item, begun: int = 1) -> ItemState | None:
        """What our comment, or our pull request's body, remembers; `begun` is the newest
        generation known of. One that pushed nothing has no pull request, whatever follows it.
        """
        if item.thread:
            comment = self.ports.github.find_comment(item.thread, marker(item))
            return memory.read(marker(item), comment.body.raw) if comment else None
        state, later = None, begun
        for generation in range(begun, max(0, begun - _MOST_BACK), -1):
            state = self._of(item, generation)
            if state is not None:
                break
        while state is not None and state.final is not None and state.generation == later:
            later += 1
            state = self._of(item, later) or state
        if state is not None and state.final is None:
            return state
        told = self._in_issue(item)
        return told if told and (state is None or told.generation > state.generation) else state

    def _of(self, item: Item, generation: int) -> ItemState | None:
        """What is remembered in the pull request of that generation; None without one."""
        branch = branch_name(item, generation, self.policy.branch_prefix)
        found = self.ports.github.pull_requests_for(branch, state="all")
        if not found:
            return None
        return self._remembered(item, found[0]) or ItemState(item.name, generation)

    def _in_issue(self, item: Item) -> ItemState | None:
        """Where there was no pull request at the end either, an issue of ours remembers."""
        mark = marker(item)
        bodies = (issue.body.raw for issue in self.ports.github.our_issues())
        return next((state for b in bodies if (state := memory.read(mark, b))), None)

    def _remembered(self, item: Item, pull: PullRequest) -> ItemState | None:
        """From the body of a pull request that we opened, else from our comment on the agent's."""
        github = self.ports.github
        if github.is_us(pull.author):
            return memory.read(marker(item), pull.body.raw)
        comment = github.find_comment(pull.number, marker(item))
        return memory.read(marker(item), comment.body.raw) if comment else None

    def on_our_branch(self, run: WorkflowRun) -> tuple[Item, int] | None:
        """The item and generation that the name of a branch of ours tells, for a run on one."""
        own = parse_branch(run.head_branch, self.policy.branch_prefix)
        if own is None or run.head_repository != self.request.repository.full_name:
            return None
        item = Item(self.request.repository.id, own.kind, own.ref, digest=own.item)
        return item, own.generation

    def origin(self, run: WorkflowRun) -> Origin | None:
        """For a run on a branch of ours: the red run with which the item began."""
        ours = self.on_our_branch(run)
        return self.origin_of(*ours) if ours else None

    def origin_of(self, item: Item, generation: int) -> Origin | None:
        """The red run with which the item began: remembered, else searched for."""
        # Anybody may name a branch like ours, after a pull request that does not exist.
        is_pull = item.kind is TargetKind.PULL_REQUEST
        if is_pull and not _NUMBER.fullmatch(item.ref):
            return None
        try:
            state = self.state(item, generation)
        except UpstreamError as failure:
            if failure.status != 404 or not is_pull or self._pull(item) is not None:
                raise
            return None
        if state is not None and state.run_id:
            return Origin(RunRef(state.run_id), item, state)
        found = self._searched(item)
        return Origin(found, item, state or ItemState(item.name, generation)) if found else None

    def _searched(self, item: Item) -> RunRef | None:
        """Nothing is remembered yet: the newest red runs of the branch, until one is the item's."""
        branch, is_pull = item.ref, item.kind is TargetKind.PULL_REQUEST
        if is_pull:
            pull = self._pull(item)
            branch = pull.head_ref if pull else ""
        for status in _MAY_BE_RED if branch else ():
            for run in self.ports.github.runs(branch=branch, status=status)[:_CANDIDATES]:
                ref = RunRef(run.id, run.attempt)
                if (is_pull and status == "failure") or self._is_of(item, ref):
                    return ref
        return None

    def _pull(self, item: Item) -> PullRequest | None:
        return self.ports.github.pull_request(int(item.ref))

    def _is_of(self, item: Item, ref: RunRef) -> bool:
        facts = self.facts(ref, by_jobs=True)
        if item.kind is TargetKind.PULL_REQUEST or not facts.failing:
            return bool(facts.failing)
        fingerprint = self.evidence(facts.failing, (facts.run.id,)).fingerprint
        # A step saw less of its run than is to be seen now: perhaps another part, perhaps nothing.
        wholes = (
            Item(item.repository_id, item.kind, facts.run.head_branch, detail)
            for detail in (*fingerprint, "")
        )
        return any(item_hash(whole) == item.digest for whole in wholes)


def tested_by_queue(run: WorkflowRun, pull: PullRequest | None) -> WorkflowRun:
    """A queue tests a commit of its own on a branch that goes away: the pull request's counts.

    What the queue had merged it with is told in the prompt; a repair builds on the pull request.
    """
    if run.event != "merge_group" or pull is None:
        return run
    return replace(run, head_sha=pull.head_sha, head_branch=pull.head_ref)


def newest_red(
    runs: Iterable[WorkflowRun], own_workflow: str, until: datetime | None = None
) -> WorkflowRun | None:
    """The newest red one among the latest of each workflow, of those that were there `until` then.

    Without our own workflow's, of which a red run tells nothing of the commit.
    """
    latest: dict[int, WorkflowRun] = {}
    for run in runs:
        late = until is not None and run.created_at is not None and run.created_at > until
        known = latest.get(run.workflow_id)
        if run.path != own_workflow and not late and (known is None or known.id < run.id):
            latest[run.workflow_id] = run
    red = [run for run in latest.values() if run.conclusion in RED_CONCLUSIONS]
    return max(red, key=lambda run: run.id, default=None)
