"""The adversarial corpus beside the checkout, where there is one: its cases and its checkers.

The variable CODER_FIX_SECURITY_CORPUS names another place.
"""

from __future__ import annotations

import importlib.util
import json
import os
import sys
from functools import lru_cache
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

_BESIDE = Path(__file__).parents[3] / "shared" / "corpus" / "security"
CORPUS = Path(os.environ.get("CODER_FIX_SECURITY_CORPUS") or _BESIDE)
LOGS = CORPUS / "injection_logs"

needs_corpus = pytest.mark.skipif(
    not CORPUS.is_dir(), reason="the adversarial corpus is not beside this checkout"
)


def tool(path: Path) -> ModuleType:
    """One of the corpus's own programs, as a module."""
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def checker(name: str) -> ModuleType:
    """One of the corpus's checkers."""
    return tool(CORPUS / "tools" / f"{name}.py")


@lru_cache
def sinks() -> Any:
    """The checker of the four sinks.

    Without `linkify_it` it cannot read Markdown as GitHub does and uses its own, cruder rules.
    """
    if importlib.util.find_spec("linkify_it"):
        return checker("sinkcheck")
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(sys.modules, "markdown_it", None)
        check: Any = checker("sinkcheck")
        real = check._md
        check._md = lambda text: _crudely(real, text)
    return check


def _crudely(read: Any, text: str) -> Any:
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(sys.modules, "markdown_it", None)
        return read(text)


def cases(*, generated: bool = False) -> list[Any]:
    """The records of the manifest, as parameters with their names; none where there is no corpus.

    `generated` are those that the corpus's own program writes.
    """
    if not CORPUS.is_dir():
        return []
    records = map(json.loads, (LOGS / "manifest.jsonl").read_text("utf-8").splitlines())
    return [
        pytest.param(record, id=record["id"])
        for record in records
        if bool(record.get("generated")) is generated
    ]
