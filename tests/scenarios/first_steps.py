"""A new user at a terminal, and a runner that takes a workflow file at its word."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

import yaml

from bot.commands.demo import read_outputs
from bot.sandbox.actions_expressions import Context, condition, expand
from bot.sandbox.github import SandboxGitHub
from bot.sandbox.github_handle import SandboxRepository

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 60.0
_END = "-- the end of that command --"
_SHARED = {"PATH": os.environ["PATH"], "LANG": "C.UTF-8", "PYTHONWARNINGS": "error"}


@dataclass(slots=True)
class Shell:
    """One bash, in which variables and the folder stay; `page` is all that was typed and said."""

    home: Path
    process: subprocess.Popen[str]
    page: list[str] = field(default_factory=list)

    @classmethod
    def open(cls, home: Path, env: Mapping[str, str]) -> Self:
        """In `home`, where `coder-fix` is `python -m bot`."""
        folder = home / "bin"
        folder.mkdir()
        command = folder / "coder-fix"
        command.write_text(f'#!/bin/sh\nPYTHONPATH={ROOT} exec {sys.executable} -m bot "$@"\n')
        command.chmod(0o755)
        process = subprocess.Popen(
            ["bash", "--noprofile", "--norc"],
            env={**_SHARED, **env, "PATH": f"{folder}:{_SHARED['PATH']}", "HOME": str(home)},
            cwd=home,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        return cls(home, process)

    def types(self, line: str) -> tuple[int, str]:
        """Exit code and output of that line."""
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(f"{{ {line}\n}} </dev/null; printf '%s %s\\n' '{_END}' $?\n")
        self.process.stdin.flush()
        said: list[str] = []
        while not (told := self.process.stdout.readline()).startswith(_END):
            assert told, "".join(said)
            said.append(told)
        code, text = int(told.split()[-1]), "".join(said)
        ended = f"[exit code {code}]\n" if code else ""
        self.page.append(f"```console\n$ {line}\n{text}{ended}```\n")
        return code, text

    def read(self, name: str) -> str:
        """A file in the home folder, without the end of its line."""
        return (self.home / name).read_text().strip()

    def notes(self, text: str) -> None:
        """Prose between the commands."""
        self.page.append(f"{text.strip()}\n")

    def prints(self, text: str) -> None:
        """What another machine printed."""
        self.page.append(f"```text\n{text.strip()}\n```\n")

    @property
    def transcript(self) -> str:
        """All of it as Markdown; commands that follow each other stand in one block."""
        return "\n".join(self.page).replace("```\n\n```console\n", "")

    def close(self) -> None:
        """End it."""
        self.process.kill()
        self.process.communicate()


@dataclass(slots=True)
class Job:
    """One job with one step that uses coder-fix, of a file that stands in the repository."""

    path: str
    told: Mapping[Any, Any]
    spec: Mapping[str, Any]

    @classmethod
    def of(cls, repository: SandboxRepository, path: str, name: str) -> Self:
        """As the default branch has it."""
        told = yaml.safe_load(repository.read("main", path))
        return cls(path, told, told["jobs"][name])

    @property
    def permissions(self) -> dict[str, str]:
        """What its own token may do."""
        return dict(self.spec["permissions"])

    def starts(self, name: str, payload: Mapping[str, Any]) -> bool:
        """Whether that event starts it; YAML 1.1 reads the key `on` as true."""
        wanted = self.told[True].get(name)
        if wanted is None or payload["action"] not in wanted["types"]:
            return False
        heard = payload[name]["name"] in wanted["workflows"]
        return heard and condition(self.spec["if"], self._context({"event": payload}))

    def inputs(self, github: Mapping[str, Any], **contexts: Mapping[str, str]) -> dict[str, str]:
        """Every input of action.yml, as the step gives it or by its default."""
        (step,) = self.spec["steps"]
        spec = yaml.safe_load((ROOT / "action.yml").read_text())["inputs"]
        unknown = step["with"].keys() - spec.keys()
        assert not unknown, f"the runner would warn of {unknown}"
        context = self._context(github, **contexts)
        given = {n: str(s["default"]) for n, s in spec.items()} | step["with"]
        return {f"INPUT_{n.upper()}": expand(str(v), context) for n, v in given.items()}

    @staticmethod
    def _context(github: Mapping[str, Any], **contexts: Mapping[str, str]) -> Context:
        return Context({"github": github, "job": {"check_run_id": ""}, **contexts})


@dataclass(slots=True)
class Runner:
    """GitHub's side of an event: the job's own token, and a process with the step's variables."""

    github: SandboxGitHub
    repository: SandboxRepository
    folder: Path
    secrets: dict[str, str] = field(default_factory=dict)
    variables: dict[str, str] = field(default_factory=dict)

    def store(self, name: str, value: str) -> None:
        """A secret of the repository."""
        self.secrets[name] = value
        self.repository.state.secrets.add(name)

    def runs(self, job: Job, name: str, payload: Mapping[str, Any], **hurry: str) -> Ended:
        """The action; `hurry` are the only variables that no runner would set."""
        assert job.starts(name, payload)
        self.folder.mkdir()
        event = self.folder / "event.json"
        event.write_text(json.dumps(payload))
        token = "ghs_" + "j0b" * 12
        self.github.tokens.grant(token, kind="github-token", permissions=job.permissions)
        github = {"token": token, "event": payload}
        inputs = job.inputs(github, secrets=self.secrets, vars=self.variables)
        env = self.github.runner_env(self.repository) | inputs | {
            "GITHUB_EVENT_NAME": name,
            "GITHUB_EVENT_PATH": str(event),
            "GITHUB_OUTPUT": str(self.folder / "output"),
            "GITHUB_STEP_SUMMARY": str(self.folder / "summary.md"),
            "GITHUB_RUN_ID": "1",
            "GITHUB_RUN_ATTEMPT": "1",
            "GITHUB_WORKFLOW_REF": f"{self.repository.full_name}/{job.path}@refs/heads/main",
            "GITHUB_WORKSPACE": str(self.folder),
            "PYTHONPATH": str(ROOT),
        }  # fmt: skip
        done = subprocess.run(
            [sys.executable, "-m", "bot"], env=_SHARED | env | hurry, cwd=self.folder,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=PATIENCE,
            check=False, stdin=subprocess.DEVNULL,
        )  # fmt: skip
        return Ended(done.returncode, done.stdout, read_outputs(self.folder / "output"))


