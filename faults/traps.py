"""The traps for a false green are tests (tests/faults); here they are a line of the table."""

from __future__ import annotations

import contextlib
import io
from pathlib import Path

import pytest

_TESTS = Path(__file__).resolve().parent.parent / "tests" / "faults" / "test_false_green.py"


class _Count:
    def __init__(self) -> None:
        self.failed = 0
        self.played = 0

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """One test's part."""
        self.played += report.when == "call"
        self.failed += report.failed


def traps() -> tuple[int, int]:
    """How many were sprung, and how many there are."""
    count, said = _Count(), io.StringIO()
    with contextlib.redirect_stdout(said):
        code = pytest.main(["-q", "-p", "no:cacheprovider", str(_TESTS)], plugins=[count])
    if code:
        print(said.getvalue())
    return max(count.failed, int(bool(code))), count.played
