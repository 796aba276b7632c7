"""SIGINT and SIGTERM: the work is interrupted, and the process ends in time in any case.

The runner sends SIGINT, SIGTERM 7.5 s later and SIGKILL 2.5 s after that (actions/runner,
ProcessInvoker.cs). Python as process 1 ignores SIGTERM unless it handles it.
"""

from __future__ import annotations

import signal
import socket
import threading
import time
from collections.abc import Callable
from typing import Final, NoReturn, Self

from bot.errors import CancelledError

UNWIND_SECONDS: Final = 0.7
"""What the interrupted work is given to let go; a thread that waits for an answer cannot."""

_SIGNALS: Final = (signal.SIGINT, signal.SIGTERM)


class Cancellation:
    """Raises `CancelledError` in the main thread; calls `end` in another one if that does not help.

    `tell` wakes the sleepers of all threads. It is called outside of the signal handler, which may
    interrupt anything, the holder of a lock too. Off the main thread nothing is listened to.
    """

    def __init__(self, tell: Callable[[int], None], end: Callable[[int], None]) -> None:
        self._tell = tell
        self._end = end
        self._claimed = threading.Lock()
        self._reader, self._writer = socket.socketpair()
        self._listens = threading.current_thread() is threading.main_thread()

    def __enter__(self) -> Self:
        if self._listens:
            self._writer.setblocking(False)
            signal.set_wakeup_fd(self._writer.fileno(), warn_on_full_buffer=False)
            threading.Thread(target=self._watch, name="cancellation", daemon=True).start()
            for number in _SIGNALS:
                signal.signal(number, self._interrupt)
        return self

    def __exit__(self, *_: object) -> None:
        if self._listens:
            self.ignore()
            signal.set_wakeup_fd(-1)
        else:
            self._reader.close()
        self._writer.close()

    def ignore(self) -> None:
        """From now on no signal interrupts; the end is near anyway."""
        if self._listens:
            for number in _SIGNALS:
                signal.signal(number, signal.SIG_IGN)

    def claim(self) -> bool:
        """True for the one thread that may write the end."""
        return self._claimed.acquire(blocking=False)

    def _interrupt(self, number: int, _frame: object) -> NoReturn:
        self.ignore()
        raise CancelledError(number)

    def _watch(self) -> None:
        with self._reader:
            received = self._reader.recv(1)
        if received:
            self._tell(received[0])
            time.sleep(UNWIND_SECONDS)
            self._end(received[0])
