"""A job's log in the runner's own envelope."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime

from bot.sandbox.github_runs import Annotation

BOM = b"\xef\xbb\xbf"
RUNNER_VERSION = "2.336.0"
MAX_ANNOTATIONS = 10
"""Per level and step, as the runner keeps them."""

_COMMAND = re.compile(r"^\s*::(?P<name>[a-z-]+)(?: (?P<properties>.*?))?::(?P<data>.*)$")


class JobLog:
    """Lines with the runner's time stamps; workflow commands in the output take effect."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._lines: list[bytes] = []
        self._masks: list[str] = []
        self._stopped_until = ""
        self.annotations: list[Annotation] = []

    def say(self, message: str) -> None:
        """One message under one time stamp, whatever newlines it holds."""
        stamp = self._now().strftime("%Y-%m-%dT%H:%M:%S.%f") + "0Z"
        for secret in self._masks:
            message = message.replace(secret, "***")
        self._lines.append(f"{stamp} {message}\n".encode(errors="surrogateescape"))

    def group(self, title: str, *lines: str) -> None:
        """A folded block."""
        self.say(f"##[group]{title}")
        for line in lines:
            self.say(line)
        self.say("##[endgroup]")

    def error_line(self, message: str) -> None:
        """An error of the runner's own, which also becomes an annotation."""
        self.say(f"##[error]{message}")
        at = len(self._lines)
        self._annotate(Annotation(message, start_line=at, end_line=at))

    def output(self, line: str) -> None:
        """One line that the step printed."""
        command = _COMMAND.match(line)
        if command is None or (self._stopped_until and command["name"] != self._stopped_until):
            self.say(line)
            return
        self._obey(command["name"], _properties(command["properties"]), _plain(command["data"]))

    def setup(self, job_name: str, checkouts: list[str]) -> None:
        """The section `Set up job`."""
        self.say(f"Current runner version: '{RUNNER_VERSION}'")
        self.group("Operating System", "Sandbox", "loopback")
        self.group("Runner Image", "Image: sandbox", "Version: 1")
        self.group("GITHUB_TOKEN Permissions", "Contents: read", "Metadata: read")
        self.say("Secret source: Actions")
        self.say("Prepare workflow directory")
        self.say("Prepare all required actions")
        if checkouts:
            self.say("Getting action download info")
        for action in checkouts:
            self.say(f"Download action repository '{action}'")
        self.say(f"Complete job name: {job_name}")

    def run_header(self, script: str, shell: str, env: Mapping[str, str]) -> None:
        """What stands above the output of a `run` step: script, shell, environment."""
        lines = script.strip().split("\n")
        colored = [f"\x1b[36;1m{line}\x1b[0m" for line in lines]
        shown = ["env:", *(f"  {name}: {value}" for name, value in env.items())] if env else []
        self.group(f"Run {lines[0]}", *colored, f"shell: {shell}", *shown)

    def completed(self) -> None:
        """The last line of every log."""
        self.say("Cleaning up orphan processes")

    def bytes(self) -> bytes:
        """The log as the store keeps it, BOM first."""
        return BOM + b"".join(self._lines)

    def _obey(self, name: str, properties: Mapping[str, str], data: str) -> None:
        if name == self._stopped_until:
            self._stopped_until = ""
        elif name == "stop-commands":
            self._stopped_until = data
        elif name in {"error", "warning", "notice"}:
            self.say(f"##[{name}]{data}")
            self._annotate(_annotation(name, properties, data, len(self._lines)))
        elif name == "group":
            self.say(f"##[group]{data}")
        elif name == "endgroup":
            self.say("##[endgroup]")
        elif name == "add-mask" and data:
            self._masks.append(data)
        elif name != "debug":
            self.say(f"::{name}::{data}")

    def _annotate(self, annotation: Annotation) -> None:
        alike = sum(a.level == annotation.level for a in self.annotations)
        if alike < MAX_ANNOTATIONS:
            annotation.message = annotation.message[:4096]
            self.annotations.append(annotation)


def _annotation(name: str, properties: Mapping[str, str], data: str, at: int) -> Annotation:
    level = {"error": "failure"}.get(name, name)
    line = int(properties["line"]) if properties.get("line", "").isdigit() else 0
    last = int(properties["endLine"]) if properties.get("endLine", "").isdigit() else line
    return Annotation(
        message=data,
        level=level,
        path=properties.get("file", ".github"),
        start_line=line or at,
        end_line=last or at,
        title=properties.get("title", ""),
    )


def _properties(text: str | None) -> dict[str, str]:
    pairs = (pair.partition("=") for pair in (text or "").split(",") if "=" in pair)
    return {name.strip(): _plain(value) for name, _, value in pairs}


def _plain(text: str) -> str:
    for escaped, plain in (("%0D", "\r"), ("%0A", "\n"), ("%3A", ":"), ("%2C", ","), ("%25", "%")):
        text = text.replace(escaped, plain)
    return text
