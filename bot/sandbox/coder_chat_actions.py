"""What can be done to one chat of the sandbox Coder (coderd/exp_chats.go at a300a06a)."""

from __future__ import annotations

import json
from collections.abc import Iterator

from bot.sandbox.coder_answers import NIL_UUID, Release, Uuid, read_body, refuse
from bot.sandbox.coder_auth import Call
from bot.sandbox.coder_chat_input import BODY_LIMIT, check_labels, text_of
from bot.sandbox.coder_chat_life import Chat
from bot.sandbox.coder_chat_wire import chat_json, message_json, queued_json
from bot.sandbox.coder_chats import Chats
from bot.sandbox.http import Handler, HttpResponse

QUEUE_LIMIT = 20


class ChatActions:
    """The routes below one chat."""

    def __init__(self, chats: Chats, release: Release) -> None:
        self._chats = chats
        self._release = release

    def routes(self, prefix: str) -> Iterator[tuple[str, str, Handler]]:
        """Method, path template, handler, below `/api/v2` or `/api/experimental`."""
        one = f"{prefix}/chats/{{chat}}"
        yield "PATCH", one, self.update
        yield "GET", f"{one}/messages", self.messages
        yield "POST", f"{one}/messages", self.send
        yield "POST", f"{one}/interrupt", self.interrupt
        yield "GET", f"{one}/diff", self.diff
        yield "GET", f"{one}/stream", self.stream

    def messages(self, call: Call, chat: str) -> HttpResponse:
        """`GET …/messages`: newest first, with what is queued."""
        found = self._chats.of(call, chat)
        text = call.request.param("limit", "50")
        if not text.isdigit() or not 1 <= int(text) <= 200:
            raise refuse(400, "Invalid limit parameter (1-200).")
        before, after = (self._cursor(call, name) for name in ("before_id", "after_id"))
        wanted = [
            message
            for message in reversed(found.messages)
            if message.id > after and (not before or message.id < before)
        ]
        page = wanted[: int(text)]
        return HttpResponse(
            200,
            {
                "messages": [message_json(found, message) for message in page],
                "queued_messages": [queued_json(found, message) for message in found.queue],
                "has_more": len(wanted) > len(page),
            },
        )

    @staticmethod
    def _cursor(call: Call, name: str) -> int:
        text = call.request.param(name, "0")
        if not text.isascii() or not text.isdigit():
            detail = f'strconv.ParseInt: parsing "{text}": invalid syntax'
            raise refuse(400, f"Invalid {name} parameter.", detail)
        return int(text)

    def send(self, call: Call, chat: str) -> HttpResponse:
        """`POST …/messages`: starts a turn, or is queued while one is under way."""
        found = self._chats.of(call, chat)
        self._chats.check_gateway()
        members = {"content": list, "busy_behavior": str}
        body = read_body(call.request, "CreateChatMessageRequest", members, BODY_LIMIT)
        if call.user is not found.owner:
            raise refuse(403, "Only the chat owner may send messages.")
        text = text_of(body["content"])
        busy = body["busy_behavior"] or "queue"
        if busy not in {"queue", "interrupt"}:
            raise refuse(400, "Invalid busy_behavior value.", 'Must be "queue" or "interrupt".')
        if found.archived:
            raise refuse(400, "Cannot send messages to an archived chat.")
        self._chats.check_usage()
        if not found.is_busy:
            message = message_json(found, found.begin(text))
            more = {"messages": [message]} if self._release >= (2, 37) else {}
            return HttpResponse(200, {"message": message, **more, "queued": False})
        if len(found.queue) >= QUEUE_LIMIT:
            limit = f"Maximum {QUEUE_LIMIT} messages can be queued."
            raise refuse(429, "Message queue is full.", limit)
        queued = queued_json(found, found.enqueue(text))
        if busy == "interrupt" and found.status == "running":
            found.interrupt()
        return HttpResponse(200, {"queued_message": queued, "queued": True})

    def interrupt(self, call: Call, chat: str) -> HttpResponse:
        """`POST …/interrupt`: only a turn that is under way; the workspace stays up."""
        found = self._chats.of(call, chat)
        self._chats.check_gateway()
        if found.status not in {"running", "pending"}:
            raise refuse(
                409,
                "Chat is not in an interruptible state.",
                "execute transaction: chat state transition Interrupt not allowed from state "
                + self._state(found),
            )
        found.interrupt()
        return HttpResponse(200, chat_json(found, self._release))

    @staticmethod
    def _state(chat: Chat) -> str:
        """The letters that chatd uses for states in its error texts."""
        letter = {"waiting": "W", "error": "E0", "running": "R0"}.get(chat.status, "I0")
        return f"X{letter}" if chat.archived else letter

    def update(self, call: Call, chat: str) -> HttpResponse:
        """`PATCH /chats/{chat}`: title, labels, workspace, archived."""
        found = self._chats.of(call, chat)
        self._chats.check_gateway()
        members = {"title": str, "archived": bool, "labels": dict, "workspace_id": Uuid}
        body = read_body(call.request, "UpdateChatRequest", members)
        if body["labels"] is not None:
            check_labels(body["labels"])
        workspace_id = body["workspace_id"]
        if workspace_id == NIL_UUID:
            found.bind(None)
        elif workspace_id:
            found.bind(self._chats.pinned(call, workspace_id))
        if body["archived"] is not None:
            self._archive(found, archived=body["archived"])
        found.title = body["title"] or found.title
        found.labels = found.labels if body["labels"] is None else body["labels"]
        return HttpResponse(204)

    def _archive(self, chat: Chat, *, archived: bool) -> None:
        if archived == chat.archived:
            raise refuse(400, f"Chat is {'already' if archived else 'not'} archived.")
        if archived and chat.is_busy:
            if self._release >= (2, 36):
                raise refuse(
                    409,
                    "Cannot archive an active chat. Interrupt or wait for the chat to finish"
                    " first.",
                    "execute transaction: execute transaction: chat state transition SetArchived"
                    f" not allowed from state {self._state(chat)}",
                )
            chat.queue.clear()
            chat.interrupt()
        chat.archived = archived

    def diff(self, call: Call, chat: str) -> HttpResponse:
        """`GET …/diff`: only the id where git never asked Coder for credentials."""
        return HttpResponse(200, {"chat_id": self._chats.of(call, chat).id})

    def stream(self, call: Call, chat: str) -> HttpResponse:
        """`GET …/stream`: a WebSocket, which this server does not speak."""
        self._chats.of(call, chat)
        connection = call.request.headers.get("connection", "")
        problem = f'Connection header "{connection}" does not contain Upgrade'
        violation = f"WebSocket protocol violation: {problem}"
        detail = f"failed to accept WebSocket connection: {violation}"
        error = json.dumps(
            {"message": "Failed to open chat stream.", "detail": detail}, separators=(",", ":")
        )
        body = f"{violation}\n{error}\n".encode()
        return HttpResponse(426, body, {"Content-Type": "text/plain; charset=utf-8"})
