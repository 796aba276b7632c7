"""REST: Dependabot alerts, whose lists have cursors instead of pages."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Sequence
from urllib.parse import urlencode

from bot.sandbox.github_alerts import DependabotAlert, render_alert
from bot.sandbox.github_api import Call, Routes, error_body, forbidden, not_found
from bot.sandbox.github_wire import Json
from bot.sandbox.http import Answer

routes = Routes()
READ = "vulnerability_alerts:read"
DISABLED = "Dependabot alerts are disabled for this repository."
NO_PAGES = "Pagination using the `page` parameter is not supported."

_FILTERS: dict[str, Callable[[DependabotAlert], str]] = {
    "state": lambda alert: alert.state,
    "severity": lambda alert: alert.severity,
    "ecosystem": lambda alert: alert.ecosystem,
    "package": lambda alert: alert.package,
    "manifest": lambda alert: alert.manifest,
    "scope": lambda alert: alert.scope,
}


@routes.on("GET", "/R/dependabot/alerts", READ)
def list_alerts(call: Call) -> list[Json]:
    """dependabot/list-alerts-for-repo: alerts of every state, the newest first, unless asked."""
    _check_enabled(call)
    query = call.request
    found = [
        alert
        for alert in call.repository.alerts
        if all(
            alert_has(alert) in query.param(name).split(",")
            for name, alert_has in _FILTERS.items()
            if query.param(name)
        )
    ]
    moment = "updated_at" if query.param("sort") == "updated" else "created_at"
    falling = query.param("direction", "desc") == "desc"
    found.sort(key=lambda alert: _key(alert, moment), reverse=falling)
    keys = [_key(alert, moment) for alert in found]
    first, last = _window(call, keys, falling=falling)
    return [render_alert(call.server.links, call.repository, alert) for alert in found[first:last]]


@routes.on("GET", "/R/dependabot/alerts/{alert_number}", READ)
def get_alert(call: Call) -> Json:
    """dependabot/get-alert."""
    _check_enabled(call)
    wanted = call.integer("alert_number")
    alert = next((a for a in call.repository.alerts if a.number == wanted), None) or not_found()
    return render_alert(call.server.links, call.repository, alert)


def _check_enabled(call: Call) -> None:
    """The text: atlassian/github-for-jira#2452."""
    if not call.repository.settings.dependabot_alerts:
        forbidden(DISABLED)


Key = tuple[str, int]


def _key(alert: DependabotAlert, moment: str) -> Key:
    return getattr(alert, moment), alert.number


def _window(call: Call, keys: Sequence[Key], *, falling: bool) -> tuple[int, int]:
    """From where to where the page goes: after the cursor `after`, or up to the cursor `before`.

    A cursor is a place in the order, so that it holds when its alert has left the list.
    """
    query = call.request
    if "page" in query.query:
        raise Answer(400, error_body(400, NO_PAGES))
    asked = query.param("per_page")
    size = min(int(asked) if asked.isdigit() and int(asked) else 30, 100)
    after, before = query.param("after"), query.param("before")
    first = 0
    if after:
        place = _place(after)
        first = sum(key >= place if falling else key <= place for key in keys)
    elif before:
        place = _place(before)
        first = max(0, sum(key > place if falling else key < place for key in keys) - size)
    last = min(first + size, len(keys))
    links = []
    if first < last < len(keys):
        links.append(_link(call, "next", "after", keys[last - 1]))
    if 0 < first < last:
        links.append(_link(call, "prev", "before", keys[first]))
    if links:
        call.headers["Link"] = ", ".join(links)
    return first, last


def _link(call: Call, relation: str, side: str, key: Key) -> str:
    kept = {k: v[0] for k, v in call.request.query.items() if k not in {"after", "before"}}
    cursor = base64.b64encode(f"{key[0]} {key[1]}".encode()).decode()
    query = urlencode(kept | {side: cursor})
    return f'<{call.server.origin}{call.request.path}?{query}>; rel="{relation}"'


def _place(cursor: str) -> Key:
    try:
        moment, number = base64.b64decode(cursor).decode().split(" ")
        return moment, int(number)
    except (ValueError, binascii.Error):
        raise Answer(400, error_body(400, "Bad Request")) from None
