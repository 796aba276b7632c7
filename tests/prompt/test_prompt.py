"""What the agent is told: complete, bounded, and with trusted words around data that is fenced."""

import os
import re
from dataclasses import replace
from pathlib import Path

import pytest

from bot.errors import ConfigurationError
from bot.model import Check, Diagnostic, Evidence, Excerpt, ExcerptLine, Hint, LineSpan, MissingLog
from bot.outcomes import FailureClass
from bot.prompt import (
    HARD_LIMIT,
    PLACEHOLDERS,
    PreviousRound,
    PromptFacts,
    Wanted,
    build,
    check_template,
    follow_up,
)
from bot.sanitize import Secrets
from bot.untrusted import Untrusted
from tests.prompt.prompt_facts import FENCE, facts, wide_evidence
from tests.report.story_facts import base_facts, evidence
from tests.security.inertness import CANARY, TEXTS, commands, escape_remains, invisible

GOLDEN = Path(__file__).parent.parent / "data" / "golden"
REGION = re.compile(rf"<data-{FENCE}>.*?</data-{FENCE}>", re.DOTALL)


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("prompt-first", facts(hint=Hint("alice", "write", Untrusted("Look at the rounding.")))),
        (
            "prompt-follow-up",
            facts(
                attempt=2,
                extra_instructions="Run `make test`; never edit `src/generated`.",
                previous=PreviousRound(
                    "a1b2c3d4e5" * 4,
                    fixed=evidence().diagnostics,
                    new=(
                        Diagnostic(
                            "ruff",
                            FailureClass.LINT,
                            Untrusted("unused import"),
                            path="shop/cart.py",
                            line=3,
                            rule="F401",
                        ),
                    ),
                    failing_checks=(Check(Untrusted("lint"), "completed", "failure"),),
                ),
                objections=(Untrusted("tests/test_cart.py:37 skipped-test: a test is skipped"),),
            ),
        ),
    ],
)
def test_prompt_is_the_reviewed_one(name: str, told: PromptFacts) -> None:
    """The first prompt and a follow-up read exactly as they were reviewed."""
    path = GOLDEN / f"{name}.md"
    text = follow_up(told)
    if os.environ.get("UPDATE_GOLDEN") == "1":
        path.write_text(text, encoding="utf-8")
    assert path.read_text(encoding="utf-8") == text


@pytest.mark.parametrize(
    "needed",
    [
        "CI is red in the repository octo/shop",
        "4be1c0de9f4be1c0de9f4be1c0de9f4be1c0de9f",
        "merged with the newest `main`",
        "git clone https://github.example.test/octo/shop.git",
        "actions/runs/9001",
        "Pull request #12: Round totals half up",
        "test_total_rounds",
        "tests/test_cart.py:41",
        "pip install -e .",
        "job/7701#step:5:140",
        "221 | tests/test_cart.py:41: AssertionError",
        "(71 lines omitted)",
        "Push only to the branch `coder-fix/pr-12-1`",
        "Never force-push",
        "`.github/**`, `CODEOWNERS`",
        "Do not skip, delete, empty or narrow a test",
        "Do not widen timeouts",
        "Do not edit workflows",
        "report the task as complete",
    ],
)
def test_prompt_says(needed: str) -> None:
    """Task, failure, start, branch, limits and report are all there."""
    assert needed in build(facts())


@pytest.mark.parametrize(
    ("event", "words"),
    [
        ("merge_group", "A merge queue tested it"),
        ("push", "tested as it is"),
        ("pull_request", "If nothing fails at 4be1c0de9f4b alone"),
    ],
)
def test_prompt_says_which_commit_was_red(event: str, words: str) -> None:
    """What GitHub tested differs by event, and the agent must reproduce just that."""
    assert words in build(facts(event=event))


@pytest.mark.parametrize(
    ("green", "words"), [(True, "was checked and CI is green."), (False, "was looked at.")]
)
def test_an_objection_says_what_the_checks_said(green: bool, words: str) -> None:
    """The agent hears that green is not enough, and that a person decides where it disagrees."""
    told = follow_up(
        facts(
            previous=PreviousRound("b" * 40, green=green),
            objections=(Untrusted("a.py:1 · skipped-tests: A test is skipped."),),
        )
    )
    assert f"Your push bbbbbbbbbbbb {words} Build on what is on the branch" in told
    assert "- a.py:1 · skipped-tests: A test is skipped." in told
    assert "leave that line and say why in your report" in told


