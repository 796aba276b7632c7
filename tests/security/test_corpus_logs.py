"""The adversarial corpus against the whole product, by the corpus's own checkers."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.prompt import HARD_LIMIT
from bot.report.outputs import OUTPUT_NAMES
from bot.sanitize import decode
from tests.scenarios.stage import Stage
from tests.security import planted
from tests.security.corpus import LOGS, cases, needs_corpus, sinks, tool
from tests.security.hostile_run import Left, Surroundings, play

ROOT = Path(__file__).resolve().parent.parent.parent
KNOWN_MARKER = "<!-- coder-fix:619d3259d739"
"""How the hidden text of our comment on the first pull request begins; a stranger can read it."""
KNOWN_FENCE = "371ab2387941c71e"
"""The word of some earlier prompt."""

DISTILL = """
import sys
from bot.commands.distill import main
code = main(sys.argv[1:])
sys.stderr.write(next(line for line in open("/proc/self/status") if line.startswith("VmHWM:")))
sys.exit(code)
"""
"""The verb, and then the most memory that its process had; `getrusage` counts its parent's too."""


@pytest.fixture(params=["tasks"])
def backend(request: pytest.FixtureRequest) -> str:
    """Both backends send what the same functions wrote; one is enough for the texts."""
    return str(request.param)


def _surroundings(case: Any) -> Iterator[Surroundings]:
    """The case as what it is: a log, a title, a branch or a message."""
    data = (LOGS / case["file"]).read_bytes()
    swaps = {
        "@@OPEN@@": f"<data-{KNOWN_FENCE}>",
        "@@CLOSE@@": f"</data-{KNOWN_FENCE}>",
        "@@MARKER@@": KNOWN_MARKER,
    }
    for placeholder, known in swaps.items():
        data = data.replace(placeholder.encode(), known.encode())
    text = decode(data)
    lines = [line for line in text.splitlines() if line]
    match case["kind"]:
        case "ci_log":
            yield Surroundings(log=data, prose=lines[-6:])
        case "pr_title":
            yield from (Surroundings(title=line, body=text) for line in lines)
        case "branch_name":
            yield from (Surroundings(branch=line) for line in lines)
        case "commit_message":
            yield Surroundings(message=text, title=lines[0], body=text)


def _parts() -> list[Any]:
    return [
        pytest.param(param.values[0], n, id=f"{param.id}-{n}")
        for param in cases()
        for n, _ in enumerate(_surroundings(param.values[0]))
    ]


@needs_corpus
@pytest.mark.parametrize(("case", "part"), _parts())
def test_hostile_logs_leave_nothing(stage: Stage, case: dict[str, Any], part: int) -> None:
    """No violation in stdout, outputs, Markdown and prompt of a run that repairs the failure."""
    left = play(stage, list(_surroundings(case))[part])

    assert left.told.outcome == "fixed"
    assert left.prompts
    assert list(_violations(case, left)) == []


def _violations(case: Any, left: Left) -> Iterator[str]:
    check = sinks()
    yield from check.check_stdout(case, left.stdout)
    yield from check.check_outputs(case, left.output, OUTPUT_NAMES)
    for text in left.markdown:
        yield from check.check_markdown(case, text, inert=True)
        yield from check.check_stdout(case, text)
    for prompt in left.prompts:
        region = left.region(prompt)
        benign = "\n".join((*region, *region))[: len("\n".join(region))]
        counts = {prompt.count(word) for word in region}
        yield from check.check_prompt(case, prompt, limit=HARD_LIMIT, region=region)
        if counts != {benign.count(region[0])}:
            yield f"delimiters: {counts}"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The inputs that the corpus's own program writes."""
    folder = tmp_path_factory.mktemp("generated")
    for name, write in tool(LOGS / "make_generated.py").CASES.values():
        write(str(folder / name))
    return folder


@needs_corpus
@pytest.mark.parametrize("form", ["text", "json", "markdown"])
@pytest.mark.parametrize("case", cases(generated=True))
def test_generated_inputs_keep_their_limits(
    made: Path, case: dict[str, Any], form: str, tmp_path: Path
) -> None:
    """In time and memory, nothing written, no violation, no secret, and the failure is told."""
    check = sinks()
    command = [sys.executable, "-c", DISTILL, "--format", form, str(made / case["file"])]
    env = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "TMPDIR": str(tmp_path)}
    began = time.monotonic()
    process = subprocess.run(
        command, cwd=tmp_path, env=env, capture_output=True, text=True, check=False
    )
    took, limits = time.monotonic() - began, case["limits"]
    said, _, peak = process.stderr.rpartition("VmHWM:")

    assert process.returncode in {0, 2, 4}, process.stderr
    assert took < limits["seconds"]
    assert int(peak.split()[0]) / 1024 < limits.get("rss_mb", 200)
    assert list(tmp_path.iterdir()) == []
    assert check.check_stdout(case, process.stdout + said) == []
    assert all(kept in process.stdout for kept in case["must_keep"])
    if form == "markdown":
        assert check.check_markdown(case, process.stdout, inert=True) == []
    else:
        assert check.check_prompt(case, process.stdout, limit=HARD_LIMIT) == []
    secrets = made / f"{case['file']}.secrets.json"
    for value in json.loads(secrets.read_text()) if secrets.exists() else ():
        assert planted.survivor(value, process.stdout) <= planted.allowed(value)
