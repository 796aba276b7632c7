"""Our one comment: found again by marker and author on any page, edited rather than repeated."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import quote

from bot.adapters.github_api import convert
from bot.adapters.github_api.client import Client
from bot.errors import UpstreamError
from bot.model import CommentRef, Reaction
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

    def is_us(self, login: str) -> bool:
        """GraphQL's `viewer` of an app and the author of its texts may be spelled differently."""
        return login in {self.viewer(), f"{self.viewer()}[bot]"}

    def find_comment(self, number: int, marker: str) -> Comment | None:
        """The oldest comment of ours with the marker; a stranger's forgery counts nothing."""
        pages = self._client.pages(f"{self._at}/issues/{number}/comments")
        candidates = [convert.comment(data) for data in pages if marker in (data.get("body") or "")]
        return next((c for c in candidates if self._is_ours(c)), None)

    def upsert_comment(
        self, number: int, marker: str, body: str, *, unless: Callable[[str], bool] | None = None
    ) -> Comment:
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
        if found.body.raw == body or (unless is not None and unless(found.body.raw)):
            return found
        edited = self._client.patch(f"{self._at}/issues/comments/{found.id}", {"body": body})
        return convert.comment(edited)

    def answer(self, number: int, marker: str, body: str) -> Comment:
        """Written first, so that there is always one; what it replaces goes afterwards."""
        pages = self._client.pages(f"{self._at}/issues/{number}/comments")
        candidates = [convert.comment(data) for data in pages if marker in (data.get("body") or "")]
        made = self._client.post(f"{self._at}/issues/{number}/comments", {"body": body})
        for old in filter(self._is_ours, candidates):
            self._client.delete(f"{self._at}/issues/comments/{old.id}")
        return convert.comment(made)

    def said(self, ref: CommentRef) -> Comment | None:
        """By its id: what the event told may have been edited or deleted since."""
        data = self._client.get(self._place_of(ref), none_on=(404,))
        return None if data is None else convert.comment(data)

    def permission(self, login: str) -> str:
        """GitHub's legacy word, in which `maintain` is `write`, as `triage` is `read`."""
        path = f"{self._at}/collaborators/{quote(login, safe='')}/permission"
        data = self._client.get(path, none_on=(404,))
        return "none" if data is None else str(data.get("permission") or "none")

    def react(self, ref: CommentRef, reaction: Reaction) -> None:
        """POST: GitHub answers 200 with the old one where it is there already."""
        self._client.post(f"{self._place_of(ref)}/reactions", {"content": reaction.value})

    def _place_of(self, ref: CommentRef) -> str:
        return f"{self._at}/{'pulls' if ref.review else 'issues'}/comments/{ref.id}"

    def _only(self, number: int, marker: str, made: Comment) -> Comment:
        """Two runs may have looked at the same moment: the oldest stays, the others take theirs."""
        oldest = self.find_comment(number, marker)
        if oldest is None or oldest.id >= made.id:
            return made
        self._client.delete(f"{self._at}/issues/comments/{made.id}")
        return oldest

    def _is_ours(self, comment: Comment) -> bool:
        return self.is_us(comment.author)
