"""Which call of an adapter sends which recorded request; None where no adapter sends it."""

from __future__ import annotations

import re
from typing import Any

from bot.adapters.backends.chat_states import answer_of_turn
from bot.model import BackendName, Session, SessionKey
from tests.adapters.backends.recorded import UUID, RecordedTemplates, Replay, Verbs

_SHORTENED = "shortened in the recording"
_CHAT_MEMBERS = {
    "organization_id",
    "content",
    "labels",
    "workspace_id",
    "model_config_id",
    "client_type",
    "owner_id",
}


def _create_task(replay: Replay, found: re.Match[str], _: Any, body: dict[str, Any]) -> Any:
    title = body.get("display_name", "")
    complete = all(body.get(m) for m in ("template_version_id", "name", "input", "display_name"))
    known = {"template_version_id", "name", "input", "display_name", "template_version_preset_id"}
    preset = body.get("template_version_preset_id")
    none_as_text = preset is not None and not preset.strip("0-")
    if not complete or body.keys() - known or len(title.encode()) > 64 or none_as_text:
        return None

    def start() -> Session:
        backend = replay.tasks(found["prefix"], found["user"])
        starter = backend._start
        starter._templates = RecordedTemplates(body)
        started = starter.start(body["name"], body["input"], title, known_absent=True)
        session = backend._session(started.task)
        replay._sessions[session.id] = session
        return session

    return start


def _list_tasks(replay: Replay, found: re.Match[str], query: Any, _: Any) -> Any:
    asked = dict(query).get("q", "")
    if not re.fullmatch(r"owner:[\w-]+", asked):
        return None
    owner = asked.removeprefix("owner:")
    return lambda: replay.tasks(found["prefix"], owner).list("ci-")


def _task(replay: Replay, found: re.Match[str], _: Any, __: Any) -> Any:
    backend = replay.tasks(found["prefix"], found["user"])
    if re.fullmatch(UUID, found["task"]):
        if found["user"] != "me":
            return None
        return lambda: replay.observed(backend, found["task"])
    return lambda: backend.find(SessionKey(found["task"]))


def _send(replay: Replay, found: re.Match[str], _: Any, body: dict[str, Any]) -> Any:
    text = body.get("input", "")
    if text != text.strip() or not text:
        return None
    backend = replay.tasks(found["prefix"], "me")
    return lambda: backend._type(replay.session(found["task"], BackendName.TASKS), text)


def _task_logs(replay: Replay, found: re.Match[str], _: Any, __: Any) -> Any:
    backend = replay.tasks(found["prefix"], "me")
    return lambda: backend.logs(replay.session(found["task"], BackendName.TASKS))


def _task_build(replay: Replay, found: re.Match[str], _: Any, __: Any) -> Any:
    calls = replay.tasks(found["prefix"], "me")._calls
    return lambda: (calls.pause if found["verb"] == "pause" else calls.resume)(found["task"])


def _delete_task(replay: Replay, found: re.Match[str], _: Any, __: Any) -> Any:
    backend = replay.tasks(found["prefix"], "me")
    return lambda: backend.delete(replay.session(found["task"], BackendName.TASKS))


def _create_chat(replay: Replay, found: re.Match[str], _: Any, body: dict[str, Any]) -> Any:
    parts = body.get("content") or [{}]
    sendable = (
        re.fullmatch(UUID, body.get("organization_id", ""))
        and not body.keys() - _CHAT_MEMBERS
        and [part.get("type") for part in parts] == ["text"]
        and parts[0]["text"]
        and _SHORTENED not in parts[0]["text"]
        and body.get("client_type", "api") == "api"
        and all(re.fullmatch(r"[\w./-]+", k) and 0 < len(v) < 257 for k, v in _labels(body))
        and len(_labels(body)) < 51
    )
    if not sendable:
        return None

    def start() -> Session:
        backend = replay.chats(found["prefix"])
        started = backend._start._create(SessionKey("ci"), body)
        return backend._at_a_glance(started.chat)

    return start


def _labels(body: dict[str, Any]) -> list[tuple[str, str]]:
    return list((body.get("labels") or {}).items())


def _list_chats(replay: Replay, found: re.Match[str], query: Any, _: Any) -> Any:
    calls = replay.chats(found["prefix"])._calls
    labels = [tuple(value.split(":", 1)) for key, value in query if key == "label"]
    rest = [pair for pair in query if pair[0] != "label"]
    if rest == [("limit", "1")] and not labels:
        return calls.served
    if any(len(label) != 2 for label in labels) or not labels:
        return None
    if rest not in ([], [("q", "archived:true")]):
        return None
    return lambda: calls.labelled(labels, archived=bool(rest))


