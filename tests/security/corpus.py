"""The adversarial corpus beside the checkout, where there is one: its cases and its checkers."""

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

CORPUS = Path(__file__).parents[3] / "shared" / "corpus" / "security"

needs_corpus = pytest.mark.skipif(
    not CORPUS.is_dir(), reason="the adversarial corpus is not beside this checkout"
)


def checker(name: str) -> ModuleType:
    """One of the corpus's own tools, as a module."""
    spec = importlib.util.spec_from_file_location(name, CORPUS / "tools" / f"{name}.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
