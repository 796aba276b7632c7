"""Facts of a prompt, some of them changed."""

from dataclasses import replace

from bot.model import Diagnostic, Evidence, Excerpt, ExcerptLine, LineSpan
from bot.outcomes import FailureClass
from bot.prompt import PromptFacts
from bot.untrusted import Untrusted
from tests.report.story_facts import base_facts, evidence

FENCE = "k3v9q2m7x1"


def facts(**changes: object) -> PromptFacts:
    return replace(
        PromptFacts(
            fence=FENCE,
            repository="octo/shop",
            clone_url="https://github.example.test/octo/shop.git",
            branch="coder-fix/pr-12-1",
            base_branch="main",
            head_sha="4be1c0de9f" * 4,
            event="pull_request",
            evidence=evidence(),
            workflow=Untrusted("CI"),
            run_url="https://github.example.test/octo/shop/actions/runs/9001",
            pull_request=base_facts().failing_pull_request,
            protected_paths=(".github/**", "CODEOWNERS"),
            max_attempts=2,
        ),
        **changes,  # type: ignore[arg-type]
    )


def wide_evidence(lines: int, text: str, span: LineSpan) -> Evidence:
    """One finding and an excerpt of that many lines, each of them `text` and its number."""
    finding = Diagnostic("pytest", FailureClass.TEST, Untrusted("boom"), span=span)
    shown = tuple(ExcerptLine(n, Untrusted(f"{text} {n}.")) for n in range(1, lines + 1))
    excerpt = Excerpt(Untrusted("test"), 1, 2, Untrusted("Run"), Untrusted("pytest"), shown, lines)
    return Evidence(FailureClass.TEST, "a test failed", (finding,), (excerpt,), ())
