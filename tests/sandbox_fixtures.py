"""Fixtures: a strict sandbox GitHub, whose every exchange and event must be as published."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from bot.sandbox.github import SandboxGitHub
from tests.contract.github_contract import KNOWN_DEVIATIONS, GitHubContract

_DEVIATIONS = "github_deviations"
_used: set[tuple[str, str]] = set()


class StrictGitHub:
    """Makes sandboxes that are observed, and judges them when the test is over."""

    def __init__(self) -> None:
        self._running: list[tuple[SandboxGitHub, GitHubContract]] = []

    def start(self, **options: Any) -> SandboxGitHub:
        """A sandbox as `SandboxGitHub(**options)` makes it, started and under observation."""
        github = SandboxGitHub(**options)
        contract = GitHubContract(api_prefix=github.prefix)
        github.observers.append(contract.observe)
        github.blobs.observers.append(contract.observe)
        github.start()
        self._running.append((github, contract))
        return github

    def findings(self, github: SandboxGitHub) -> list[str]:
        """What has been found so far, taken off the record: for tests of the check itself."""
        contract = next(c for g, c in self._running if g is github)
        found, contract.findings = contract.findings, []
        return found

    def close(self) -> list[str]:
        """Stop every sandbox; all that was found wrong."""
        found: list[str] = []
        for github, contract in self._running:
            github.close()
            for name, payload in github.events.sent:
                contract.event(name, payload)
            crashes = [*github.crashes, *github.blobs.crashes]
            found += [*contract.findings, *(f"the sandbox crashed: {c!r}" for c in crashes)]
            _used.update(contract.deviations)
        return found


@pytest.fixture
def strict_github() -> Iterator[Callable[..., SandboxGitHub]]:
    """Start strict sandboxes with options of the test's own."""
    strict = StrictGitHub()
    yield strict.start
    found = strict.close()
    if found:
        pytest.fail("not as GitHub describes it:\n" + "\n".join(found), pytrace=False)


@pytest.fixture
def github_sandbox(strict_github: Callable[..., SandboxGitHub]) -> SandboxGitHub:
    """A strict sandbox GitHub at the address of github.com's API (no prefix)."""
    return strict_github()


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Gather what the workers of a parallel run used."""
    used = getattr(node, "workeroutput", {}).get(_DEVIATIONS, [])
    _used.update((method, template) for method, template in used)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """A known deviation that a whole run no longer needs is an error."""
    config = session.config
    if hasattr(config, "workeroutput"):
        config.workeroutput[_DEVIATIONS] = sorted(_used)
        return
    whole = config.args == config.getini("testpaths") and not config.option.keyword
    idle = KNOWN_DEVIATIONS.keys() - _used
    if whole and idle and not session.testsfailed:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
        raise pytest.UsageError(f"KNOWN_DEVIATIONS no longer needed: {sorted(idle)}")