def test_exactly_one_branch_is_named_to_push_to() -> None:
    """In `fix` mode the failing branch is the one to push to, and it is fetched, not reset."""
    told = build(facts(mode="fix", branch="round-totals"))
    assert "coder-fix/" not in told
    assert "git fetch origin round-totals && git switch -C round-totals FETCH_HEAD" in told


def test_a_forks_commits_are_fetched_from_its_pull_request() -> None:
    """They are in no branch of the repository; ours are in one."""
    pull = base_facts().failing_pull_request
    assert pull
    fork = replace(pull, head_repository="mallory/shop")
    assert "git fetch origin refs/pull/12/head && git switch" in build(facts(pull_request=fork))
    assert "git fetch origin && git switch" in build(facts())


def test_unusual_branch_names_are_quoted_for_a_shell() -> None:
    """A branch name cannot become a command of the agent's shell."""
    told = build(facts(mode="fix", branch="topic';id;'x$(id)"))
    assert "topic';id" not in told
    assert "'topic'\"'\"';id;'\"'\"'x$(id)'" in told


def test_trusted_instructions_come_last() -> None:
    """After the last line of data only our limits follow, whatever the template says."""
    for template in ("", "Repair {repository}.\n\n{evidence}", "{limits} {evidence} {hint}"):
        told = build(facts(template=template, hint=Hint("a", "write", Untrusted("x"))))
        tail = told.rpartition(f"</data-{FENCE}>")[2]
        assert "# Limits" in tail
        assert told.rstrip().endswith("change nothing and say why.")


@pytest.mark.parametrize("name", TEXTS)
def test_outside_text_stays_in_the_data(name: str) -> None:
    """Hostile text from every place stands inside the fence, which it cannot write itself."""
    bad = Untrusted(TEXTS[name])
    text = TEXTS[name]
    finding = Diagnostic(text, FailureClass.TEST, bad, path=text, rule=text, test=text)
    lines = tuple(ExcerptLine(n, Untrusted(t)) for n, t in enumerate(text.split("\n"), 1))
    hostile = Evidence(
        FailureClass.TEST,
        text,
        (finding,),
        (Excerpt(bad, 1, 2, bad, bad, lines, 9, legs=(text, text)),),
        (),
        summary=(bad,),
        missing=(MissingLog(bad, text),),
    )
    pull = base_facts().failing_pull_request
    assert pull
    told = build(
        facts(
            evidence=hostile,
            workflow=bad,
            pull_request=replace(pull, title=bad, head_ref=text),
            hint=Hint("alice", "write", bad),
            objections=(bad,),
            previous=PreviousRound(
                "b" * 40, new=(finding,), failing_checks=(Check(bad, "completed", "failure"),)
            ),
        )
    )
    assert CANARY not in REGION.sub("", told)
    assert (4, 4) == (told.count(f"<data-{FENCE}>"), told.count(f"</data-{FENCE}>"))
    assert invisible(told) == set()
    assert escape_remains(told) == []
    assert commands(told) == []


@pytest.mark.parametrize("budget", [6_000, 24 * 1024, 60_000, 1 << 20])
@pytest.mark.parametrize("text", ["plain words", "日本語 と 絵文字 😀", "x" * 2_000])
def test_prompt_stays_within_its_budget(budget: int, text: str) -> None:
    """In UTF-8 bytes, for wide characters and long lines as well; never above the hard limit."""
    told = build(facts(budget_bytes=budget, evidence=wide_evidence(400, text, LineSpan(300, 302))))
    least = len(build(facts(template="{task}")).encode()) + 6_000
    assert len(told.encode()) <= min(max(budget, least), HARD_LIMIT)


def test_a_larger_budget_is_used() -> None:
    """What fits is told: a prompt of a large evidence comes close to its budget."""
    told = build(facts(evidence=wide_evidence(4_000, "plain words", LineSpan(9, 9))))
    assert 24 * 1024 - 200 <= len(told.encode()) <= 24 * 1024


def test_whole_lines_near_the_finding_are_kept() -> None:
    """What does not fit goes line by line, farthest from the finding first, and is said."""
    told = build(
        facts(budget_bytes=9_000, evidence=wide_evidence(4_000, "line", LineSpan(2_000, 2_001)))
    )
    kept = [int(n) for n in re.findall(r"^ *(\d+) \| line \d+\.$", told, re.MULTILINE)]
    assert 2_000 in kept
    assert kept == list(range(kept[0], kept[-1] + 1))
    assert abs((kept[0] + kept[-1]) / 2 - 2_000) <= 2
    assert f"({4_000 - len(kept)} more lines left out to fit)" in told


