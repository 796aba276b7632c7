"""What our token cannot do, said at the start: one sentence or two, and only where it matters."""

from __future__ import annotations

from bot.model import Bearer, BearerKind
from bot.policy import Mode

_WORKFLOW = (
    "`github-token` is the workflow's own. It may open pull requests only where \"Allow GitHub "
    'Actions to create and approve pull requests" is on, and the checks of one that it opens do '
    "not start until somebody approves them. A GitHub App (`github-app-id`) or a bot's own token "
    "has neither limit."
)
_WITHOUT_SCOPE = (
    "`github-token` is a classic token without the scope `repo`, or `public_repo` for a public "
    "repository: it can read, and write nothing."
)
_WRITING = frozenset({"repo", "public_repo"})


def token_note(bearer: Bearer, mode: Mode, *, dry_run: bool = False) -> str:
    """Markdown of our own words; empty where nothing stands in the way of this mode."""
    if bearer.kind is BearerKind.WORKFLOW and mode is Mode.PROPOSE:
        return _WORKFLOW
    if bearer.scopes is not None and not bearer.scopes & _WRITING and not dry_run:
        return _WITHOUT_SCOPE
    return ""
