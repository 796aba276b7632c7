"""The processes that play the matrix; they live through the whole of it."""

from __future__ import annotations

import gc
import multiprocessing
import os
import tempfile
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from faults.quick_git import quick_git

_MEMORY = "/dev/shm"  # noqa: S108 - the worlds' files are made and removed all the time
_KEPT = frozenset({"PATH", "HOME", "LANG", "TMPDIR"})


def workers(jobs: int, objects: str) -> ProcessPoolExecutor:
    """So many of them; `objects` is the directory of the commits that their worlds share."""
    context = multiprocessing.get_context("spawn")
    return ProcessPoolExecutor(jobs, mp_context=context, initializer=_begin, initargs=(objects,))


def settle_down() -> None:
    """What would cost time: a disk, the machine's variables, and looking for garbage."""
    if os.access(_MEMORY, os.W_OK):
        tempfile.tempdir = _MEMORY
    for name in set(os.environ) - _KEPT:
        del os.environ[name]
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)


def _begin(objects: str) -> None:
    settle_down()
    quick_git(Path(objects)).__enter__()
