"""Who reads which repository for `coder-fix report`: one token for all, or an App's for each."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from threading import Lock

from bot.access import app_key, credentials, server
from bot.adapters.github_api import COUNTING, history
from bot.adapters.github_api.history import HistoryDesk
from bot.adapters.runner import Runner
from bot.ports import Clock
from bot.sanitize import GrowingSecrets
from bot.settings import Settings


class Desks:
    """Readers by what they may read. Safe to use from several threads."""

    def __init__(
        self,
        settings: Settings,
        runner: Runner,
        clock: Clock,
        hidden: GrowingSecrets,
        author: str,
        stack: ExitStack,
    ) -> None:
        self._settings = settings
        self._runner = runner
        self._clock = clock
        self._hidden = hidden
        self._author = author
        self._stack = stack
        self._is_app = app_key(settings) is not None
        self._made: dict[str, HistoryDesk] = {}
        self._lock = Lock()
        if not self._is_app:
            self.of("")  # what is wrong with the token is told before anything else is

    def of(self, scope: str) -> HistoryDesk:
        """For a repository, or for all of an account; the same one again for the same.

        An installation's token is for the repositories of one account alone.
        """
        key = scope if self._is_app else ""
        with self._lock:
            if key not in self._made:
                self._made[key] = self._stack.enter_context(closing(self._make(key)))
            return self._made[key]

    def _make(self, scope: str) -> HistoryDesk:
        where = server(self._settings, self._runner)
        bearer = credentials(
            self._settings,
            where,
            scope,
            lambda: COUNTING,
            clock=self._clock,
            conceal=self._conceal,
        )
        return history(where, bearer, clock=self._clock, author=self._author)

    def _conceal(self, name: str, value: str) -> None:
        self._runner.mask((value,))
        self._hidden.learn(name, value)


@contextmanager
def desks(
    settings: Settings, runner: Runner, clock: Clock, hidden: GrowingSecrets, author: str
) -> Iterator[Desks]:
    """All of them are closed at the end, and the tokens that were made for them are revoked.

    Raises `ConfigurationError` for a token, or an App's inputs, that cannot be used.
    """
    with ExitStack() as stack:
        yield Desks(settings, runner, clock, hidden, author, stack)
