"""The strict sandbox Coder for tests: every exchange is checked, and a finding fails its test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from bot.sandbox.coder import SandboxCoder
from tests.contract.coder_contract import CoderContract

START = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
CoderFactory = Callable[..., SandboxCoder]
SERVED = {
    "tasks": {"version": "v2.36.0", "tasks": "v2+experimental", "chats": "experimental"},
    "chats": {"version": "v2.37.0", "tasks": "off", "chats": "v2+experimental"},
}
"""Arguments of `SandboxCoder` for the last Coder with Tasks by default, and the first without."""


def strict_coders(tmp_path: Path) -> Iterator[CoderFactory]:
    """Yield a factory of checked sandboxes; what follows the yield fails on any finding."""
    coders: list[SandboxCoder] = []
    contract = CoderContract()

    def make(*, strict: bool = True, **more: Any) -> SandboxCoder:
        root = tmp_path / f"coder-{len(coders)}"
        coder = SandboxCoder(root, **{"now": lambda: START, **more})
        coders.append(coder)
        if strict:
            coder.observers.append(contract)
        coder.start()
        return coder

    yield make
    for coder in coders:
        coder.close()
    crashes = [crash for coder in coders for crash in coder.crashes]
    if crashes:
        raise crashes[0]
    if contract.findings:
        pytest.fail("contract findings:\n" + "\n".join(contract.findings), pytrace=False)


@pytest.fixture
def coder_sandbox(tmp_path: Path) -> Iterator[CoderFactory]:
    """A factory of started sandboxes: `coder_sandbox(**arguments of SandboxCoder)`.

    Time stands still at `START` and moves by `advance` alone, unless `now` says otherwise;
    `now=None` is the real clock. `strict=False` is for tests that send wrong requests on purpose.
    """
    yield from strict_coders(tmp_path)
