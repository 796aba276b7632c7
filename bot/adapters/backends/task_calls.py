"""The calls of the Tasks API, one method each, answers as they come (coderd/aitasks.go)."""

from __future__ import annotations

from collections.abc import Mapping

from bot.adapters.backends.answer import Answer, path
from bot.adapters.backends.coder_http import CoderHttp
from bot.adapters.backends.coder_wire import WireTask, WireTasks, read
from bot.adapters.backends.options import CoderOptions
from bot.adapters.backends.prefixes import EXPERIMENTAL, PrefixedApi
from bot.adapters.backends.refusals import TASK_REFUSALS, refused
from bot.errors import UpstreamError
from bot.model import BackendName
from bot.outcomes import ErrorKind

_NAMES_SINCE = (2, 29, 0)
_LINKING = "Task workspace ID is invalid."


class StillLinkingError(UpstreamError):
    """The task exists, but Coder cannot show it for a moment (coderd/aitasks.go:542-605)."""


class TaskCalls:
    """Tasks by id are asked for under `me`, which works whoever owns them."""

    def __init__(self, http: CoderHttp, options: CoderOptions) -> None:
        self._http = http
        self._options = options
        self._api = PrefixedApi(http, BackendName.TASKS)

    def served(self) -> Answer:
        """The documented probe; raises `UpstreamError` where Tasks are not served."""
        return self._list()

    def by_name(self, name: str) -> WireTask | None:
        """The owner's task of that name. Until v2.29 only the list can tell.

        Raises `StillLinkingError` in the moment before the task's workspace is linked.
        """
        listed = False

        def ask(root: str) -> Answer:
            nonlocal listed
            listed = EXPERIMENTAL in root and (self._http.version or (0, 0, 0)) < _NAMES_SINCE
            if listed:
                return self._http.get(root, [("q", f"owner:{self._options.user}")])
            return self._http.get(root + path(self._options.user, name))

        answer = self._api.call(ask)
        if not listed:
            return self._task(answer)
        found = [task for task in self._tasks(answer) if task.name.lower() == name.lower()]
        return found[0] if found else None

    def by_id(self, task_id: str) -> WireTask | None:
        """The task, or None when it is not there (404)."""
        return self._task(self._api.get(path("me", task_id)))

    def all(self) -> list[WireTask]:
        """Every task of the owner, no paging. One broken task makes Coder answer 500."""
        return self._tasks(self._list())

    def create(self, body: Mapping[str, str]) -> Answer:
        """Create once."""
        return self._api.post(path(self._options.user), dict(body))

    def send(self, task_id: str, text: str) -> Answer:
        """Type the text into the agent's terminal; slow."""
        return self._api.post(path("me", task_id, "send"), {"input": text}, slow=True)

    def logs(self, task_id: str) -> Answer:
        """The conversation."""
        return self._api.get(path("me", task_id, "logs"))

    def pause(self, task_id: str) -> Answer:
        """Stop the workspace; the route exists from v2.31.1."""
        return self._api.post(path("me", task_id, "pause"))

    def resume(self, task_id: str) -> Answer:
        """Start the workspace; the route exists from v2.31.1."""
        return self._api.post(path("me", task_id, "resume"))

    def delete(self, task_id: str) -> Answer:
        """Hide the task and queue the delete build."""
        return self._api.delete(path("me", task_id))

    def _list(self) -> Answer:
        return self._api.get(params=[("q", f"owner:{self._options.user}")])

    def _tasks(self, answer: Answer) -> list[WireTask]:
        if not answer.ok:
            raise refused("list tasks", answer, self._options, TASK_REFUSALS)
        return read(WireTasks, answer.data).tasks

    def _task(self, answer: Answer) -> WireTask | None:
        if answer.object_missing:
            return None
        if answer.detail == _LINKING:
            raise StillLinkingError(
                ErrorKind.CODER, "Coder has not linked the task to its workspace yet.", status=500
            )
        if not answer.ok:
            raise refused("read the task", answer, self._options)
        return read(WireTask, answer.data)
