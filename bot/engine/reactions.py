"""👀 🚀 👍 👎 on the comment that asked, whichever run it is that has something to tell."""

from __future__ import annotations

from contextlib import suppress

from bot.decide.snapshot import Snapshot
from bot.engine.records import recalled_comment
from bot.errors import UpstreamError
from bot.model import Reaction
from bot.outcomes import OutcomeKind
from bot.ports import CodeHost


def react(github: CodeHost, facts: Snapshot, reaction: Reaction) -> None:
    """A courtesy: without the right to it, or without a comment that asked, the work goes on."""
    state = facts.known_state
    if state is None or not state.comment:
        return
    with suppress(UpstreamError):
        github.react(recalled_comment(state.comment), reaction)


def react_to_the_end(github: CodeHost, facts: Snapshot, kind: OutcomeKind) -> None:
    """Once the generation has ended."""
    if facts.known_state is not None and facts.known_state.final is not None:
        done = kind is OutcomeKind.FIXED
        react(github, facts, Reaction.DONE if done else Reaction.FAILED)
