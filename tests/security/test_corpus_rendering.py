"""The adversarial corpus's logs in every place of a report and a prompt, by its own checker."""

from __future__ import annotations

from typing import Any

import pytest

from bot.model import Hint
from bot.prompt import PreviousRound, PromptFacts, build
from bot.report.facts import ReportFacts
from bot.report.outputs import OUTPUT_NAMES, outputs
from bot.sanitize import decode
from bot.untrusted import Untrusted
from tests.report.test_hostile_text import FENCE, MARKER, poisoned, told
from tests.security.corpus import LOGS, cases, needs_corpus, sinks

REGION = (f"<data-{FENCE}>", f"</data-{FENCE}>")


@needs_corpus
@pytest.mark.parametrize("case", cases())
def test_no_violation_wherever_it_stands(case: dict[str, Any]) -> None:
    """None in Markdown, outputs and prompt, though the log knows our fence and our marker."""
    check = sinks()
    raw = decode((LOGS / case["file"]).read_bytes())
    swaps = {"@@OPEN@@": REGION[0], "@@CLOSE@@": REGION[1], "@@MARKER@@": MARKER}
    for placeholder, ours in swaps.items():
        raw = raw.replace(placeholder, ours)
    lines = [
        line[29:] if line[:4].isdigit() and line[10:11] == "T" else line for line in raw.split("\n")
    ]
    texts = lines if case.get("one_per_line") else ["\n".join(lines[-12:])]
    for text in texts:
        facts = poisoned(text, lines)
        for where, shown in told(facts):
            assert check.check_markdown(case, shown, inert=True) == [], where
            assert check.check_stdout(case, shown) == [], where
        assert _prompt_violations(case, facts, lines) == []
        written = "".join(
            f"{k}<<EOF-{FENCE}\n{v}\nEOF-{FENCE}\n" for k, v in outputs(facts).items()
        )
        assert check.check_outputs(case, written, OUTPUT_NAMES) == []


def _prompt_violations(case: Any, facts: ReportFacts, lines: list[str]) -> list[str]:
    check = sinks()
    text = _prompt(facts, "\n".join(lines[-12:]))
    benign = _prompt(poisoned("harmless", ["harmless"]), "harmless")
    found = check.check_prompt(
        case, text, delimiters=REGION, benign=benign, limit=90 * 1024, region=REGION
    )
    return [*found, *check.check_stdout(case, text)]


def _prompt(told: ReportFacts, hint: str) -> str:
    assert told.evidence
    assert told.run
    return build(
        PromptFacts(
            fence=FENCE,
            repository="octo/shop",
            clone_url="https://github.example.test/octo/shop.git",
            branch="coder-fix/pr-12-1",
            base_branch="main",
            head_sha="a" * 40,
            event="pull_request",
            evidence=told.evidence,
            workflow=told.run.name,
            pull_request=told.failing_pull_request,
            hint=Hint("alice", "write", Untrusted(hint)),
            previous=PreviousRound("b" * 40, new=told.evidence.diagnostics),
            objections=(Untrusted(hint),),
            max_attempts=2,
        )
    )
