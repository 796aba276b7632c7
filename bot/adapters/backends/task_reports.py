"""The agent's own word about its end, out of the history of its app's statuses. Pure.

`current_state` of a task is only the last status, and an `idle` of the screen watcher may have
wiped its text, so `complete` may be visible for seconds only; the workspace keeps the whole history
(`apps[].statuses[]`). Who writes what: cli/exp_mcp.go:410-475 at v2.36.0.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from bot.adapters.backends.coder_wire import WireAppStatus, WireWorkspace
from bot.model import Report
from bot.untrusted import Untrusted

_COMPLETE = frozenset({"complete"})
_FAILURE = frozenset({"failure", "failed"})


def app_statuses(workspace: WireWorkspace, app_id: str) -> list[WireAppStatus]:
    """Every status of that app in the latest build, oldest first; of all apps when it is empty."""
    apps = [
        app
        for resource in workspace.latest_build.resources
        for agent in resource.agents
        for app in agent.apps
        if not app_id or app.id == app_id
    ]
    return sorted((s for app in apps for s in app.statuses), key=lambda status: status.created_at)


def merged(*histories: Iterable[WireAppStatus]) -> list[WireAppStatus]:
    """Histories that overlap as one, oldest first."""
    by_time = {status.created_at: status for history in histories for status in history}
    return [by_time[moment] for moment in sorted(by_time)]


def report_of_turn(history: Sequence[WireAppStatus], after: datetime | None) -> Report | None:
    """The last `complete` or `failure` of the present turn; `history` is oldest first.

    A turn begins with a message to the agent: that is `after`, as far as we sent it, and the
    `working` that the screen watcher writes, which keeps the text before it.
    """
    report: Report | None = None
    previous = ""
    for status in history:
        watcher_saw_a_message = status.state == "working" and status.message in {"", previous}
        if watcher_saw_a_message or (after is not None and status.created_at <= after):
            report = None
        elif status.state in _COMPLETE | _FAILURE:
            report = Report(
                complete=status.state in _COMPLETE,
                message=Untrusted(status.message),
                link=Untrusted(status.uri),
            )
        previous = status.message
    return report
