"""Dependabot alerts: read whole, or refused with the reason."""

from __future__ import annotations

from bot.adapters.github_api import convert
from bot.adapters.github_api.client import Client
from bot.errors import UpstreamError
from bot.model import Alert
from bot.outcomes import ErrorKind

_SWITCH = "Enable them in the repository's settings, under Advanced Security, or do without them."
_GRANT = (
    "Grant `vulnerability-alerts: read` in the job's `permissions:`; a token of an App or a "
    'fine-grained one needs "Dependabot alerts: read", as on Enterprise Server, whose '
    "GITHUB_TOKEN cannot read them."
)


class AlertDesk:
    """Implements `bot.ports.Alerts`."""

    def __init__(self, client: Client, full_name: str) -> None:
        self._client = client
        self._at = f"/repos/{full_name}"

    def alerts(self) -> tuple[Alert, ...]:
        """By cursors, not pages: only the `Link` of a page leads to the next."""
        query = {"state": "open", "sort": "created", "direction": "asc"}
        try:
            pages = self._client.pages(f"{self._at}/dependabot/alerts", **query)
            return tuple(convert.alert(data) for data in pages)
        except UpstreamError as refused:
            if refused.status not in {403, 404}:
                raise
            raise _unreadable(refused) from refused


def _unreadable(refused: UpstreamError) -> UpstreamError:
    """403 has three meanings, which only its words tell apart; 404 may be any of them.

    Its words: "Dependabot alerts are disabled for this repository.", "... are not available for
    archived repositories." (atlassian/github-for-jira#2452, Kilo-Org/cloud#531), else permission.
    `GITHUB_TOKEN` could not read alerts at all until GitHub made `vulnerability-alerts` a key of
    `permissions:` in April 2026 (github/gh-aw#27668); Enterprise Server has no such key.
    """
    if refused.status == 404:
        message = "Dependabot alerts are disabled here, or hidden from `github-token` (404)."
        remedy = f"{_SWITCH} {_GRANT}"
    elif "disabled" in refused.detail.raw:
        message, remedy = "Dependabot alerts are disabled for this repository.", _SWITCH
    elif "archived" in refused.detail.raw:
        message, remedy = "Dependabot alerts are disabled for archived repositories.", ""
    else:
        message = (
            "`github-token` may not read Dependabot alerts; it needs `vulnerability-alerts: read`."
        )
        remedy = _GRANT
    return UpstreamError(
        ErrorKind.GITHUB_PERMISSION,
        message,
        status=refused.status,
        detail=refused.detail,
        remedy=remedy,
    )
