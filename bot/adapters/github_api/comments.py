"""Our one comment: found again by marker and author on any page, edited rather than repeated."""

from __future__ import annotations

from bot.adapters.github_api import convert
from bot.adapters.github_api.client import Client
from bot.errors import UpstreamError
from bot.ports import Comment

_VIEWER = "query { viewer { login } }"


class CommentDesk:
    """Implements `bot.ports.Comments`."""

    def __init__(self, client: Client, full_name: str) -> None:
        self._client = client
        self._at = f"/repos/{full_name}"
        self._viewer = ""

    def viewer(self) -> str:
        """Our login, asked once; an app's may come without its `[bot]`."""
        if not self._viewer:
            self._viewer = str(self._client.graphql(_VIEWER)["viewer"]["login"])
        return self._viewer

    def find_comment(self, number: int, marker: str) -> Comment | None:
        """The oldest comment of ours with the marker; a stranger's forgery counts nothing."""
        pages = self._client.pages(f"{self._at}/issues/{number}/comments")
        candidates = [convert.comment(data) for data in pages if marker in (data.get("body") or "")]
        return next((c for c in candidates if self._is_ours(c)), None)

    def upsert_comment(self, number: int, marker: str, body: str) -> Comment:
        """Edit or write; a lost answer is looked up before anything is written again."""
        found = self.find_comment(number, marker)
        if found is None:
            try:
                data = self._client.post(f"{self._at}/issues/{number}/comments", {"body": body})
                return self._only(number, marker, convert.comment(data))
            except UpstreamError as failure:
                found = self.find_comment(number, marker) if failure.maybe_done else None
                if found is None:
                    raise
        if found.body.raw == body:
            return found
        edited = self._client.patch(f"{self._at}/issues/comments/{found.id}", {"body": body})
        return convert.comment(edited)

    def _only(self, number: int, marker: str, made: Comment) -> Comment:
        """Two runs may have looked at the same moment: the oldest stays, the others take theirs."""
        oldest = self.find_comment(number, marker)
        if oldest is None or oldest.id >= made.id:
            return made
        self._client.delete(f"{self._at}/issues/comments/{made.id}")
        return oldest

    def _is_ours(self, comment: Comment) -> bool:
        return comment.author in {self.viewer(), f"{self.viewer()}[bot]"}
