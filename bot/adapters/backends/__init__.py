"""Coder behind the port `AgentBackend`: two adapters, Tasks and Chats, over one HTTP client.

    backend = connect(CoderOptions(url=…, token=…, template="ci-repair"), clock=clock)

A further backend is one new module with a class that implements the port, and one line in
`connect`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from bot.adapters.backends.options import CoderOptions
from bot.model import BackendName
from bot.ports import AgentBackend, Clock, Exchanged

if TYPE_CHECKING:
    import httpx

    from bot.adapters.backends.chats import ChatBackend
    from bot.adapters.backends.tasks import TaskBackend


def connect(
    options: CoderOptions,
    *,
    clock: Clock,
    existing: Callable[[], BackendName | None] | None = None,
    transport: httpx.BaseTransport | None = None,
    exchanged: Exchanged | None = None,
) -> AgentBackend:
    """The backend of `options`, without any request so far.

    `existing` tells the backend of the item's session where one is known, for `auto`; it is asked
    with the first call that needs it. `transport` replaces the network in tests;
    `exchanged` is told of each exchange. Raises `ConfigurationError` for inputs that no Coder
    could be asked with.
    """
    options.check()
    # Imported here, each where it is used: naming the options costs no import of httpx and
    # pydantic, and a named backend none of the other.
    from bot.adapters.backends.coder_http import CoderHttp
    from bot.adapters.backends.templates import Templates

    http = CoderHttp(options, clock, transport, exchanged)
    templates = Templates(http, options)

    def tasks() -> TaskBackend:
        from bot.adapters.backends.tasks import TaskBackend

        return TaskBackend(http, options, clock, templates)

    def chats() -> ChatBackend:
        from bot.adapters.backends.chats import ChatBackend

        return ChatBackend(http, options, clock, templates)

    if options.backend is BackendName.TASKS:
        return tasks()
    if options.backend is BackendName.CHATS:
        return chats()
    from bot.adapters.backends.probe import AutoBackend, Backends

    both = Backends(tasks(), chats())
    return AutoBackend(both, http, options, templates, existing or (lambda: None))


__all__ = ["CoderOptions", "connect"]
