"""Issues as people wrote them, and the one of an item that has no pull request.

Ours is found by label, marker and author.
"""

from __future__ import annotations

from collections.abc import Callable

from bot.adapters.github_api import thread_query
from bot.adapters.github_api.client import Client
from bot.adapters.github_api.convert import Json
from bot.errors import UpstreamError
from bot.model import Thread
from bot.ports import Issue
from bot.untrusted import Untrusted

LABEL = "coder-fix"


class IssueDesk:
    """Implements `bot.ports.Issues`. `whoami` gives our own login."""

    def __init__(self, client: Client, full_name: str, whoami: Callable[[], str]) -> None:
        self._client = client
        self._full_name = full_name
        self._at = f"/repos/{full_name}"
        self._whoami = whoami

    def thread(self, number: int) -> Thread | None:
        """One request. A deleted issue is as one that never was; see `thread_query` for others."""
        owner, _, name = self._full_name.partition("/")
        told = self._client.graphql(
            thread_query.DOCUMENT,
            {"owner": owner, "name": name, "number": number},
            none_on=("NOT_FOUND",),
            needs="`issues: read`, or `pull-requests: read` for a pull request,",
        )
        return thread_query.thread(told["repository"]) if told else None

    def our_issues(self) -> tuple[Issue, ...]:
        """Pull requests are issues too, in GitHub's lists: they are left out."""
        pages = self._client.pages(f"{self._at}/issues", labels=LABEL, state="open")
        mine = {self._whoami(), f"{self._whoami()}[bot]"}
        return tuple(
            _issue(data)
            for data in pages
            if "pull_request" not in data and (data.get("user") or {}).get("login") in mine
        )

    def upsert_issue(self, marker: str, title: str, body: str) -> Issue:
        """Find, else create, else find again."""
        found = self._with(marker)
        if found is None:
            request = {"title": title, "body": body, "labels": [LABEL]}
            try:
                return _issue(self._client.post(f"{self._at}/issues", request))
            except UpstreamError as failure:
                found = self._with(marker) if failure.maybe_done else None
                if found is None:
                    raise
        if found.body.raw == body:
            return found
        return _issue(self._client.patch(f"{self._at}/issues/{found.number}", {"body": body}))

    def close_issue(self, number: int, body: str) -> None:
        """One edit does both."""
        request = {"body": body, "state": "closed", "state_reason": "completed"}
        self._client.patch(f"{self._at}/issues/{number}", request)

    def _with(self, marker: str) -> Issue | None:
        return next((issue for issue in self.our_issues() if marker in issue.body.raw), None)


def _issue(data: Json) -> Issue:
    return Issue(
        number=data["number"], url=data["html_url"], body=Untrusted(data.get("body") or "")
    )
