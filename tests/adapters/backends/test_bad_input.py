"""Everything that can be wrong with the inputs or the Coder: one error each, nothing created."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from bot.adapters.backends import CoderOptions, connect
from bot.errors import BotError, ConfigurationError
from bot.model import BackendName, SessionKey
from bot.outcomes import ErrorKind
from bot.sandbox.coder import SandboxCoder
from bot.sandbox.coder_chats import UsageLimit
from tests.adapters.backends.stand_ins import FakeClock
from tests.coder_fixtures import CoderFactory

TASKS, CHATS, AUTO = BackendName.TASKS, BackendName.CHATS, None
OLD = {"version": "v2.27.4", "tasks": "experimental", "chats": "off"}
NO_TASKS = {"version": "v2.37.0", "tasks": "off", "chats": "off"}
SOME_UUID = "11111111-1111-4111-8111-111111111111"


def _nothing(coder: SandboxCoder) -> None:
    """The Coder is as it should be."""


@dataclass(frozen=True)
class Case:
    """What is wrong, and what is to be said; `coder` is false for a server that is none."""

    backend: BackendName | None
    kind: ErrorKind
    says: str
    inputs: dict[str, Any] = field(default_factory=dict)
    served: dict[str, Any] = field(default_factory=dict)
    trouble: Callable[[SandboxCoder], object] = _nothing
    coder: bool = True


def _template(coder: SandboxCoder) -> Any:
    return coder.world.templates[0]


CASES = {
    "url empty": Case(TASKS, ErrorKind.CONFIGURATION, "coder-url is empty", {"url": " "}),
    "url without scheme": Case(
        TASKS, ErrorKind.CONFIGURATION, "coder-url is not an http", {"url": "coder.example.com"}
    ),
    "url with a bad port": Case(
        TASKS, ErrorKind.CONFIGURATION, "coder-url is not a URL", {"url": "https://coder:x/"}
    ),
    "url with a password": Case(
        TASKS,
        ErrorKind.CONFIGURATION,
        "coder-url carries",
        {"url": "https://u:p@coder.example.com"},
    ),
    "url of the API": Case(
        TASKS, ErrorKind.CONFIGURATION, "ends in an API", {"url": "https://c.example.com/api/v2/"}
    ),
    "url not encrypted": Case(
        TASKS, ErrorKind.CONFIGURATION, "not encrypted", {"url": "http://coder.example.com"}
    ),
    "token empty": Case(TASKS, ErrorKind.CONFIGURATION, "coder-token is empty", {"token": ""}),
    "token in two lines": Case(
        TASKS, ErrorKind.CONFIGURATION, "coder-token holds", {"token": "0123456789-a\nb"}
    ),
    "token unknown": Case(
        TASKS, ErrorKind.CODER_AUTH, "coder-token is not valid", {"token": "9876543210-" + "z" * 22}
    ),
    "token expired": Case(
        TASKS,
        ErrorKind.CODER_AUTH,
        "coder-token has expired",
        trouble=lambda c: setattr(c.world.tokens[0], "expires_at", c.world.users[0].created_at),
    ),
    "user suspended": Case(
        CHATS,
        ErrorKind.CODER_AUTH,
        "coder-token is not active",
        trouble=lambda c: setattr(c.world.users[0], "status", "suspended"),
    ),
    "not a Coder": Case(
        TASKS,
        ErrorKind.CONFIGURATION,
        "coder-url is not a Coder server",
        trouble=lambda c: setattr(c, "html", True),
        coder=False,
    ),
    "too old": Case(TASKS, ErrorKind.CODER_UNSUPPORTED, "v2.27.4, which is too old", served=OLD),
    "too old, auto": Case(AUTO, ErrorKind.CODER_UNSUPPORTED, "too old", served=OLD),
    "Tasks off": Case(TASKS, ErrorKind.CODER_UNSUPPORTED, "does not serve Tasks", served=NO_TASKS),
    "no chats": Case(CHATS, ErrorKind.CODER_UNSUPPORTED, "serves no chats", served=NO_TASKS),
    "neither": Case(AUTO, ErrorKind.CODER_UNSUPPORTED, "neither Tasks nor chats", served=NO_TASKS),
    "Tasks only, no template": Case(
        AUTO,
        ErrorKind.CONFIGURATION,
        "coder-template-name is empty",
        {"template": ""},
        {"version": "v2.31.1", "chats": "off"},
    ),
    "Tasks only, template without a task": Case(
        AUTO,
        ErrorKind.TEMPLATE,
        "plain (coder-template-name) cannot run tasks",
        {"template": "plain"},
        {"version": "v2.31.1", "chats": "off"},
    ),
    "Tasks off and no chat rights": Case(
        AUTO,
        ErrorKind.CODER_PERMISSION,
        "role agents-access",
        {"template": ""},
        {"version": "v2.36.0", "tasks": "off"},
        lambda c: c.world.users[0].org_roles.clear(),
    ),
    "template empty": Case(
        TASKS, ErrorKind.CONFIGURATION, "coder-template-name is empty", {"template": ""}
    ),
    "template malformed": Case(
        TASKS, ErrorKind.CONFIGURATION, "organization/name", {"template": "a/b/c"}
    ),
    "two organizations": Case(
        TASKS,
        ErrorKind.CONFIGURATION,
        "name two organizations",
        {"template": "coder/ci-repair", "organization": "other"},
    ),
    "template missing": Case(
        TASKS, ErrorKind.TEMPLATE, "template no-such (coder-template-name)", {"template": "no-such"}
    ),
    "template missing, auto": Case(
        AUTO, ErrorKind.TEMPLATE, "template no-such (coder-template-name)", {"template": "no-such"}
    ),
    "template without a task": Case(
        TASKS, ErrorKind.TEMPLATE, "has no valid coder_ai_task", {"template": "plain"}
    ),
    "template deprecated": Case(
        TASKS,
        ErrorKind.TEMPLATE,
        "is deprecated",
        trouble=lambda c: setattr(_template(c), "deprecation", "use another"),
    ),
    "template with parameters": Case(
        TASKS,
        ErrorKind.TEMPLATE,
        "nobody gave: region",
        trouble=lambda c: setattr(_template(c).active, "required_parameters", ("region",)),
    ),
    "external auth": Case(
        TASKS,
        ErrorKind.TEMPLATE,
        "requires a log-in that the workspace's owner does not have: github",
        trouble=lambda c: setattr(_template(c).active, "external_auth", ("github",)),
    ),
    "preset missing": Case(
        TASKS, ErrorKind.CONFIGURATION, "It has: Large, Small.", {"preset": "Huge"}
    ),
    "preset of a template without": Case(
        TASKS,
        ErrorKind.CONFIGURATION,
        "It has no presets",
        {"preset": "Huge", "template": "plain"},
    ),
    "organization missing": Case(
        TASKS, ErrorKind.CONFIGURATION, "coder-organization", {"organization": "no-such"}
    ),
    "organization missing, chats": Case(
        CHATS,
        ErrorKind.CONFIGURATION,
        "coder-organization",
        {"organization": "no-such", "template": ""},
    ),
    "user missing": Case(
        TASKS, ErrorKind.CONFIGURATION, "nobody (coder-username)", {"owner": "nobody"}
    ),
    "user of others": Case(
        CHATS,
        ErrorKind.CODER_UNSUPPORTED,
        "not to other-dev (coder-username)",
        {"owner": "other-dev", "template": ""},
        trouble=lambda c: c.add_user("other-dev"),
    ),
    "licence": Case(
        TASKS,
        ErrorKind.CODER_QUOTA,
        "not entitled to managed agents",
        trouble=lambda c: setattr(c.tasks, "licensed", False),
    ),
    "spend limit": Case(
        CHATS,
        ErrorKind.CODER_QUOTA,
        "Chat usage limit exceeded. ($",
        {"template": ""},
        {"version": "v2.36.0"},
        lambda c: setattr(c.chats, "usage_limit", UsageLimit()),
    ),
    "AI Gateway off": Case(
        CHATS,
        ErrorKind.CODER_UNSUPPORTED,
        "AI Gateway must be enabled",
        {"template": ""},
        trouble=lambda c: setattr(c.chats, "gateway", False),
    ),
    "no model": Case(
        CHATS,
        ErrorKind.CODER_UNSUPPORTED,
        "set model-config-id",
        {"template": ""},
        trouble=lambda c: setattr(c.chats, "model", ""),
    ),
    "model unknown": Case(
        CHATS,
        ErrorKind.CONFIGURATION,
        "model-config-id does not exist",
        {"template": "", "model_config_id": SOME_UUID},
    ),
    "model malformed": Case(
        CHATS, ErrorKind.CONFIGURATION, "model-config-id is not a UUID", {"model_config_id": "gpt"}
    ),
    "workspace unknown": Case(
        CHATS,
        ErrorKind.CONFIGURATION,
        "(workspace-id) does not exist",
        {"template": "", "workspace_id": SOME_UUID},
    ),
    "workspace malformed": Case(
        CHATS, ErrorKind.CONFIGURATION, "workspace-id is not a UUID", {"workspace_id": "mine"}
    ),
    "rate limit": Case(
        TASKS,
        ErrorKind.CODER,
        "rate limit",
        trouble=lambda c: setattr(c.rate_limit, "limit", 0),
    ),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_bad_input_is_one_error_and_creates_nothing(
    case: Case, coder_sandbox: CoderFactory
) -> None:
    """The kind, the input by its name, no token in the text, and nothing new in Coder."""
    coder = coder_sandbox(strict=case.coder, **case.served)
    _, token = coder.add_user("ci-repair-bot")
    coder.add_template("ci-repair", presets=["Small", "Large"], default_preset="Large")
    coder.add_template("plain", ai_task=False)
    case.trouble(coder)
    inputs = {"url": coder.url, "token": token.text, "template": "ci-repair"} | case.inputs
    options = CoderOptions(backend=case.backend, **inputs)
    with pytest.raises(BotError) as caught:
        backend = connect(options, clock=FakeClock())
        key = SessionKey("cf-1")
        assert backend.find(key) is None
        backend.start(key, prompt="Repair it.", title="CI repair")
    error = caught.value
    assert (case.kind, True) == (error.kind, case.says in str(error))
    assert isinstance(error, ConfigurationError) == (case.kind is ErrorKind.CONFIGURATION)
    assert options.token not in f"{error}{error.__dict__}{options!r}" or not options.token
    live = [chat for chat in coder.chats if not chat.archived]
    assert ([], [], {}) == (list(coder.tasks), live, dict(coder.world.workspaces))
