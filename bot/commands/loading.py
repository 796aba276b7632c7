"""Imports without the garbage collector: modules are no garbage, and looking takes its time."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def loading() -> Iterator[None]:
    """Around imports of much: looking for garbage is a tenth of their time. However they end."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