def _chat(replay: Replay, found: re.Match[str], _: Any, __: Any) -> Any:
    backend = replay.chats(found["prefix"])

    def read() -> Session | None:
        chat = backend._calls.by_id(found["chat"])
        return None if chat is None else backend._at_a_glance(chat)

    return read


def _messages(replay: Replay, found: re.Match[str], query: Any, _: Any) -> Any:
    calls = replay.chats(found["prefix"])._calls
    return None if query else (lambda: answer_of_turn(calls.messages(found["chat"])))


def _say(replay: Replay, found: re.Match[str], _: Any, body: dict[str, Any]) -> Any:
    parts = body.get("content") or []
    if body.keys() != {"content"} or not parts or not parts[0].get("text"):
        return None
    backend = replay.chats(found["prefix"])
    text = parts[0]["text"].strip()
    return lambda: backend._say(replay.session(found["chat"], BackendName.CHATS), text)


def _interrupt(replay: Replay, found: re.Match[str], _: Any, __: Any) -> Any:
    return lambda: replay.chats(found["prefix"])._end.quiet(found["chat"])


def _archive(replay: Replay, found: re.Match[str], _: Any, body: dict[str, Any]) -> Any:
    if body.keys() != {"archived"}:
        return None
    backend = replay.chats(found["prefix"])
    if body["archived"]:
        return lambda: backend._end.archive(found["chat"])
    return lambda: backend._unarchive(replay.session(found["chat"], BackendName.CHATS))


def _workspace_build(replay: Replay, found: re.Match[str], _: Any, body: dict[str, Any]) -> Any:
    if body.keys() != {"transition"} or body["transition"] not in {"start", "stop", "delete"}:
        return None
    return lambda: replay.workspaces().build(found["workspace"], body["transition"])


def _search(replay: Replay, _: Any, query: Any, __: Any) -> Any:
    wanted = [("q", "has-ai-task:true")]
    return replay.templates().task_capable if query == wanted else None


_TASKS = r"/api/(?P<prefix>v2|experimental)/tasks"
_ONE_TASK = rf"{_TASKS}/(?P<user>[\w-]+)/(?P<task>[\w-]+)"
_CHATS = r"/api/(?P<prefix>v2|experimental)/chats"
_ONE_CHAT = rf"{_CHATS}/(?P<chat>{UUID})"
_WORKSPACE = rf"/api/v2/workspaces/(?P<workspace>{UUID})"

VERBS: Verbs = (
    ("POST", rf"{_TASKS}/(?P<user>[\w-]+)", _create_task),
    ("GET", _TASKS, _list_tasks),
    ("GET", _ONE_TASK, _task),
    ("DELETE", _ONE_TASK, _delete_task),
    ("POST", rf"{_ONE_TASK}/send", _send),
    ("GET", rf"{_ONE_TASK}/logs", _task_logs),
    ("POST", rf"{_ONE_TASK}/(?P<verb>pause|resume)", _task_build),
    ("POST", _CHATS, _create_chat),
    ("GET", _CHATS, _list_chats),
    ("GET", _ONE_CHAT, _chat),
    ("PATCH", _ONE_CHAT, _archive),
    ("GET", rf"{_ONE_CHAT}/messages", _messages),
    ("POST", rf"{_ONE_CHAT}/messages", _say),
    ("POST", rf"{_ONE_CHAT}/interrupt", _interrupt),
    (
        "GET",
        _WORKSPACE,
        lambda r, f, query, _: None if query else lambda: r.workspaces().get(f["workspace"]),
    ),
    ("POST", rf"{_WORKSPACE}/builds", _workspace_build),
    (
        "GET",
        rf"/api/v2/workspacebuilds/(?P<build>{UUID})/logs",
        lambda r, f, *_: lambda: r.workspaces().build_log(f["build"], 20),
    ),
    (
        "GET",
        r"/api/v2/users/me/workspace/(?P<name>[\w-]+)",
        lambda r, f, *_: lambda: r.workspaces().by_name(f["name"]),
    ),
    (
        "GET",
        r"/api/v2/organizations/(?P<name>[\w-]+)",
        lambda r, f, query, _: (
            None if query else r.templates(organization=f["name"]).organization_id
        ),
    ),
    (
        "GET",
        r"/api/v2/organizations/(?P<org>[\w-]+)/templates/(?P<name>[\w-]+)",
        lambda r, f, *_: r.templates(organization=f["org"], template=f["name"])._by_name,
    ),
    (
        "GET",
        rf"/api/v2/templateversions/(?P<version>{UUID})/presets",
        lambda r, f, *_: lambda: r.templates()._preset(f["version"]),
    ),
    ("GET", "/api/v2/templates", _search),
    ("GET", "/api/v2/users/me", lambda r, *_: lambda: r.http().get("/api/v2/users/me")),
)