def test_much_of_everything_still_fits() -> None:
    """Hundreds of jobs, findings, names of 1 MB and a long hint stay under the hard limit."""
    bad = Untrusted("é" * 200_000)
    finding = Diagnostic("t" * 5_000, FailureClass.TEST, bad, path="p" * 5_000)
    excerpt = Excerpt(bad, 1, 2, bad, Untrusted("c\n" * 5_000), (), 9)
    told = build(
        facts(
            evidence=Evidence(
                FailureClass.TEST, "x" * 5_000, (finding,) * 60, (excerpt,) * 40, (), (bad,) * 9
            ),
            hint=Hint("alice", "write", Untrusted("long hint\n" * 20_000)),
            objections=(Untrusted("o" * 3_000),) * 500,
            previous=PreviousRound("b" * 40, new=(finding,) * 100, remaining=(finding,) * 100),
        )
    )
    assert len(told.encode()) <= HARD_LIMIT
    assert told.count(f"<data-{FENCE}>") == told.count(f"</data-{FENCE}>") == 4


def test_long_instructions_are_a_configuration_error() -> None:
    """Trusted text that exceeds the hard limit names the inputs to shorten."""
    with pytest.raises(ConfigurationError, match=r"limit is 92,160.*extra-instructions"):
        build(facts(extra_instructions="x" * HARD_LIMIT))


def test_template_replaces_the_default_text() -> None:
    """The inputs `prompt` and `prompt-file` say it in the repository's own words."""
    told = build(facts(template='On {branch} at {sha}: {"json": 1} {{literal}}\n{evidence}'))
    assert told.startswith(
        f'On coder-fix/pr-12-1 at {"4be1c0de9f" * 4}: {{"json": 1}} {{literal}}\n<data-{FENCE}>'
    )


def test_unknown_placeholder_lists_the_known_ones() -> None:
    """A typo in the template is found before anything is spent, and says what would be right."""
    with pytest.raises(ConfigurationError) as caught:
        check_template("Fix {brunch}")
    assert "{brunch}" in caught.value.message
    assert all(f"{{{name}}}" in caught.value.remedy for name in PLACEHOLDERS)


def test_placeholders_in_outside_text_stay_text() -> None:
    """Only the template has placeholders: what fills them is not read again."""
    told = build(facts(hint=Hint("alice", "write", Untrusted("{limits} {unknown}"))))
    assert "> {limits} {unknown}" in told


def test_own_tokens_never_reach_the_agent() -> None:
    """Our tokens are hidden wherever they come from, our own instructions included."""
    token = "Zx9" * 4 + "-" + "aB3" * 7
    told = build(
        facts(
            secrets=Secrets({"coder-token": token}),
            extra_instructions=f"use {token}",
            evidence=wide_evidence(1, f"token {token}", LineSpan(1, 1)),
        )
    )
    assert token not in told
    assert told.count("[coder-token]") == 2


def test_missing_logs_are_named() -> None:
    """Where a log could not be had the agent knows what it does not see."""
    missing = replace(evidence(), missing=(MissingLog(Untrusted("build"), "the log has expired"),))
    assert "No log of the job build: the log has expired" in build(facts(evidence=missing))


def test_an_updaters_pull_request_says_what_it_upgrades() -> None:
    """As data: the packages, and the release notes as far as they fit."""
    notes = "\n".join(["## 2.0", "", "Removed `old()`.", *(f"note {n}" for n in range(50))])
    told = build(
        facts(
            updater="Dependabot",
            upgrades=(Untrusted("httpx 0.27.0 → 1.0.0 (major)"),),
            release_notes=Untrusted(notes),
        )
    )
    data = told[told.index("# What failed") :]
    assert "It is by Dependabot and upgrades:\n  httpx 0.27.0 → 1.0.0 (major)\n" in data
    assert "Release notes, as the pull request tells them:\n  ## 2.0\n  Removed `old()`." in data
    assert "(12 more lines left out)" in data
    assert "upgrades:" not in build(facts())


def test_an_issue_that_was_edited():
    """Neither its title nor its text is told any more; what is red since is."""
    wanted = Wanted(issue=7, title=Untrusted("A title"), text=Untrusted("A text"), author="eve")
    asked = build(facts(wanted=wanted))
    later = follow_up(facts(wanted=replace(wanted, edited=True), attempt=2))

    assert "Issue #7 by eve: A title\n> A text\n" in asked
    left_out = "The issue was edited since the work began; its text is left out."
    assert f"Issue #7 by eve\n{left_out}\n\nWhat is red since your push" in later
    assert "A title" not in later
    assert "A text" not in later
