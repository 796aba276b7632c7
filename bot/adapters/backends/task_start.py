"""Starting a task so that there is never a second one: look up, create, on any error look up again.

Task names are unique per owner, but creating is not idempotent and has no keys for it: of 16
creates at once one answers 201, the others 409 or 500, and each of them finds the task by name at
once (recorded from v2.36.0).
"""

from __future__ import annotations

from dataclasses import dataclass

from bot.adapters.backends.answer import Answer
from bot.adapters.backends.coder_wire import WireTask, read
from bot.adapters.backends.options import CoderOptions
from bot.adapters.backends.refusals import TASK_REFUSALS, WORKSPACE_REFUSALS, refused
from bot.adapters.backends.task_calls import StillLinkingError, TaskCalls
from bot.adapters.backends.templates import Templates
from bot.adapters.backends.workspaces import Workspaces
from bot.errors import BotError, ConfigurationError, NameHeldError, UpstreamError
from bot.outcomes import ErrorKind
from bot.ports import Clock

PROMPT_LIMIT = 90 * 1024
"""Bytes. A prompt is one environment variable, and base64 in a script: 98,244 bytes still built."""

NAME_PATIENCE = 60.0
"""Seconds for which a dying workspace may hold the name."""

_TITLE_LIMIT = 64
_LOOK_AGAIN = 3.0
_LINK_TRIES = 4


@dataclass(frozen=True, slots=True)
class Started:
    """The task, and whether this process made it."""

    task: WireTask
    created: bool


def check_prompt(prompt: str) -> None:
    """Raise `ConfigurationError` for a prompt that Coder accepts but no workspace survives."""
    size = len(prompt.encode())
    if not prompt.strip():
        raise ConfigurationError(
            "The prompt is empty.", remedy="Give prompt or prompt-file a text, or unset them."
        )
    if size > PROMPT_LIMIT:
        raise ConfigurationError(
            f"The prompt has {size} bytes; above {PROMPT_LIMIT} the workspace would not build.",
            remedy="Lower log-budget-chars, or shorten prompt and extra-instructions.",
        )


def title_in_bytes(title: str, limit: int = _TITLE_LIMIT) -> str:
    """The title within Coder's limit, which counts bytes of UTF-8."""
    return " ".join(title.encode()[:limit].decode(errors="ignore").split())


class TaskStart:
    """One way to get the task of a name."""

    def __init__(
        self,
        calls: TaskCalls,
        templates: Templates,
        workspaces: Workspaces,
        options: CoderOptions,
        clock: Clock,
    ) -> None:
        self._calls = calls
        self._templates = templates
        self._workspaces = workspaces
        self._options = options
        self._clock = clock

    def find(self, name: str) -> WireTask | None:
        """By name; waits a moment for a task that is just coming into being."""
        for attempt in range(1, _LINK_TRIES + 1):
            try:
                return self._calls.by_name(name)
            except StillLinkingError:
                if attempt == _LINK_TRIES:
                    raise
                self._clock.sleep(1.0)
        raise AssertionError(_LINK_TRIES)

    def start(self, name: str, prompt: str, title: str, *, known_absent: bool) -> Started:
        """The task of that name, made where there is none.

        Raises `NameHeldError` when a workspace that is being deleted keeps the name.
        """
        check_prompt(prompt)
        found = None if known_absent else self.find(name)
        if found is not None:
            return Started(found, created=False)
        choice = self._templates.choice()
        body = {
            "template_version_id": choice.version_id,
            "input": prompt,
            # Both, or Coder invents them, perhaps with a language model (coderd/taskname).
            "name": name,
            "display_name": title_in_bytes(title) or name,
        }
        if choice.preset_id:
            # Absent for none: an empty string is a decoding error.
            body["template_version_preset_id"] = choice.preset_id
        return self._create(body)

    def _create(self, body: dict[str, str]) -> Started:
        name = body["name"]
        deadline = self._clock.monotonic() + NAME_PATIENCE
        while True:
            failure: BotError
            try:
                answer = self._calls.create(body)
                if answer.ok:
                    return Started(read(WireTask, answer.data), created=True)
                failure = self._refused(answer)
            except UpstreamError as error:
                answer, failure = None, error
            found = self._adopt(name, failure)
            if found is not None:
                # After a lost answer only the prompt tells whose task it is.
                lost = answer is None and found.initial_prompt == body["input"]
                return Started(found, created=lost)
            if not _name_taken(answer):
                raise failure
            self._check_holder(name)
            if self._clock.monotonic() >= deadline:
                raise NameHeldError(name)
            self._clock.sleep(_LOOK_AGAIN)

    def _adopt(self, name: str, failure: BotError) -> WireTask | None:
        """The task that is there in spite of the error."""
        if isinstance(failure, UpstreamError) and failure.kind is ErrorKind.CODER_AUTH:
            return None
        try:
            return self.find(name)
        except UpstreamError:
            raise failure from None

    def _check_holder(self, name: str) -> None:
        """Raise when a workspace that is no task has the name; one that is dying may go on."""
        holder = self._workspaces.by_name(name)
        if holder is None or holder.task_id or holder.latest_build.transition == "delete":
            return
        raise UpstreamError(
            ErrorKind.WORKSPACE,
            f"A workspace named {name} exists for {self._options.user}, and it is not a task.",
            status=409,
            remedy="Delete or rename that workspace in Coder; it is left untouched.",
        )

    def _refused(self, answer: Answer) -> BotError:
        return refused("create the task", answer, self._options, TASK_REFUSALS + WORKSPACE_REFUSALS)


def _name_taken(answer: Answer | None) -> bool:
    return answer is not None and answer.status == 409 and "already exists" in answer.message
