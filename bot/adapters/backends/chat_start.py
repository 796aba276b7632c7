"""Starting a chat so that there is only one that counts: look up, create, list, oldest wins.

Chats have no unique name. Two creators may both succeed; both then list by label, agree on the
oldest, and put the other away.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from bot.adapters.backends.answer import Answer, path
from bot.adapters.backends.chat_calls import ChatCalls, text_content
from bot.adapters.backends.chat_end import ChatEnd
from bot.adapters.backends.coder_http import CoderHttp
from bot.adapters.backends.coder_wire import WireChat, WireUser, read
from bot.adapters.backends.options import CoderOptions
from bot.adapters.backends.refusals import CHAT_REFUSALS, refused
from bot.adapters.backends.task_start import check_prompt
from bot.adapters.backends.templates import Templates
from bot.adapters.backends.workspaces import Workspaces
from bot.errors import BotError, UpstreamError
from bot.identity import TARGET_LABEL
from bot.model import SessionKey
from bot.outcomes import ErrorKind

NAME_LABEL = "coder-fix/name"
"""Carries the session's name, by which sessions are listed."""


@dataclass(frozen=True, slots=True)
class StartedChat:
    """The chat, and whether this process made it."""

    chat: WireChat
    created: bool


def labels_of(key: SessionKey) -> tuple[tuple[str, str], ...]:
    """Every label that the chat of that key carries."""
    return ((NAME_LABEL, key.name), *key.labels)


def sought(key: SessionKey) -> tuple[tuple[str, str], ...]:
    """The labels by which it is found again: not what it is about, which may be told otherwise.

    The name of a branch of ours tells no version, and not every character of a package's name.
    """
    return tuple(label for label in labels_of(key) if label[0] != TARGET_LABEL)


class ChatStart:
    """One way to get the chat of a key."""

    def __init__(
        self,
        calls: ChatCalls,
        http: CoderHttp,
        templates: Templates,
        workspaces: Workspaces,
        end: ChatEnd,
        options: CoderOptions,
    ) -> None:
        self._calls = calls
        self._http = http
        self._templates = templates
        self._workspaces = workspaces
        self._end = end
        self._options = options

    def find(self, key: SessionKey) -> WireChat | None:
        """The oldest chat with those labels; archived ones count when no other is there."""
        labels = sought(key)
        chats = self._calls.labelled(labels) or self._calls.labelled(labels, archived=True)
        return _oldest(chats)

    def start(self, key: SessionKey, prompt: str, *, known_absent: bool) -> StartedChat:
        """The chat of that key, made where there is none."""
        check_prompt(prompt)
        found = None if known_absent else self.find(key)
        if found is not None:
            return StartedChat(found, created=False)
        owner_id = self._owner_id()
        body = self._body(key, prompt)
        if owner_id:
            body["owner_id"] = owner_id
        return self._create(key, body)

    def _create(self, key: SessionKey, body: dict[str, Any]) -> StartedChat:
        made: WireChat | None = None
        failure: BotError | None = None
        try:
            answer = self._calls.create(body)
            if answer.ok:
                made = read(WireChat, answer.data)
                self._check_owner(made, body.get("owner_id"))
            else:
                failure = self._refused(answer)
        except UpstreamError as error:
            if not error.maybe_done:
                raise
            failure = error
        chats = self._after_create(key, made, failure)
        winner = _oldest(chats)
        if winner is None:
            raise failure or AssertionError(key.name)
        for loser in chats:
            if loser.id != winner.id:
                self._put_away(loser, winner)
        return StartedChat(winner, created=made is not None and winner.id == made.id)

    def _put_away(self, loser: WireChat, winner: WireChat) -> None:
        """Whoever made it: two that run are worse than one that finds itself archived."""
        with suppress(UpstreamError):
            self._end.put_away(loser, keep_workspace=winner.workspace_id)

    def _after_create(
        self, key: SessionKey, made: WireChat | None, failure: BotError | None
    ) -> list[WireChat]:
        try:
            chats = self._calls.labelled(sought(key))
        except UpstreamError:
            if made is None:
                raise (failure or AssertionError(key.name)) from None
            chats = []
        if made is not None and all(chat.id != made.id for chat in chats):
            chats.append(made)
        return chats

    def _body(self, key: SessionKey, prompt: str) -> dict[str, Any]:
        body: dict[str, Any] = {
            "content": text_content(prompt),
            "labels": dict(labels_of(key)),
            "client_type": "api",
        }
        if self._options.workspace_id:
            body["workspace_id"] = self._options.workspace_id
        if self._options.model_config_id:
            body["model_config_id"] = self._options.model_config_id
        if self._options.template and not self._options.workspace_id:
            choice = self._templates.choice()
            workspace = self._workspaces.create(key.name, choice)
            return body | {
                "organization_id": choice.organization_id,
                "workspace_id": workspace.id,
            }
        return body | {"organization_id": self._templates.organization_id()}

    def _owner_id(self) -> str:
        """The id of the user named in coder-username; empty when it is the token's own.

        `owner_id` joined after v2.37; older servers ignore it silently, so they are not asked.
        """
        name = self._options.user
        if name == "me":
            return ""
        me = read(WireUser, self._http.get("/api/v2/users/me").data)
        if name.lower() in {me.username.lower(), me.id.lower()}:
            return ""
        if self._calls.experimental:
            raise _cannot_belong_to(name)
        answer = self._http.get("/api/v2/users" + path(name))
        if not answer.ok:
            raise refused("read the user", answer, self._options)
        return read(WireUser, answer.data).id

    def _check_owner(self, chat: WireChat, owner_id: str | None) -> None:
        if owner_id and chat.owner_id.lower() != owner_id.lower():
            with suppress(UpstreamError):
                self._end.put_away(chat)
            raise _cannot_belong_to(self._options.user)

    def _refused(self, answer: Answer) -> BotError:
        return refused("create the chat", answer, self._options, CHAT_REFUSALS)


def _oldest(chats: list[WireChat]) -> WireChat | None:
    return min(chats, key=lambda chat: (chat.created_at, chat.id), default=None)


def _cannot_belong_to(user: str) -> UpstreamError:
    return UpstreamError(
        ErrorKind.CODER_UNSUPPORTED,
        f"On this Coder a chat belongs to the user of coder-token, not to {user} (coder-username).",
        remedy="Leave coder-username empty, or use a token of that user.",
    )
