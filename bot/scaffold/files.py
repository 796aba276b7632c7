"""Answers → the texts of the files, beside what is there."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final

from bot.errors import ConfigurationError
from bot.policy_file import PATH
from bot.scaffold.answers import Answers, Door
from bot.scaffold.job import appended
from bot.scaffold.known import Known
from bot.scaffold.policy import policy_text

_TEMPLATES: Final = {
    Door.FAILURE: "workflow-run",
    Door.COMMENT: "comment",
    Door.UPGRADE: "upgrade",
    Door.RECONCILE: "reconcile",
    Door.BY_HAND: "by-hand",
}
EXAMPLES: Final = (*_TEMPLATES.values(), "follow-up-job", "report-only", "step")
_EXAMPLE: Final = Answers(
    uses="coder-fix/coder-fix@v0 # zizmor: ignore[unpinned-uses] pin the release's commit here",
    workflows=("CI",),
    template="ci-repair",
)
_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9 _./-]*[A-Za-z0-9]")
_WORDS = frozenset({"true", "false", "null", "yes", "no", "on", "off"})
_LINE = re.compile(r"^[ ]*<<(\w+)>>\n", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Change:
    """A file: its path, what is there (None for nothing), what should be."""

    path: str
    before: str | None
    after: str

    @property
    def is_needed(self) -> bool:
        """Whether they differ by more than their line ends."""
        return self.before is None or _plain(self.before) != _plain(self.after)


def plan(answers: Answers, known: Known) -> tuple[Change, ...]:
    """Every file that the answers ask for. Raises `ConfigurationError` where one cannot be made."""
    return tuple(_changes(answers, known))


def _changes(answers: Answers, known: Known) -> Iterator[Change]:
    for door in answers.doors:
        if door is Door.FOLLOW_UP_JOB:
            yield from _jobs(answers, known)
        else:
            text = _filled(_TEMPLATES[door], answers)
            yield Change(door.path, known.files.get(door.path), text)
    before = known.files.get(PATH)
    yield Change(PATH, before, policy_text(answers, before))


def _jobs(answers: Answers, known: Known) -> Iterator[Change]:
    for name in answers.workflows:
        path = known.workflows.get(name)
        if path is None:
            raise ConfigurationError(
                f"There is no workflow named {json.dumps(name, ensure_ascii=False)} here.",
                remedy="A follow-up job goes into a workflow of this repository.",
            )
        text = known.files[path]
        done = name in known.with_job
        yield Change(path, text, text if done else appended(path, text, _job(answers)))


def _job(answers: Answers) -> str:
    return _filled("job", answers, id="coder-fix")


def examples() -> dict[str, str]:
    """The examples of this project, by the name of their file."""
    return {f"{name}.yml": example(name) for name in EXAMPLES}


def example(name: str) -> str:
    """That example: complete in itself, so that it can be copied without a policy file."""
    template = f"coder-template-name: {_EXAMPLE.template}"
    job = _filled("job", _EXAMPLE, id="repair", needs="[test]", template=template)
    inside = "".join(f"  {line}\n" for line in job.splitlines())
    return _filled(name, _EXAMPLE, job=inside, template=template)


def _filled(name: str, answers: Answers, **more: str) -> str:
    """The template with its places filled in; a line whose place stays empty goes."""
    values = {
        "uses": answers.uses,
        "workflows": f"[{', '.join(map(_quoted, answers.workflows))}]",
        "template": "",  # it stands in the policy file
        "github_token": _input("github-token", "secrets", answers.github_token_secret),
        "github_app_id": _input("github-app-id", "vars", answers.github_app_id_variable),
        "github_app_key": _input(
            "github-app-private-key", "secrets", answers.github_app_key_secret
        ),
        **more,
    }
    text = _LINE.sub(lambda found: "" if values.get(found[1]) == "" else found[0], _template(name))
    for place, value in values.items():
        whole = f"<<{place}>>\n" if value.endswith("\n") else f"<<{place}>>"
        text = text.replace(whole, value)
    return text


def _input(name: str, store: str, key: str) -> str:
    return f"{name}: ${{{{ {store}.{key} }}}}" if key else ""


@cache
def _template(name: str) -> str:
    return files("bot.scaffold").joinpath("workflows", f"{name}.yml").read_text(encoding="utf-8")


def _quoted(name: str) -> str:
    """As YAML reads it in a flow list."""
    if _PLAIN.fullmatch(name) and name.lower() not in _WORDS:
        return name
    return json.dumps(name, ensure_ascii=False)


def _plain(text: str) -> str:
    return text.replace("\r\n", "\n")
