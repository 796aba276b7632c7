"""From a command that begins something to the request that it makes, or why it makes none."""

from __future__ import annotations

from dataclasses import dataclass, replace

from bot.engine.red_run import newest_red
from bot.engine.upgrades import opened_by_updaters
from bot.model import Assignment, Command, Hint, Item, Package, Request, RunRef, TargetKind
from bot.outcomes import SkipReason
from bot.policy import Policy
from bot.ports import CodeHost


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why nothing begins, as trusted Markdown; without a reason to skip it is an answer."""

    why: str
    skip_reason: SkipReason | None = None


@dataclass(frozen=True, slots=True)
class CommandRequests:
    """`request` is that of the comment itself."""

    request: Request
    policy: Policy
    github: CodeHost

    def of(self, command: Command, item: Item, hint: Hint) -> Request | Refusal:
        """What the command asks of the engine, about the item that it is for."""
        asked = replace(self.request, commanded=True, hint=self._said(command, hint))
        if command.package is not None:
            return self._upgrade(asked, item, command.package)
        if item.is_assigned:
            issue = Assignment(issue=item.thread) if item.thread else None
            return replace(asked, item=item, assignment=issue, by_hand=True)
        if item.kind is TargetKind.PULL_REQUEST:
            return self._repair(asked, item)
        return Refusal("`/coder fix` works on issues and on red pull requests.")

    def _said(self, command: Command, hint: Hint) -> Hint | None:
        """The comment's place tells something too, where that is a line of a diff."""
        place = self.request.comment is not None and self.request.comment.review
        return hint if place or command.text.raw.strip() else None

    def _upgrade(self, asked: Request, item: Item, package: Package) -> Request | Refusal:
        """An updater's pull request is preferred to one of ours."""
        for pull, told in opened_by_updaters(self.github, self.request, self.policy):
            if package.name.lower() in {one.package.lower() for one in told.upgrades}:
                return Refusal(
                    f"Pull request #{pull.number} of {told.updater.value} upgrades it. Where that "
                    "is red, write `/coder fix` there."
                )
        return replace(asked, item=item, assignment=Assignment(packages=(package,)))

    def _repair(self, asked: Request, item: Item) -> Request | Refusal:
        """Of the runs that were there when the comment was written: its author saw those.

        A push since then counts nothing: a stranger may have slipped it in.
        """
        pull = self.github.pull_request(item.thread)
        if pull is None or pull.state != "open":
            return Refusal("This pull request is closed.", SkipReason.SUPERSEDED)
        until = self.request.comment.at if self.request.comment else None
        runs = self.github.runs(head_sha=pull.head_sha)
        run = newest_red(runs, self.request.own_workflow, until)
        if run is None:
            why = "No workflow run at the head of this pull request is red."
            return Refusal(why, SkipReason.NOT_FAILED)
        return replace(asked, run=RunRef(run.id, run.attempt), by_hand=True)
