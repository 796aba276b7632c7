"""What goes on around a failure: other runs, other pull requests, the base branch, the limits."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta

from bot.decide import memory
from bot.decide.around import Background, Base, OpenItem, Tip
from bot.decide.silence import Silence
from bot.decide.snapshot import Snapshot
from bot.engine.red_run import RedRun
from bot.identity import branch_name, item_hash, item_of_session, name_prefix, parse_branch
from bot.model import (
    RED_CONCLUSIONS,
    Item,
    PullRequest,
    RunRef,
    Session,
    SessionState,
    TargetKind,
    WorkflowRun,
)
from bot.policy import Mode

DAY = timedelta(hours=24)
_AT_WORK = frozenset({SessionState.PENDING, SessionState.WORKING})
OTHERS = 10
"""Sessions without a pull request that are looked at, the newest first."""


@dataclass(frozen=True, slots=True)
class Around:
    """Reads it, independent parts side by side."""

    red: RedRun

    def background(self, facts: Snapshot, run: WorkflowRun | None, item: Item) -> Background:
        """Up to five requests, at once; one more for each other session of the day."""
        since = (facts.now - DAY).strftime("%Y-%m-%dT%H:%M:%SZ")
        github = self.red.ports.github
        with ThreadPoolExecutor(4) as pool:
            recent = pool.submit(github.runs, created=f">={since}")
            open_items = pool.submit(self._open_items)
            listed = pool.submit(self._sessions_today, facts)
            closed = pool.submit(self._closed, facts, item)
            sessions, pulls = listed.result(), open_items.result()
            known = {item_hash(item), *(other.item for other in pulls)}
            return Background(
                recent=recent.result(),
                open_items=pulls,
                under_way=self._under_way(sessions, known),
                closed=closed.result(),
                sessions_today=len(sessions),
                at_work=self._at_work(sessions, known),
                earlier_attempt=self._earlier_attempt(run) if run else "",
            )

    def _open_items(self) -> tuple[OpenItem, ...]:
        full_name = self.red.request.repository.full_name
        found = []
        for pull in self.red.ports.github.open_pull_requests():
            own = parse_branch(pull.head_ref, self.red.policy.branch_prefix)
            if own is not None and pull.head_repository == full_name:
                state = memory.read(f"coder-fix:{own.item}", pull.body.raw)
                fingerprint = state.fingerprint if state else ()
                found.append(OpenItem(pull.number, own.item, fingerprint, pull.created_at))
        return tuple(found)

    def _sessions_today(self, facts: Snapshot) -> tuple[Session, ...]:
        agent = self.red.ports.agent
        if agent is None:
            return ()
        since = facts.now - DAY
        ours = agent.list(name_prefix(self.red.request.repository.id))
        return tuple(s for s in ours if s.created_at is not None and s.created_at >= since)

    def _at_work(self, sessions: Sequence[Session], known: set[str]) -> int:
        """Those of other items that have no pull request yet, and whose agent has not ended."""
        repository = self.red.request.repository.id
        told = ((item_of_session(repository, s.name, s.target), s) for s in sessions)
        others = {item_hash(t[0]) for t, s in told if t and s.state in _AT_WORK and not s.paused}
        return len(others - known)

    def _under_way(self, sessions: Sequence[Session], known: set[str]) -> tuple[OpenItem, ...]:
        """What the newest other sessions are for, as the comments on their pull requests tell."""
        repository, found = self.red.request.repository.id, []
        told = [item_of_session(repository, s.name, s.target) for s in reversed(sessions)]
        pulls = [t for t in told if t is not None and t[0].kind is TargetKind.PULL_REQUEST]
        others = [t for t in pulls if item_hash(t[0]) not in known and t[0].ref.isdigit()]
        for item, generation in others[:OTHERS]:
            state = self.red.state(item)
            if state is not None and state.final is None and state.generation == generation:
                began = state.turn_started
                mark = OpenItem(int(item.ref), item_hash(item), state.fingerprint, began)
                found.append(mark)
        return tuple(found)

    def _closed(self, facts: Snapshot, item: Item) -> PullRequest | None:
        """Ours of the generation before, closed unmerged; none for the first generation."""
        state = facts.known_state
        if state is None or state.final is None:
            return None
        branch = branch_name(item, state.generation, self.red.policy.branch_prefix)
        found = self.red.ports.github.pull_requests_for(branch, state="closed")
        return next((pull for pull in found if not pull.merged), None)

    def _earlier_attempt(self, run: WorkflowRun) -> str:
        if run.attempt <= 1:
            return ""
        return self.red.ports.github.run(RunRef(run.id, run.attempt - 1)).conclusion or ""

    def base(self, background: Background, run: WorkflowRun, branch: str) -> Base:
        """The newest finished run of the same workflow on the base branch."""
        found = self._newest(background.recent, run, branch)
        if found is None:
            runs = self.red.ports.github.runs(branch=branch, status="completed")
            found = self._newest(runs, run, branch)
        if found is None or found.conclusion not in RED_CONCLUSIONS:
            return Base(found)
        facts = self.red.facts(RunRef(found.id, found.attempt))
        return Base(found, self.red.evidence(facts.failing, (found.id,)).fingerprint)

    @staticmethod
    def _newest(runs: tuple[WorkflowRun, ...], run: WorkflowRun, branch: str) -> WorkflowRun | None:
        fitting = (
            r
            for r in runs
            if (r.head_branch, r.workflow_id, r.status) == (branch, run.workflow_id, "completed")
            and r.conclusion not in {"cancelled", "skipped"}
            and not r.event.startswith("pull_request")
        )
        return max(fitting, key=lambda r: r.id, default=None)

    def tip(self, run: WorkflowRun) -> Tip:
        """The failing branch now, and its newest run of the same workflow there."""
        own = run.head_repository == self.red.request.repository.full_name
        sha = self.red.ports.github.branch_head(run.head_branch) if own else run.head_sha
        if sha in {"", run.head_sha}:
            return Tip(sha)
        found = [
            r
            for r in self.red.ports.github.runs(head_sha=sha)
            if r.workflow_id == run.workflow_id and r.status == "completed"
        ]
        newest = max(found, key=lambda r: (r.id, r.attempt), default=None)
        return Tip(sha, green=newest is not None and newest.conclusion == "success")

    def silence(self, facts: Snapshot, run: WorkflowRun, branch: str) -> Silence:
        """What may have kept GitHub from running anything for our head."""
        github = self.red.ports.github
        pull = facts.known_pull if self.red.policy.mode is Mode.FIX else facts.known_ours
        whole = github.pull_request(pull.number) if pull else None
        began = facts.known_state.evidence_sha if facts.known_state else ""
        return Silence(
            branch=branch,
            conflict=whole is not None and whole.mergeable_state == "dirty",
            disabled=github.workflow_state(run.workflow_id) != "active",
            default_token=github.viewer().removesuffix("[bot]") == "github-actions",
            workflow=github.text_at(run.path, facts.our_head),
            base=pull.base_ref if pull else "",
            draft=pull is not None and pull.draft,
            changed=github.compare(began or run.head_sha, facts.our_head).paths,
        )
