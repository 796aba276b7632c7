"""The calls of the Chats API, one method each, answers as they come (coderd/exp_chats.go)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from bot.adapters.backends.answer import Answer, path
from bot.adapters.backends.coder_http import CoderHttp
from bot.adapters.backends.coder_wire import WireChat, WireMessages, read
from bot.adapters.backends.options import CoderOptions
from bot.adapters.backends.prefixes import PrefixedApi
from bot.adapters.backends.refusals import refused
from bot.model import BackendName

PAGE = 100


class ChatCalls:
    """Chats are always those of the token's user, unless the create call named another."""

    def __init__(self, http: CoderHttp, options: CoderOptions) -> None:
        self._options = options
        self._api = PrefixedApi(http, BackendName.CHATS)

    @property
    def experimental(self) -> bool:
        """Whether the experimental prefix is in use."""
        return self._api.experimental

    def served(self) -> Answer:
        """The documented probe; raises `UpstreamError` where chats are not served."""
        return self._api.get(params=[("limit", "1")])

    def labelled(
        self, labels: Sequence[tuple[str, str]], *, archived: bool = False
    ) -> list[WireChat]:
        """The chats that carry all these labels; archived ones only on request, and then alone."""
        params = [("label", f"{key}:{value}") for key, value in labels]
        if archived:
            params.append(("q", "archived:true"))  # a parameter `archived` is ignored
        return self._chats(self._api.get(params=params))

    def all(self, *, archived: bool) -> Iterator[WireChat]:
        """Every chat of the token's user, all pages."""
        for offset in range(0, 100 * PAGE, PAGE):
            params = [("limit", str(PAGE)), ("offset", str(offset))]
            if archived:
                params.append(("q", "archived:true"))
            chats = self._chats(self._api.get(params=params))
            yield from chats
            if len(chats) < PAGE:
                return

    def by_id(self, chat_id: str) -> WireChat | None:
        """The chat, or None when it is not there (404)."""
        answer = self._api.get(path(chat_id))
        if answer.object_missing:
            return None
        if not answer.ok:
            raise refused("read the chat", answer, self._options)
        return read(WireChat, answer.data)

    def messages(self, chat_id: str) -> WireMessages:
        """The last fifty messages, newest first."""
        answer = self._api.get(path(chat_id, "messages"))
        if not answer.ok:
            raise refused("read the chat's messages", answer, self._options)
        return read(WireMessages, answer.data)

    def create(self, body: Mapping[str, Any]) -> Answer:
        """Create once; the first turn begins."""
        return self._api.post(body=dict(body))

    def send(self, chat_id: str, text: str) -> Answer:
        """A message; queued behind a turn that is under way."""
        return self._api.post(path(chat_id, "messages"), {"content": text_content(text)})

    def interrupt(self, chat_id: str) -> Answer:
        """End the turn that is under way; the next queued message then runs."""
        return self._api.post(path(chat_id, "interrupt"))

    def archive(self, chat_id: str, *, archived: bool = True) -> Answer:
        """Put it away, or take it out again. There is no deleting."""
        return self._api.patch(path(chat_id), {"archived": archived})

    def _chats(self, answer: Answer) -> list[WireChat]:
        if not answer.ok:
            raise refused("list chats", answer, self._options)
        return read(list[WireChat], answer.data or [])


def text_content(text: str) -> list[dict[str, str]]:
    """A message's content as its one text part."""
    return [{"type": "text", "text": text}]
