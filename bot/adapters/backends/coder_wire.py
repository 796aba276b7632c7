"""The part of Coder's JSON that is read, as pydantic models. Enumerations are open: plain text.

Names and shapes: codersdk/aitasks.go, workspaces.go, presets.go, chats.go at v2.36.0; older shapes
where a comment says so. Unknown members are ignored.
"""

from __future__ import annotations

from collections.abc import Hashable
from datetime import datetime
from functools import cache
from typing import Annotated, Any, TypeVar, cast

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, TypeAdapter, ValidationError

from bot.errors import UpstreamError
from bot.outcomes import ErrorKind


def _text(value: Any) -> Any:
    return "" if value is None else value


def _list(value: Any) -> Any:
    return [] if value is None else value


Text = Annotated[str, BeforeValidator(_text)]
"""Text that may be absent or null."""

T = TypeVar("T")
Items = Annotated[list[T], BeforeValidator(_list)]
"""A list that may be absent or null: Go writes an empty slice as null."""


class Wire(BaseModel):
    """Frozen, tolerant of more. Built when first read: a run uses a third of the models."""

    model_config = ConfigDict(frozen=True, extra="ignore", defer_build=True)


class WireOrganization(Wire):
    """An organization."""

    id: str
    name: Text = ""


class WireUser(Wire):
    """A user."""

    id: str
    username: Text = ""


class WireTemplate(Wire):
    """A template; nothing in it says whether it can run tasks."""

    id: str
    name: Text = ""
    organization_id: str
    organization_name: Text = ""
    active_version_id: str


class WirePreset(Wire):
    """PascalCase: the Go struct has no JSON tags."""

    id: str = Field(alias="ID")
    name: str = Field(alias="Name")
    default: bool = Field(alias="Default", default=False)


class WireTaskState(Wire):
    """`current_state`: the last status of the app, or one that Coder made up."""

    timestamp: datetime
    state: Text = ""
    message: Text = ""
    uri: Text = ""


class WireHealth(Wire):
    """The workspace agent's health."""

    healthy: bool = True
    reason: Text = ""


class WireTask(Wire):
    """A task. Ids of workspace, agent and app are null until they exist."""

    id: str
    name: Text = ""
    owner_name: Text = ""
    workspace_id: Text = ""
    workspace_status: Text = ""
    workspace_agent_lifecycle: Text = ""
    workspace_agent_health: WireHealth | None = None
    workspace_app_id: Text = ""
    display_name: Text = ""
    initial_prompt: Text = ""
    status: Text = ""
    current_state: WireTaskState | None = None
    created_at: datetime | None = None


class WireTasks(Wire):
    """The list of tasks, which has no pages."""

    tasks: Items[WireTask] = []


class WireLogLine(Wire):
    """One entry of a task's conversation; `type` is input or output."""

    content: Text = ""
    type: Text = ""


class WireLogs(Wire):
    """The conversation of a task, oldest first."""

    logs: Items[WireLogLine] = []


class WireAppStatus(Wire):
    """A raw report: the state is `failure` where a task says `failed`."""

    created_at: datetime
    state: Text = ""
    message: Text = ""
    uri: Text = ""


class WireApp(Wire):
    """An app of a workspace agent, with the history of its reports."""

    id: str
    statuses: Items[WireAppStatus] = []


class WireAgent(Wire):
    """A workspace agent."""

    apps: Items[WireApp] = []


class WireResource(Wire):
    """A resource of a build."""

    agents: Items[WireAgent] = []


class WireJob(Wire):
    """The job of a build; `error_code` is INSUFFICIENT_QUOTA or another word."""

    status: Text = ""
    error: Text = ""
    error_code: Text = ""
    completed_at: datetime | None = None


class WireBuild(Wire):
    """A workspace build. `status` is the workspace status that it makes."""

    id: str
    transition: Text = ""
    status: Text = ""
    job: WireJob = WireJob()
    resources: Items[WireResource] = []


class WireWorkspace(Wire):
    """A workspace; `task_id` is empty when it is no task."""

    id: str
    name: Text = ""
    owner_name: Text = ""
    organization_id: Text = ""
    task_id: Text = ""
    latest_build: WireBuild


class WireBuildLog(Wire):
    """One line of a build log."""

    output: Text = ""


class WireChatError(Wire):
    """Why a chat ended in an error, from v2.34."""

    message: Text = ""
    detail: Text = ""
    kind: Text = ""


class WireChat(Wire):
    """`last_error` was a plain string in v2.32 and v2.33."""

    id: str
    owner_id: Text = ""
    owner_username: Text = ""
    workspace_id: Text = ""
    status: Text = ""
    last_error: WireChatError | str | None = None
    created_at: datetime
    updated_at: datetime
    archived: bool = False
    labels: dict[str, str] = {}
    queued_for_capacity: bool = False


class WirePart(Wire):
    """A part of a message; test the type, other parts carry an empty text."""

    type: Text = ""
    text: Text = ""


class WireMessage(Wire):
    """A message; `role` is system, user, assistant or tool, and empty for a queued one."""

    role: Text = ""
    content: Items[WirePart] = []

    @property
    def text(self) -> str:
        """Its text parts, one after the other. Other parts carry an empty `text` as well."""
        return "".join(part.text for part in self.content if part.type == "text")


class WireMessages(Wire):
    """Newest first."""

    messages: Items[WireMessage] = []
    queued_messages: Items[WireMessage] = []


@cache
def _adapter(shape: Hashable) -> TypeAdapter[Any]:
    return TypeAdapter(cast(Any, shape))


def read(shape: type[T], data: Any) -> T:
    """`data` as that model, or list of it. Raises `UpstreamError` for another shape."""
    try:
        return cast(T, _adapter(cast(Hashable, shape)).validate_python(data))
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        raise UpstreamError(
            ErrorKind.CODER,
            f"Coder answered with a shape that is not understood, at {where or 'the top'}.",
            remedy="Look for a newer release of coder-fix; this Coder may be newer than it.",
        ) from None
