"""`coder-backend: auto`: which backend, and at which price in requests."""

from __future__ import annotations

import pytest

from bot.adapters.backends import CoderOptions, connect
from bot.model import BackendName, SessionKey
from tests.adapters.backends.stand_ins import FakeClock
from tests.coder_fixtures import CoderFactory

KEY = SessionKey("cf-1", (("coder-fix/item", "1"),))
TASKS, CHATS = BackendName.TASKS, BackendName.CHATS
BOTH = {"version": "v2.36.0"}
GA = {"version": "v2.37.0", "tasks": "off", "chats": "v2+experimental"}
OPTED_IN = {"version": "v2.37.0", "chats": "v2+experimental"}
OLD = {"version": "v2.28.0", "tasks": "experimental", "chats": "off"}

CHOICES = {
    "both served, task template": (BOTH, "ci-repair", None, TASKS),
    "both served, plain template": (BOTH, "plain", None, CHATS),
    "both served, no template": (BOTH, "", None, CHATS),
    "Tasks switched on again": (OPTED_IN, "ci-repair", None, TASKS),
    "Tasks off": (GA, "ci-repair", None, CHATS),
    "v2.28": (OLD, "ci-repair", None, TASKS),
    "a chat exists": (BOTH, "ci-repair", CHATS, CHATS),
    "a task exists": (BOTH, "plain", TASKS, TASKS),
}


@pytest.mark.parametrize(
    ("served", "template", "existing", "wanted"), CHOICES.values(), ids=CHOICES.keys()
)
@pytest.mark.parametrize("first", ["find", "name"])
def test_auto_settles_on(
    coder_sandbox: CoderFactory,
    served: dict[str, str],
    template: str,
    existing: BackendName | None,
    wanted: BackendName,
    first: str,
) -> None:
    """The existing session's; else Tasks where they can run; else Chats. The first call decides."""
    coder = coder_sandbox(**served)
    _, token = coder.add_user("ci-repair-bot")
    coder.add_template("ci-repair")
    coder.add_template("plain", ai_task=False)
    backend = connect(
        CoderOptions(coder.url, token.text, template=template),
        clock=FakeClock(),
        existing=lambda: existing,
    )
    if first == "find":
        assert backend.find(KEY) is None
    assert wanted is backend.name


def test_a_task_that_exists_is_found_even_where_the_template_changed(
    coder_sandbox: CoderFactory,
) -> None:
    """The name alone tells; a template without a task only matters for a new one."""
    coder = coder_sandbox()
    _, token = coder.add_user("ci-repair-bot")
    template = coder.add_template("ci-repair")
    options = CoderOptions(coder.url, token.text, template="ci-repair")
    connect(options, clock=FakeClock()).start(KEY, prompt="x", title="x")
    template.active.ai_task = False
    found = connect(options, clock=FakeClock()).find(KEY)
    assert found is not None
    assert TASKS is found.backend


@pytest.mark.parametrize("backend_name", [None, TASKS])
@pytest.mark.parametrize(
    ("template", "organization"),
    [("coder/ci-repair", ""), ("ci-repair", "coder"), ("CI-Repair", "")],
)
def test_a_template_is_named_in_three_ways(
    coder_sandbox: CoderFactory, backend_name: BackendName | None, template: str, organization: str
) -> None:
    """With its organization before the slash, in the other input, or the default one."""
    coder = coder_sandbox()
    _, token = coder.add_user("ci-repair-bot")
    coder.add_template("ci-repair")
    options = CoderOptions(
        coder.url, token.text, backend=backend_name, template=template, organization=organization
    )
    backend = connect(options, clock=FakeClock())
    assert backend.find(KEY) is None
    assert backend.start(KEY, prompt="x", title="x").backend is TASKS


PRICES = {
    "Tasks": (BOTH, TASKS, "ci-repair", 4),
    "auto, Tasks": (BOTH, None, "ci-repair", 5),
    "Chats, v2": (GA, CHATS, "", 5),
    "Chats, experimental": (BOTH, CHATS, "", 6),
    "Chats in a workspace of a template": ({**GA}, CHATS, "plain", 8),
}


@pytest.mark.parametrize(
    ("served", "backend_name", "template", "price"), PRICES.values(), ids=PRICES.keys()
)
def test_requests_until_the_session_is_there(
    coder_sandbox: CoderFactory,
    served: dict[str, str],
    backend_name: BackendName | None,
    template: str,
    price: int,
) -> None:
    """Connecting costs nothing; looking and starting cost what is stated here."""
    coder = coder_sandbox(**served)
    _, token = coder.add_user("ci-repair-bot")
    coder.add_template("ci-repair", presets=["Small"], default_preset="Small")
    coder.add_template("plain", ai_task=False)
    options = CoderOptions(coder.url, token.text, backend=backend_name, template=template)
    backend = connect(options, clock=FakeClock())
    assert [] == coder.exchanges
    backend.find(KEY)
    backend.start(KEY, prompt="Repair it.", title="CI repair")
    assert price == len(coder.exchanges)
