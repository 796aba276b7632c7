"""The doctor's answer for people (80 columns, colors on terminals only) and for programs."""

from __future__ import annotations

import json
import os
import pty
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from bot.doctor.check import Finding, Status
from bot.doctor.examine import Section, worst
from bot.doctor.render import WIDTH, Paper, as_json, as_text
from bot.outcomes import ExitCode
from tests.doctor.scenarios import SCENARIOS
from tests.doctor.world import World, example, world

__all__ = ["world"]
ROOT = Path(__file__).parents[2]
LINK = "https://docs.example.com/a"


def finding(status: Status, name: str = "some-check", **more: str) -> Finding:
    """One with everything in it."""
    says = "A sentence that is so long that it needs more than one line of eighty columns. " * 2
    return Finding(name, "A title", status, says.strip(), **({"link": LINK} | more))  # type: ignore[arg-type]


BROKEN = finding(Status.BROKEN, "one", remedy="Do `this`, " + "and then that, " * 8 + "again.")
HIDDEN = [finding(Status.UNSEEN, f"h{n}", who="An administrator.") for n in range(3)]
SECTIONS = (
    Section("github", "GitHub", (finding(Status.OK), BROKEN, *HIDDEN)),
    Section("coder", "Coder", (finding(Status.WARNING, "two", remedy="Mend it."),)),
)


def test_at_most_eighty_columns() -> None:
    """But for an address, which is never broken."""
    lines = as_text("subject", SECTIONS, Paper()).splitlines()

    assert [line for line in lines if len(line) > WIDTH and "https://" not in line] == []


def test_marks_causes_remedies_and_links() -> None:
    """Each has its mark; the end counts, and names what is broken once more."""
    text = as_text("subject", SECTIONS, Paper())

    assert "✗ A title [one]" in text
    assert "! A title [two]" in text
    assert "→ Do `this`" in text
    assert LINK in text
    end = text.splitlines()[-2:]
    assert end == ["1 broken, 1 to look at, 3 not visible, 1 fine.", "✗ A title [one]"]


def test_what_is_hidden_for_one_reason_is_told_once() -> None:
    """With all the questions that stay open."""
    text = as_text("subject", SECTIONS, Paper())

    assert text.count("?") == 1
    assert "? 3 questions:" in text
    assert "Who can look: An administrator." in text


def test_quiet_leaves_out_what_is_fine() -> None:
    """And a heading with nothing left under it."""
    fine = Section("x", "Everything fine", (finding(Status.OK),))
    text = as_text("subject", (*SECTIONS, fine), Paper(quiet=True))

    assert "✓" not in text
    assert "Everything fine" not in text
    assert "2 fine." in text


@pytest.mark.parametrize(
    ("findings", "code"),
    [
        ([], ExitCode.DONE),
        ([finding(Status.WARNING), finding(Status.UNSEEN)], ExitCode.DONE),
        ([Finding("x", "x", Status.BROKEN, "x", passes=True)], ExitCode.UPSTREAM),
        (
            [Finding("x", "x", Status.BROKEN, "x", passes=True), finding(Status.BROKEN)],
            ExitCode.CONFIGURATION,
        ),
    ],
)
def test_exit_code_by_the_worst(findings: list[Finding], code: ExitCode) -> None:
    """Warnings are 0; trouble of a server is 3, unless the configuration breaks something too."""
    assert worst([Section("x", "X", tuple(findings))]) is code


def test_json_has_a_stable_shape() -> None:
    """Every member is always there; these names and words are what programs rely on."""
    told = as_json(SECTIONS, version="1", repository="a/b", coder_url="https://c")

    assert list(told) == [
        "schema", "version", "repository", "coder_url", "exit_code", "counts", "findings"
    ]  # fmt: skip
    assert told["schema"] == 1
    assert told["counts"] == {"broken": 1, "warning": 1, "unseen": 3, "ok": 1}
    members = ["id", "area", "title", "status", "says", "remedy", "who", "link"]
    assert [list(f) for f in told["findings"]] == [members] * 6
    assert json.loads(json.dumps(told)) == told


def on_a_terminal(variables: Mapping[str, str], *flags: str) -> str:
    """What `python -m bot doctor` shows on a terminal, escape sequences included."""
    kept = {k: os.environ[k] for k in ("PATH", "HOME") if k in os.environ}
    outer, inner = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-m", "bot", "doctor", *flags],
        env=kept | dict(variables) | {"PYTHONPATH": str(ROOT)},
        stdout=inner,
        stderr=inner,
        stdin=subprocess.DEVNULL,
    ) as running:
        os.close(inner)
        said = b""
        while True:
            try:
                part = os.read(outer, 65_536)
            except OSError:  # the other end is closed
                break
            if not part:
                break
            said += part
        running.wait(60)
    os.close(outer)
    return said.decode()


@pytest.mark.parametrize(
    ("env", "colored"),
    [
        ({"TERM": "xterm"}, True),
        ({"TERM": "xterm", "NO_COLOR": "1"}, False),
        ({"TERM": "dumb"}, False),
    ],
    ids=["terminal", "NO_COLOR", "dumb"],
)
def test_colors_on_terminals_only(world: World, env: dict[str, str], colored: bool) -> None:
    """A terminal gets colors, unless it or its owner wants none."""
    said = on_a_terminal(world.variables() | env)

    assert ("\x1b[32m✓\x1b[0m" in said) is colored
    assert ("\x1b" in said) is colored
    assert "Asking GitHub and Coder" in said


def test_the_transcript_in_the_documentation_is_real(world: World) -> None:
    """docs/set-up.md shows what the doctor says of this set-up, but for the servers' address."""
    world.write(
        "coder-fix.yml", example("workflow-run.yml", ("workflows: [CI]", "workflows: [Tests]"))
    )
    SCENARIOS["template-external-auth"].break_(world)
    SCENARIOS["github-token-expiry"].break_(world)
    world.grant.permissions["secrets"] = "none"
    code, said = world.run("--quiet")

    said = said.replace(world.coder.url, "https://coder.example.com")
    said = re.sub(r"ends on \d{4}-\d\d-\d\d", "ends on 2026-11-24", said)
    page = ROOT / "docs" / "set-up.md"
    begin, end = "<!-- transcript: doctor -->\n```text\n", "```\n<!-- end: transcript -->"
    before, _, rest = page.read_text(encoding="utf-8").partition(begin)
    shown, found, after = rest.partition(end)
    assert found
    wanted = f"$ coder-fix doctor --quiet\n{said}$ echo $?\n{code}\n"
    if os.environ.get("UPDATE_GOLDEN"):
        text = f"{before}{begin}{wanted}{end}{after}"
        page.write_text(text, encoding="utf-8")
    else:
        assert shown == wanted
