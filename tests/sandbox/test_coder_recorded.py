"""The sandbox Coder answers as the recorded servers did."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest

from bot.sandbox.coder import SandboxCoder
from tests.coder_fixtures import START
from tests.sandbox.coder_rig import RIG_TIMINGS, Replay, rig_agent, seed

CASSETTES = [
    "auth/suspended-user",
    "auth/user-by-name",
    "auth/users-me-expired-token",
    "auth/users-me-good-token",
    "auth/users-me-good-token-bearer",
    "auth/users-me-no-token",
    "chats/create-errors",
    "chats/life-normal",
    "chats/queue-full",
    "chats/running-send-busy-interrupt",
    "chats/running-send-interrupt-archive",
    "chats/update",
    "identity/create-token-duplicate-name",
    "identity/create-token-for-other-forbidden",
    "identity/create-token-lifetime-text-refused",
    "identity/create-token-lifetime-too-long",
    "identity/create-token-scoped",
    "identity/create-user-duplicate",
    "identity/create-user-forbidden",
    "identity/create-user-login-type-none-refused",
    "identity/create-user-no-organization",
    "identity/create-user-service-account-agpl",
    "identity/grant-agents-access",
    "identity/tokenconfig",
    "identity/users-by-github-id",
    "meta/bypass-ratelimit-header",
    "meta/probe",
    "meta/unknown-object",
    "meta/unknown-route",
    "tasks/create-by-user-name-and-id",
    "tasks/create-display-name-too-long",
    "tasks/create-external-auth-required",
    "tasks/create-for-other-user-by-owner",
    "tasks/create-for-other-user-forbidden",
    "tasks/create-invalid-json",
    "tasks/create-name-bad",
    "tasks/create-name-longest",
    "tasks/create-name-too-long",
    "tasks/create-name-upper-case",
    "tasks/create-preset-empty-string",
    "tasks/create-preset-of-another-version",
    "tasks/create-preset-unknown",
    "tasks/create-required-parameter-missing",
    "tasks/create-template-version-archived",
    "tasks/create-template-version-import-failed",
    "tasks/create-template-version-missing",
    "tasks/create-template-version-unknown",
    "tasks/create-template-without-ai-task",
    "tasks/create-unknown-member-ignored",
    "tasks/create-user-unknown",
    "tasks/experimental-prefix-life",
    "tasks/life-agent-dies",
    "tasks/life-ask",
    "tasks/life-build-fails",
    "tasks/life-complete-app-status",
    "tasks/life-failure",
    "tasks/life-long-summary",
    "tasks/life-silent-work",
    "tasks/name-reuse-after-delete",
    "tasks/resume-and-delete-of-failed-build",
    "templates/external-auth",
    "templates/presets-null",
    "workspaces/extend-deadline",
    "workspaces/life",
]

_ONE_CHAT = "chats/life-normal chats/list-and-get chats/other-user-view chats/owner-view"
# Cassettes that go on with what the one before has made.
CHAINS = [
    f"{_ONE_CHAT} chats/send-when-idle chats/interrupt-and-archive-idle",
    "chats/update chats/stream-without-upgrade",
    "tasks/create tasks/create-duplicate-sequential",
    "tasks/life-normal tasks/life-send-pause-resume-delete",
    "tasks/life-normal tasks/workspace-stopped-under-task tasks/workspace-deleted-under-task",
]


def _without_chat_rights(coder: SandboxCoder) -> None:
    for user in coder.world.users:
        user.org_roles.clear()
    coder.chats.model = ""


def _without_model(coder: SandboxCoder) -> None:
    coder.chats.model = ""


def _without_bot(coder: SandboxCoder) -> None:
    coder.world.users[0].username = "somebody"


def _importing(coder: SandboxCoder) -> None:
    coder.world.templates[0].versions[1].job = "running"


PREPARED = {
    "chats/without-role-agents-access": _without_chat_rights,
    "chats/create-no-model-configured": _without_model,
    "identity/create-user-password": _without_bot,
    "identity/create-user-weak-password": _without_bot,
    "tasks/create-template-version-importing": _importing,
}


@pytest.mark.parametrize("cassettes", [*CASSETTES, *CHAINS, *PREPARED])
def test_replays_as_recorded(cassettes: str, tmp_path: Path) -> None:
    """Every exchange of the cassettes has the recorded status, and the recorded text or state."""
    coder = SandboxCoder(tmp_path, agent=rig_agent, timings=RIG_TIMINGS, now=lambda: START)
    recorded, answered = [], []

    with closing(coder):
        seed(coder)
        if prepare := PREPARED.get(cassettes):
            prepare(coder)
        for asked, want, got in Replay(coder).play(cassettes.split()):
            recorded.append((asked, want))
            answered.append((asked, got))
            if want != got:
                break

    assert recorded == answered
    assert recorded
