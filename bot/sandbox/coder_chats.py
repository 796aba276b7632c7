"""The Chats API of the sandbox Coder (coderd/exp_chats.go at a300a06a; v2.37 where marked)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from bot.sandbox.coder_answers import (
    Release,
    Uuid,
    forbidden,
    not_found,
    path_uuid,
    read_body,
    refuse,
    stamp,
)
from bot.sandbox.coder_auth import Call
from bot.sandbox.coder_builds import Builds
from bot.sandbox.coder_chat_input import (
    BODY_LIMIT,
    check_labels,
    number,
    searched,
    text_of,
    title_of,
    wanted_labels,
)
from bot.sandbox.coder_chat_life import Chat, ChatRules
from bot.sandbox.coder_chat_wire import (
    MODEL_CONFIG_ID,
    chat_json,
    listed_chat_json,
    single_chat_json,
)
from bot.sandbox.coder_timeline import Timeline
from bot.sandbox.coder_workspaces import Workspaces
from bot.sandbox.coder_world import User, Workspace, World
from bot.sandbox.http import Handler, HttpResponse


@dataclass(frozen=True, slots=True)
class UsageLimit:
    """A spend limit that is used up (≤ v2.36), in millionths of a dollar."""

    spent_micros: int = 5_000_000
    limit_micros: int = 5_000_000


class Chats:
    """Creates chats and answers for them, on the prefixes that the deployment serves."""

    def __init__(
        self,
        world: World,
        timeline: Timeline,
        builds: Builds,
        workspaces: Workspaces,
        release: Release,
        root: Path,
    ) -> None:
        self._world = world
        self._release = release
        self._builds = builds
        self._workspaces = workspaces
        self.gateway = True
        self.model = "sandbox-1"
        self.usage_limit: UsageLimit | None = None
        self.open_to_members = release >= (2, 37)
        self.at_once: int | None = 5 if release >= (2, 37) else None
        self._chats: dict[str, Chat] = {}
        self._rules = ChatRules(
            world,
            timeline,
            builds,
            release,
            root,
            make_workspace=self._make_workspace,
            slot_freed=self._fill_slots,
            may_run=self._may_run,
        )

    def routes(self, prefix: str) -> Iterator[tuple[str, str, Handler]]:
        """Method, path template, handler, below `/api/v2` or `/api/experimental`."""
        if prefix == "/api/v2":
            yield "GET", "/api/v2/organizations/{organization}/chats/models", self.models
        elif self._release < (2, 37):
            yield "GET", f"{prefix}/chats/models", self.models
        yield "GET", f"{prefix}/chats", self.list
        yield "POST", f"{prefix}/chats", self.create
        yield "GET", f"{prefix}/chats/{{chat}}", self.get

    def __iter__(self) -> Iterator[Chat]:
        return iter(list(self._chats.values()))

    def __getitem__(self, chat_id: str) -> Chat:
        """The chat of that id, for tests that drive it by hand."""
        return self._chats[chat_id]

    def purge(self, chat: Chat) -> None:
        """Coder's own clean-up; no call deletes a chat (docs, "Conversation data retention")."""
        del self._chats[chat.id]

    def answer(self, chat_id: str, text: str = "") -> None:
        """End the turn by hand; without a text as a model that answers nothing."""
        with self._rules.timeline.lock:
            chat = self[chat_id]
            if text:
                chat.said(text)
            chat.finish()

    def of(self, call: Call, text: str) -> Chat:
        """The chat of that id, if the caller may see it."""
        chat = self._chats.get(path_uuid(text))
        if chat is None or not call.may_act_for(chat.owner):
            raise not_found()
        return chat

    def check_gateway(self) -> None:
        """Raises the 503 where the AI Gateway is off (v2.36+); reading does not need it."""
        if not self.gateway and self._release >= (2, 36):
            raise refuse(
                503,
                "AI Gateway must be enabled for Coder Agents functionality. Please contact your"
                " deployment administrator.",
                "Set CODER_AI_GATEWAY_ENABLED=true (or ai-gateway-enabled in deployment YAML) to"
                " enable.",
            )

    def _make_workspace(self, owner: User, name: str) -> Workspace | None:
        for template in self._world.templates:
            if template.organization is owner.organization:
                pair = (template, template.active)
                workspace = self._workspaces.make(owner, name, pair)
                self._builds.add(workspace, "start", "initiator", owner)
                return workspace
        return None

    def _may_run(self, chat: Chat) -> bool:
        if self.at_once is None:
            return True
        others = [c for c in self if c is not chat and c.has_slot]
        return len(others) < self.at_once

    def _fill_slots(self) -> None:
        for chat in self:
            if chat.queued_for_capacity and self._may_run(chat):
                chat.run()

    def models(self, call: Call, organization: str = "default") -> HttpResponse:
        """The models; v2.37 asks for the organization."""
        if self._world.organization(organization) is not call.user.organization:
            raise not_found()
        provider = {
            "provider": "sandbox",
            "available": True,
            "models": [
                {
                    "id": f"sandbox:{self.model}",
                    "provider": "sandbox",
                    "model": self.model,
                    "display_name": self.model,
                }
            ],
        }
        providers = [provider] if self.model else []
        return HttpResponse(200, {"providers": providers, "unsupported_providers": []})

    def create(self, call: Call) -> HttpResponse:
        """`POST /chats`; the chat belongs to the caller, whoever `owner_id` names."""
        self.check_gateway()
        exact = f"Maximum request body size is {BODY_LIMIT} bytes."
        detail = exact if self._release >= (2, 37) else "http: request body too large"
        ids = {"organization_id": Uuid, "workspace_id": Uuid, "model_config_id": Uuid}
        more = {"content": list, "labels": dict, "client_type": str, "system_prompt": str}
        body = read_body(
            call.request, "CreateChatRequest", {**ids, **more}, BODY_LIMIT, limit_detail=detail
        )
        if not self._may_create(call):
            raise forbidden()
        self._check_organization(call, body["organization_id"])
        text = text_of(body["content"])
        check_labels(body["labels"] or {})
        workspace = self.pinned(call, body["workspace_id"])
        self._check_options(body["model_config_id"], body["client_type"], body["system_prompt"])
        chat = Chat(self._rules, call.user, title_of(text))
        chat.labels = body["labels"] or {}
        chat.client_type = body["client_type"] or "api"
        chat.bind(workspace)
        self._chats[chat.id] = chat
        chat.begin(text)
        return HttpResponse(201, chat_json(chat, self._release))

    def _may_create(self, call: Call) -> bool:
        """There is no scope for chats: the token must be good for everything."""
        user = call.user
        by_membership = self.open_to_members and not user.service_account
        allowed = by_membership or user.is_owner or "agents-access" in user.org_roles
        return allowed and call.token.scopes == ("coder:all",)

    def _check_organization(self, call: Call, organization_id: str | None) -> None:
        if self._release < (2, 33):
            return
        if not organization_id:
            raise refuse(400, "organization_id is required.")
        if organization_id != call.user.organization.id:
            raise refuse(403, "You are not a member of the specified organization.")

    def pinned(self, call: Call, workspace_id: str | None) -> Workspace | None:
        """The workspace to pin; only the chat owner's own."""
        if workspace_id is None:
            return None
        workspace = self._world.workspaces.get(workspace_id)
        if workspace is None or workspace.deleted or workspace.owner is not call.user:
            raise refuse(400, "Workspace not found or you do not have access to this resource")
        return workspace

    def _check_options(self, model: str | None, client: str | None, prompt: str | None) -> None:
        if client and client not in {"ui", "api"}:
            raise refuse(400, "Invalid client_type.", f'got "{client}", want one of [ui api]')
        if prompt and len(prompt) > 10_000:
            raise refuse(
                400,
                "System prompt exceeds maximum length.",
                f"System prompt must be at most 10000 characters, got {len(prompt)}.",
            )
        if model and model != MODEL_CONFIG_ID:
            raise refuse(400, "Invalid model_config_id: model config not found or disabled.")
        if not self.model:
            raise refuse(400, "No default chat model config is configured.")
        self.check_usage()

    def check_usage(self) -> None:
        """Raises the 409 of a used-up spend limit (≤ v2.36)."""
        if self.usage_limit and self._release < (2, 37):
            raise refuse(
                409,
                "Chat usage limit exceeded.",
                spent_micros=self.usage_limit.spent_micros,
                limit_micros=self.usage_limit.limit_micros,
                resets_at=stamp(self._world.now() + timedelta(days=1)),
            )

    def list(self, call: Call) -> HttpResponse:
        """`GET /chats`: own ones, newest first, not archived unless `q=archived:true`."""
        request = call.request
        limit = number(request.param("limit"), "limit", 50)
        offset = number(request.param("offset"), "offset", 0)
        labels = wanted_labels(list(request.query.get("label", [])))
        terms = searched(request.param("q"))
        archived = terms.get("archived") == "true"
        found = [
            chat
            for chat in sorted(self, key=lambda c: (c.updated_at, c.created_at), reverse=True)
            if chat.owner is call.user
            and chat.archived == archived
            and labels.items() <= chat.labels.items()
            and terms.get("title", "").lower() in chat.title.lower()
        ]
        after = request.param("after_id")
        if after:
            offset += next((n for n, c in enumerate(found, 1) if c.id == after), len(found))
        page = found[offset : offset + limit]
        return HttpResponse(200, [listed_chat_json(chat, self._release) for chat in page])

    def get(self, call: Call, chat: str) -> HttpResponse:
        """`GET /chats/{chat}`."""
        return HttpResponse(200, single_chat_json(self.of(call, chat), self._release))
