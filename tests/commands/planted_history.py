"""A repository's past, planted: red pull requests, what coder-fix wrote there, and forgeries."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.decide import memory
from bot.decide.snapshot import Attempt, ItemState
from bot.identity import branch_name, marker
from bot.model import Item, TargetKind
from bot.outcomes import OutcomeKind, SkipReason
from bot.sandbox.actions_seeds import JobSeed
from bot.sandbox.github_handle import SandboxRepository
from bot.sandbox.github_state import Comment, Issue, PullRequest

BOT = "coder-fix-bot"


@dataclass
class Past:
    """Writes into the sandbox's records; `ago` and `after` are minutes."""

    github: Any
    repository: SandboxRepository
    now: datetime = field(default_factory=lambda: datetime.now(UTC).replace(microsecond=0))

    def __post_init__(self) -> None:
        self.repository.commit("feature", {"a.py": "broken\n"}, "Break", start=False)

    def at(self, ago: float) -> str:
        return (self.now - timedelta(minutes=ago)).strftime("%Y-%m-%dT%H:%M:%SZ")

    def item(self, kind: TargetKind, ref: int | str, detail: str = "") -> Item:
        return Item(self.repository.state.id, kind, str(ref), detail)

    def state(self, item: Item, ago: float, **more: Any) -> ItemState:
        """A record of a session that began then."""
        began = self.now - timedelta(minutes=ago)
        usual: dict[str, Any] = {"session_id": "s-1", "began": began, "turn_started": began}
        attempts = tuple(Attempt("a" * 40, "red") for _ in range(more.pop("told", 0)))
        return ItemState(item.name, **usual | {"attempts": attempts} | more)

    def red_pull(self, ago: float, *, author: str = "alice", head: str = "feature") -> PullRequest:
        """Somebody's pull request, changed then for the last time; its branch may be any."""
        base = next(iter(self.repository.state.pulls.values()), None)
        if base is None:
            made = self.repository.open_pull_request("feature", author=author)
            return self._dated(made, ago)
        with self.github.lock:
            number = max(self.repository.state.issues) + 1
            user = self.github.state.user(author)
            issue = replace(
                base.issue, number=number, user=user, body="", comments=[], labels=[],
                title=f"Change {number}", state="open", closed_at=None,
            )  # fmt: skip
            made = replace(
                base, id=base.id + number, issue=issue, head_ref=head, merged_at=None,
                reviews=[], review_comments=[],
            )  # fmt: skip
            self.repository.state.issues[number] = issue
            self.repository.state.pulls[number] = made
        return self._dated(made, ago)

    def repair(self, state: ItemState, item: Item, ago: float, **more: Any) -> PullRequest:
        """Our pull request; `body` replaces the record, `author` the bot's account."""
        branch = branch_name(item, state.generation, "coder-fix/")
        ours = self.red_pull(ago, author=more.get("author", BOT), head=branch)
        ours.issue.body = more.get("body", f"Repairs it.\n{memory.write(marker(item), state)}\n")
        return ours

    def green_at(self, pull: PullRequest, ago: float) -> str:
        """A commit of its own with a check that ended then; the pull request's head."""
        branch = f"tmp-{pull.number}"
        sha = self.repository.commit(branch, {f"{pull.number}.py": "whole\n"}, "Fix", start=False)
        run = self.github.add_run(self.repository, [JobSeed("test")], branch=branch)
        with self.github.lock:
            run.jobs[0].completed_at = self.at(ago)
            self.repository.state.git.delete_ref(f"refs/heads/{branch}")
            pull.head_sha = sha
        return sha

    def says(self, thread: PullRequest | Issue, body: str, ago: float, by: str = BOT) -> Comment:
        """A comment, edited since or not: GitHub tells only when it was written first."""
        comment = self.repository.comment(thread.number, body, author=by)
        issue = self.repository.state.issues[thread.number]
        comment.created_at = self.at(ago)
        issue.updated_at = max(self.at(ago), issue.created_at)
        return comment

    def remembers(self, thread: PullRequest | Issue, item: Item, state: ItemState, ago: float,
                  by: str = BOT) -> Comment:  # fmt: skip
        """Our sticky comment with its record."""
        return self.says(thread, f"### Repair\n{memory.write(marker(item), state)}\n", ago, by)

    def settle(self, pull: PullRequest, *, merged: bool) -> None:
        """Merged, or closed unmerged, and its branch deleted."""
        pull.issue.state, pull.issue.closed_at = "closed", self.at(0)
        pull.merged_at = self.at(0) if merged else None

    def issue(self, ago: float, *, author: str = "alice", body: str = "Please.") -> Issue:
        made = self.repository.open_issue("Wish", body=body, author=author)
        made.created_at = made.updated_at = self.at(ago)
        return made

    def _dated(self, pull: PullRequest, ago: float) -> PullRequest:
        pull.issue.created_at = pull.issue.updated_at = self.at(ago)
        return pull


def whole_past(past: Past) -> None:
    """One repair of each end, and everything that must not be counted."""
    fixed(past, ago=600, minutes=12, merged=True)
    fixed(past, ago=900, minutes=40, told=1, merged=False)
    not_fixed(past)
    flagged(past)
    _on_an_issue(past)
    _for_a_branch(past)
    _in_place(past)
    _by_the_agent(past)
    _skipped(past)
    _only_told(past)
    _forged(past)
    _edited(past)
    _second_generation(past)
    _long_ago(past)
    for color in ("failure", "failure", "success", "failure"):
        past.github.add_run(past.repository, [JobSeed("test", color)])


