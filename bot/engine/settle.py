"""The last edits: a comment whose repair was merged or closed, an issue whose branch is green."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.decide import memory
from bot.identity import marker, parse_branch
from bot.model import Item, Outcome, PullRequest, Request, RunRef, TargetKind
from bot.outcomes import OutcomeKind
from bot.policy import Policy
from bot.ports import Ports
from bot.report.comment import comment
from bot.report.facts import Ending, ReportFacts

RECENT = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class Settler:
    """Part of a sweep; each edit is sent only where it changes something."""

    request: Request
    policy: Policy
    ports: Ports

    def settle(self, now: datetime) -> None:
        """Comments first, then issues."""
        for pull in self.ports.github.closed_pull_requests():
            if pull.closed_at is not None and now - pull.closed_at < RECENT:
                self._comment_of(pull)
        for issue in self.ports.github.our_issues():
            self._issue(issue.number, issue.body.raw)

    def _comment_of(self, ours: PullRequest) -> None:
        """The comment on the failing pull request becomes one line."""
        own = parse_branch(ours.head_ref, self.policy.branch_prefix)
        if own is None or own.kind is not TargetKind.PULL_REQUEST or not own.ref.isdigit():
            return
        item = Item(self.request.repository.id, own.kind, own.ref, digest=own.item)
        mark, github = marker(item), self.ports.github
        found = github.find_comment(int(own.ref), mark)
        state = memory.read(mark, found.body.raw) if found else None
        if state is None or state.final is None or state.generation != own.generation:
            return
        facts = ReportFacts(
            outcome=Outcome(state.final if ours.merged else OutcomeKind.STOPPED),
            repository=self.request.repository,
            item=item.name,
            pull_request=ours,
            ending=Ending.MERGED if ours.merged else Ending.CLOSED,
        )
        github.upsert_comment(int(own.ref), mark, comment(facts, memory.write(mark, state)))

    def _issue(self, number: int, body: str) -> None:
        """An issue about a red branch is over when the branch is green again."""
        told = memory.read_any(body)
        kind, _, rest = told.item.partition(":") if told else ("", "", "")
        if told is None or kind != TargetKind.BRANCH.value or not told.run_id:
            return
        workflow = self.ports.github.run(RunRef(told.run_id)).workflow_id
        branch = rest.rpartition(":")[0] or rest
        runs = self.ports.github.runs(branch=branch, status="completed")
        newest = next((run for run in runs if run.workflow_id == workflow), None)
        if newest is not None and newest.conclusion == "success":
            self.ports.github.close_issue(number, f"✅ Green again in run {newest.id}.\n\n{body}")
