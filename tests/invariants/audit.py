"""What the product's own threads do to files, processes, sockets and time, from audit events.

PEP 578: a hook cannot be taken out again, so there is one for the whole process, and it looks at
nothing while nobody listens.
"""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from tests.invariants.capture import Deed

_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_TRUNC

_listeners: list[Callable[[str, tuple[Any, ...]], None]] = []
_installed: list[bool] = []


@contextmanager
def deeds(is_ours: Callable[[], bool]) -> Iterator[list[Deed]]:
    """The deeds of the threads for which `is_ours`, in order, until the block ends."""
    done: list[Deed] = []

    def listen(event: str, args: tuple[Any, ...]) -> None:
        deed = _read(event, args)
        if deed is not None and is_ours():
            done.append(deed)

    if not _installed:
        sys.addaudithook(_heard)
        _installed.append(True)
    _listeners.append(listen)
    try:
        yield done
    finally:
        _listeners.remove(listen)


def a_thread_of_the_product() -> bool:
    """The main thread, or one of a pool: the sandboxes and the agents have threads of their own."""
    thread = threading.current_thread()
    return thread is threading.main_thread() or thread.name.startswith("ThreadPoolExecutor")


def _heard(event: str, args: tuple[Any, ...]) -> None:
    for listen in tuple(_listeners):
        listen(event, args)


def _read(event: str, args: tuple[Any, ...]) -> Deed | None:
    """The deed, where the event is one."""
    read = _KINDS.get(event)
    return read(args) if read else None


def _opened(args: tuple[Any, ...]) -> Deed | None:
    path, mode, flags = args
    writes = any(c in (mode or "") for c in "wax+") or (flags or 0) & _WRITES
    # What Python keeps of a module is its own business.
    is_path = isinstance(path, (str, bytes)) and "__pycache__" not in os.fsdecode(path)
    return Deed("write", os.fsdecode(path)) if writes and is_path else None


def _connected(args: tuple[Any, ...]) -> Deed | None:
    address = args[1]
    return Deed("connect", f"{address[0]}:{address[1]}") if isinstance(address, tuple) else None


def _started(args: tuple[Any, ...]) -> Deed:
    return Deed("start", f"{args[0]!s} {args[1]!r}")


_KINDS: Mapping[str, Callable[[tuple[Any, ...]], Deed | None]] = {
    "open": _opened,
    "socket.connect": _connected,
    "time.sleep": lambda args: Deed("sleep", str(args[0])),
    "os.system": lambda args: Deed("shell", os.fsdecode(args[0])),
    **dict.fromkeys(("subprocess.Popen", "os.exec", "os.posix_spawn", "os.spawn"), _started),
    **dict.fromkeys(("os.mkdir", "os.truncate"), lambda args: Deed("write", os.fsdecode(args[0]))),
    **dict.fromkeys(
        ("os.rename", "os.link", "os.symlink"), lambda args: Deed("write", os.fsdecode(args[1]))
    ),
}