def fixed(past: Past, *, ago: float, minutes: float, merged: bool, told: int = 0) -> PullRequest:
    """A red pull request, our comment, our pull request, green after so many minutes."""
    red = past.red_pull(ago + 5)
    item = past.item(TargetKind.PULL_REQUEST, red.number)
    state = past.state(item, ago, told=told, final=OutcomeKind.FIXED)
    ours = past.repair(state, item, ago - 3)
    sha = past.green_at(ours, ago - minutes)
    state = replace(state, head=sha)
    ours.issue.body = f"Repairs it.\n{memory.write(marker(item), state)}\n"
    past.remembers(red, item, state, ago)
    if merged:
        past.settle(ours, merged=True)
    return ours


def not_fixed(past: Past) -> None:
    red = past.red_pull(300)
    item = past.item(TargetKind.PULL_REQUEST, red.number)
    state = past.state(item, 295, told=2, final=OutcomeKind.NOT_FIXED, head="b" * 40)
    past.remembers(red, item, state, 295)
    past.settle(past.repair(state, item, 290), merged=False)


def flagged(past: Past) -> None:
    red = past.red_pull(300)
    item = past.item(TargetKind.PULL_REQUEST, red.number)
    state = past.state(item, 280, final=OutcomeKind.FLAGGED, head="c" * 40)
    past.remembers(red, item, state, 280)
    past.repair(state, item, 270)


def _on_an_issue(past: Past) -> None:
    """No change, said below the issue; no pull request at all."""
    wish = past.issue(250)
    item = past.item(TargetKind.ISSUE, wish.number)
    past.remembers(wish, item, past.state(item, 240, final=OutcomeKind.NO_CHANGE), 240)


def _for_a_branch(past: Past) -> None:
    """A red branch that needs a person, remembered in our own issue."""
    item = past.item(TargetKind.BRANCH, "main", "0123456789ab")
    state = past.state(item, 200, final=OutcomeKind.NEEDS_HUMAN)
    past.issue(190, author=BOT, body=f"Look.\n{memory.write(marker(item), state)}\n")


def _in_place(past: Past) -> None:
    """`mode: fix`: pushed to the failing branch, which was merged then."""
    red = past.red_pull(180)
    item = past.item(TargetKind.PULL_REQUEST, red.number)
    sha = past.green_at(red, 140)
    past.remembers(red, item, past.state(item, 170, final=OutcomeKind.FIXED, head=sha), 170)
    past.settle(red, merged=True)


def _by_the_agent(past: Past) -> None:
    """An upgrade whose pull request the agent opened: our comment stands on it; under way."""
    item = past.item(TargetKind.UPGRADE, "httpx")
    state = past.state(item, 20)
    theirs = past.repair(state, item, 15, author="dev-agent", body="I did it.")
    past.remembers(theirs, item, state, 14)


def _skipped(past: Past) -> None:
    for reason in (SkipReason.SUPERSEDED, SkipReason.SUPERSEDED, None):
        red = past.red_pull(120)
        item = past.item(TargetKind.PULL_REQUEST, red.number)
        state = past.state(item, 110, final=OutcomeKind.SKIPPED, skip_reason=reason)
        past.remembers(red, item, state, 110)


def _only_told(past: Past) -> None:
    """A diagnosis, and a stop before anything began."""
    for more in ({}, {"held": True}):
        red = past.red_pull(100)
        item = past.item(TargetKind.PULL_REQUEST, red.number)
        past.remembers(red, item, ItemState(item.name, **more), 95)  # type: ignore[arg-type]


def _forged(past: Past) -> None:
    """Records by strangers, a branch name in a fork, a name like ours, a quoted marker."""
    red = past.red_pull(90)
    item = past.item(TargetKind.PULL_REQUEST, red.number)
    lie = past.state(item, 85, final=OutcomeKind.FIXED, head="d" * 40)
    past.remembers(red, item, lie, 85, by="eve")
    other = past.item(TargetKind.PULL_REQUEST, 4711)
    past.remembers(red, other, past.state(other, 85, final=OutcomeKind.FIXED, head="d" * 40), 85)
    fork = past.github.fork(past.repository, "eve")
    from_fork = past.red_pull(80, author="eve", head=branch_name(item, 1, "coder-fix/"))
    from_fork.head = fork.state
    past.red_pull(80, author="carol", head=branch_name(other, 1, "coder-fix/"))
    past.issue(70, author="eve", body=f"Look.\n{memory.write(marker(item), lie)}\n")


def _edited(past: Past) -> None:
    """Our records after somebody edited them: our pull request is all that is left."""
    red = past.red_pull(60)
    item = past.item(TargetKind.PULL_REQUEST, red.number)
    state = past.state(item, 55, final=OutcomeKind.FIXED, head="not a commit")
    past.says(red, f'### Repair\n<!-- {marker(item)} {{"v":1,"item":}} -->\n', 55)
    past.repair(state, item, 50)


def _second_generation(past: Past) -> None:
    """The comment tells of the second one only; the first had no pull request."""
    red = past.red_pull(48 * 60)
    item = past.item(TargetKind.PULL_REQUEST, red.number)
    state = past.state(item, 45, generation=2, final=OutcomeKind.TIMED_OUT)
    past.remembers(red, item, state, 47 * 60)


def _long_ago(past: Past) -> None:
    """Begun before the time that is looked at, and talked about since."""
    ours = fixed(past, ago=60 * 24 * 40, minutes=9, merged=True)
    past.says(ours, "Thank you", 30, by="alice")
