"""The last edits: a comment whose repair was merged or closed, an issue whose branch is green."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.decide import memory
from bot.errors import UpstreamError
from bot.identity import OwnBranch, marker, parse_branch
from bot.model import Item, Outcome, PullRequest, Request, RunRef, TargetKind
from bot.outcomes import OutcomeKind
from bot.policy import Policy
from bot.ports import Glance, Ports
from bot.report.comment import comment
from bot.report.facts import Ending, ReportFacts

RECENT = timedelta(days=2)
_AT_ONCE = 50


@dataclass(frozen=True, slots=True)
class Settler:
    """Part of a sweep; each edit is sent only where it changes something."""

    request: Request
    policy: Policy
    ports: Ports
    glance: Glance

    def settle(self, now: datetime, until: int) -> None:
        """Comments first, then issues, until that many requests were sent; a later one goes on."""
        lately = self.ports.github.closed_pull_requests()
        closed = [
            (pull, own)
            for pull in lately
            if pull.closed_at is not None and now - pull.closed_at < RECENT
            if (own := self._repairs(pull)) is not None
        ]
        for begin in range(0, len(closed), _AT_ONCE):
            numbers = {int(own.ref) for _, own in closed[begin : begin + _AT_ONCE]}
            with suppress(UpstreamError):  # then they are read one by one
                self.glance.look(sorted(numbers), ())
        for pull, own in closed:
            if self.ports.github.requests < until:
                self._comment_of(pull, own)
        for issue in self.glance.our_issues():
            if self.ports.github.requests < until:
                self._issue(issue.number, issue.body.raw, lately)

    def _repairs(self, ours: PullRequest) -> OwnBranch | None:
        """The failing pull request that a pull request of ours is for."""
        own = parse_branch(ours.head_ref, self.policy.branch_prefix)
        is_for_one = own is not None and own.kind is TargetKind.PULL_REQUEST and own.ref.isdigit()
        return own if is_for_one else None

    def _is_of(self, pull: PullRequest, body: str) -> bool:
        """Whether that pull request is for the item that the issue of ours is about."""
        own = parse_branch(pull.head_ref, self.policy.branch_prefix)
        ours = pull.head_repository == self.request.repository.full_name
        return own is not None and ours and f"<!-- coder-fix:{own.item} " in body

    def _comment_of(self, ours: PullRequest, own: OwnBranch) -> None:
        """The comment on the failing pull request becomes one line."""
        item = Item(self.request.repository.id, own.kind, own.ref, digest=own.item)
        mark = marker(item)
        found = self.glance.find_comment(int(own.ref), mark)
        state = memory.read(mark, found.body.raw) if found else None
        if (
            found is None
            or state is None
            or state.final is None
            or state.generation != own.generation
        ):
            return
        facts = ReportFacts(
            outcome=Outcome(state.final if ours.merged else OutcomeKind.STOPPED),
            repository=self.request.repository,
            item=item.name,
            pull_request=ours,
            ending=Ending.MERGED if ours.merged else Ending.CLOSED,
        )
        text = comment(facts, memory.write(mark, state))
        if text != found.body.raw:
            self.ports.github.upsert_comment(int(own.ref), mark, text)

    def _issue(self, number: int, body: str, lately: Sequence[PullRequest]) -> None:
        """A red branch's is over when that is green again, an upgrade's when it is merged."""
        told = memory.read_any(body)
        merged = next((p for p in lately if p.merged and self._is_of(p, body)), None)
        if merged is not None:
            self.ports.github.close_issue(number, f"✅ Merged in #{merged.number}.\n\n{body}")
            return
        kind, _, rest = told.item.partition(":") if told else ("", "", "")
        if told is None or kind != TargetKind.BRANCH.value or not told.run_id:
            return
        workflow = self.ports.github.run(RunRef(told.run_id)).workflow_id
        branch = rest.rpartition(":")[0] or rest
        runs = self.ports.github.runs(branch=branch, status="completed")
        newest = next((run for run in runs if run.workflow_id == workflow), None)
        if newest is not None and newest.conclusion == "success":
            self.ports.github.close_issue(number, f"✅ Green again in run {newest.id}.\n\n{body}")