def normalized(text: str, known: Mapping[str, str]) -> str:
    """Without what differs from run to run; `known` are texts to be replaced by others."""
    for was, becomes in known.items():
        text = text.replace(was, becomes)
    for pattern, becomes in _DIFFERS:
        text = re.sub(pattern, becomes, text)
    return text


_PASSING = ("::", "The workspace ", "The session is ", "Checks are running.")
_DIFFERS = (
    (r"\b[0-9a-f]{40}\b", "0123456789abcdef0123456789abcdef01234567"),
    (r"\bcf-[0-9a-f]{10}-[0-9a-f]{8}\b", "cf-0123456789-01234567"),
    (r"\bcf-[0-9a-f]{8}-[0-9a-f]{12}-1\b", "cf-01234567-0123456789ab-1"),
    (r"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b",
     "01234567-89ab-cdef-0123-456789abcdef"),
    (r"`[0-9a-f]{7}`", "`0123456`"),
    (r"\b20\d\d-\d\d-\d\d\b", "2027-02-19"),
    (r"\d,\d{3} of 5,000", "4,998 of 5,000"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Ended:
    """How the action ended."""

    code: int
    said: str
    outputs: Mapping[str, str]

    @property
    def log(self) -> str:
        """What people see of it in the job's log, without states that only a quick look catches."""
        lines = self.said.splitlines(keepends=True)
        return "".join(line for line in lines if not line.startswith(_PASSING))
