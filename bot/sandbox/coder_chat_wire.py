"""Chats and their messages as they look on the wire (codersdk/chats.go at a300a06a)."""

from __future__ import annotations

from typing import Any

from bot.sandbox.coder_answers import Release, stamp
from bot.sandbox.coder_chat_life import Chat, ChatMessage

MODEL_CONFIG_ID = "73b1646d-87a8-4efe-9627-22949d405f7b"
# A part says all of its possible members, most of them empty.
_EMPTY_PART = {
    "mcp_server_config_id": None,
    "url": "",
    "media_type": "",
    "file_id": None,
    "file_name": "",
    "start_line": 0,
    "end_line": 0,
    "content": "",
    "context_file_path": "",
    "context_file_agent_id": None,
    "skill_name": "",
}


def chat_json(chat: Chat, release: Release) -> dict[str, Any]:
    """A chat; `last_error`, `workspace_id` and the like are absent when there is none."""
    workspace = chat.workspace
    more: dict[str, Any] = {}
    if workspace:
        more = {"workspace_id": workspace.id, "build_id": workspace.build.id}
        if workspace.agent:
            more["agent_id"] = workspace.agent.id
    if chat.last_error:
        more["last_error"] = chat.last_error
        if release < (2, 34):
            more["last_error"] = chat.last_error["message"]
    if chat.owner.name:
        more["owner_name"] = chat.owner.name
    return {
        "id": chat.id,
        "organization_id": chat.owner.organization.id,
        "owner_id": chat.owner.id,
        "owner_username": chat.owner.username,
        "root_chat_id": chat.id,
        "last_model_config_id": MODEL_CONFIG_ID,
        "title": chat.title,
        "status": chat.status,
        **more,
        "last_turn_summary": chat.last_turn_summary,
        "summary": None,
        "created_at": stamp(chat.created_at),
        "updated_at": stamp(chat.updated_at),
        "archived": chat.archived,
        "shared": False,
        "pin_order": 0,
        "mcp_server_ids": [],
        "labels": chat.labels,
        "has_unread": False,
        "client_type": chat.client_type,
        "children": [],
    }


def listed_chat_json(chat: Chat, release: Release) -> dict[str, Any]:
    """A chat in a list: an empty `diff_status` proves nothing, and no word about a full house."""
    empty = {
        "chat_id": chat.id,
        "pull_request_title": "",
        "pull_request_draft": False,
        "changes_requested": False,
        "additions": 0,
        "deletions": 0,
        "changed_files": 0,
    }
    unread = chat.status == "waiting" and bool(chat.messages)
    return {
        **chat_json(chat, release),
        "diff_status": chat.diff_status or empty,
        "has_unread": unread,
    }


def single_chat_json(chat: Chat, release: Release) -> dict[str, Any]:
    """A chat by its id: here it says when it waits for one of the five slots (v2.37)."""
    body = chat_json(chat, release)
    if chat.diff_status:
        body["diff_status"] = chat.diff_status
    if chat.queued_for_capacity:
        body["queued_for_capacity"] = True
    return body


def _parts(text: str) -> list[dict[str, Any]]:
    return [{"type": "text", "text": text, **_EMPTY_PART}]


def message_json(chat: Chat, message: ChatMessage) -> dict[str, Any]:
    """A message of the conversation; only a person's has an author."""
    author = {"created_by": chat.owner.id} if message.role == "user" else {}
    return {
        "id": message.id,
        "chat_id": chat.id,
        **author,
        "model_config_id": MODEL_CONFIG_ID,
        "created_at": stamp(message.at),
        "role": message.role,
        "content": _parts(message.text),
    }


def queued_json(chat: Chat, message: ChatMessage) -> dict[str, Any]:
    """A message that waits for the end of the turn; its id is of another sequence."""
    return {
        "id": message.id,
        "chat_id": chat.id,
        "model_config_id": MODEL_CONFIG_ID,
        "content": _parts(message.text),
        "created_at": stamp(message.at),
    }
