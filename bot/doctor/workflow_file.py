"""What a workflow file says about its use of coder-fix. Pure; tolerant of anything that is YAML.

Keys and defaults: GitHub's "Workflow syntax for GitHub Actions". Expressions are not evaluated.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from bot.untrusted import Untrusted
from bot.workflow_file import UnreadableError, events, loaded

_OURS: Final = re.compile(r"(?:^|/)coder-fix(?:/[^@:]*)?(?:[@:].*)?$")
_SECRET: Final = re.compile(r"secrets\.([A-Za-z_][A-Za-z0-9_]*)")
_SHA: Final = re.compile(r"@(?:[0-9a-f]{40}|sha256:[0-9a-f]{64})$")
FOLDER: Final = ".github/workflows"


@dataclass(frozen=True, slots=True)
class Concurrency:
    """A `concurrency:`; `cancels` where `cancel-in-progress` is anything but false."""

    group: str
    cancels: bool


@dataclass(frozen=True, slots=True)
class Repair:
    """A job with a step that uses coder-fix.

    `permissions` are the job's, else the workflow's; None where neither says.
    """

    key: str
    uses: str
    inputs: Mapping[str, str]
    permissions: Mapping[str, str] | None
    concurrency: Concurrency | None
    runs_on: tuple[str, ...]
    condition: str
    beside: tuple[str, ...]

    @property
    def pinned(self) -> bool:
        """Whether the action is named by commit or digest."""
        return bool(_SHA.search(self.uses))

    @property
    def secrets(self) -> frozenset[str]:
        """The names of the secrets that its inputs take; the job's own token is none."""
        found = {m for value in self.inputs.values() for m in _SECRET.findall(value)}
        return frozenset(name for name in found if name.upper() != "GITHUB_TOKEN")

    @property
    def default_token(self) -> bool:
        """Whether it works with the workflow's own token."""
        token = self.inputs.get("github-token", "")
        app = "github-app-id" in self.inputs
        return not app and (not token or "github.token" in token or "GITHUB_TOKEN" in token)


@dataclass(frozen=True, slots=True)
class Workflow:
    """One file. `trouble` says why it could not be read; `triggers` is `on:` by event."""

    path: str
    name: str
    triggers: Mapping[str, Any]
    concurrency: Concurrency | None = None
    repairs: tuple[Repair, ...] = ()
    trouble: str = ""

    @property
    def ours(self) -> bool:
        """Whether a job of it uses coder-fix."""
        return bool(self.repairs)

    @property
    def outside(self) -> bool:
        """Whether it looks at other runs: the repair's push does not start it anew."""
        return not {"push", "pull_request"} & set(self.triggers)

    @property
    def file(self) -> str:
        """The file's name, for people."""
        return self.path.rpartition("/")[2]


def read_workflow(path: str, text: Untrusted) -> Workflow:
    """Never raises: a file that GitHub would refuse, or that is too large, has a `trouble`."""
    try:
        told = loaded(text)
    except UnreadableError as why:
        return Workflow(path, path, {}, trouble=str(why))
    if not isinstance(told.get("jobs"), Mapping):
        return Workflow(path, path, {}, trouble="it has no jobs")
    return Workflow(
        path=path,
        name=str(told.get("name") or path),
        triggers=events(told),
        concurrency=_concurrency(told.get("concurrency")),
        repairs=tuple(_repairs(told)),
    )


def _repairs(told: Mapping[Any, Any]) -> Iterator[Repair]:
    everywhere = _permissions(told.get("permissions"))
    for key, job in told["jobs"].items():
        steps = job.get("steps") if isinstance(job, Mapping) else None
        if not isinstance(steps, list):
            continue
        steps = [step for step in steps if isinstance(step, Mapping)]
        uses = [str(step.get("uses") or "") for step in steps]
        for step, action in zip(steps, uses, strict=True):
            if not _OURS.search(action):
                continue
            given = step.get("with")
            own = _permissions(job.get("permissions"))
            yield Repair(
                key=str(key),
                uses=action,
                inputs=_texts(given) if isinstance(given, Mapping) else {},
                permissions=everywhere if own is None else own,
                concurrency=_concurrency(job.get("concurrency")),
                runs_on=_labels(job.get("runs-on")),
                condition=f"{job.get('if') or ''} {step.get('if') or ''}".strip(),
                beside=tuple(other for other in uses if other and other != action),
            )


def _permissions(told: Any) -> dict[str, str] | None:
    """By name; `read-all` and `write-all` stand under `*`."""
    if told is None:
        return None
    if isinstance(told, str):
        return {"*": told.removesuffix("-all")}
    return _texts(told) if isinstance(told, Mapping) else {}


def _concurrency(told: Any) -> Concurrency | None:
    if isinstance(told, str):
        return Concurrency(told, cancels=False)
    if not isinstance(told, Mapping):
        return None
    cancels = str(told.get("cancel-in-progress", "false")).lower()
    return Concurrency(str(told.get("group") or ""), cancels=cancels != "false")


def _labels(told: Any) -> tuple[str, ...]:
    if isinstance(told, Mapping):
        told = told.get("labels")
    if isinstance(told, list):
        return tuple(str(label) for label in told)
    return (str(told),) if told else ()


def _texts(told: Mapping[Any, Any]) -> dict[str, str]:
    return {str(k): _text(v) for k, v in told.items()}


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return "" if value is None else str(value)
