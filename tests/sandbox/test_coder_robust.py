"""The sandbox Coder answers whatever is sent to it; it never breaks."""

from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.sandbox.coder import SandboxCoder
from bot.sandbox.http import HttpRequest
from tests.coder_fixtures import START
from tests.sandbox.coder_calls import Bot, bot_on

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 300_000) | st.sampled_from(["", "x", "stop", "ü"]),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.just("name"), inner),
    max_leaves=4,
)


@pytest.fixture(scope="module")
def bot(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A bot with a running task and a chat."""
    coder = SandboxCoder(tmp_path_factory.mktemp("coder"), chats="v2", now=lambda: START)
    with closing(coder):
        coder.rate_limit.limit = None
        yield bot_on(coder)


def objects(bot: Bot) -> dict[str, str]:
    """Ids of a task, its workspace and build, and a chat; made anew where the last are gone."""
    name = f"cf-{len(bot.coder.world.workspaces)}"
    task = bot.create(name).json()
    bot.coder.advance(1)
    workspace = bot.coder.world.workspaces[task["workspace_id"]]
    return {
        "user": "me",
        "task": task["id"],
        "workspace": workspace.id,
        "build": workspace.build.id,
        "chat": bot.chat().json()["id"],
        "organization": "default",
        "version": bot.template.active.id,
    }


MEMBERS = (
    "template_version_id",
    "template_version_preset_id",
    "template_id",
    "input",
    "name",
    "display_name",
    "transition",
    "reason",
    "deadline",
    "ttl_ms",
    "content",
    "labels",
    "busy_behavior",
    "archived",
    "title",
    "workspace_id",
    "username",
    "password",
    "email",
    "organization_ids",
    "lifetime",
    "token_name",
    "scopes",
    "rich_parameter_values",
    "organization_id",
    "model_config_id",
    "client_type",
    "system_prompt",
)
QUERY = {name: ["x"] for name in ("q", "limit", "offset", "label", "before_id", "after_id")}


@settings(
    max_examples=250,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.dictionaries(st.sampled_from(MEMBERS), VALUES, max_size=5), st.booleans())
def test_any_body_and_query_is_answered(bot: Bot, body: dict[str, Any], queried: bool) -> None:
    """Every route answers every JSON object and a senseless query with a status of its own."""
    names = objects(bot)
    headers = {"coder-session-token": bot.token}
    for method, pattern, _ in list(bot.coder._routes):
        path = pattern.pattern.strip("^$")
        for name in pattern.groupindex:
            path = path.replace(f"(?P<{name}>[^/]+)", names.get(name, "ci-repair"))
        raw = json.dumps(body).encode()
        answer = bot.coder.serve(HttpRequest(method, path, QUERY if queried else {}, headers, raw))

        assert answer

    crashes, bot.coder.crashes[:] = list(bot.coder.crashes), []
    assert crashes == []


def test_only_coders_own_directories_are_removed(tmp_path: Path) -> None:
    """What else lies in the root directory is none of its business."""
    (tmp_path / "notes").write_text("mine")
    coder = SandboxCoder(tmp_path, agent_command="true")
    coder.start()
    bot_on(coder).create()
    coder.advance(1)

    coder.close()

    assert [path.name for path in tmp_path.iterdir()] == ["notes"]
