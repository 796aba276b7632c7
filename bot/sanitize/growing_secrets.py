"""The bot's own secrets while some are still to come: an App's tokens are made along the way."""

from collections.abc import Iterator, Mapping

from bot.sanitize.secrets import MIN_LENGTH, Secrets, Span


class GrowingSecrets(Secrets):
    """As `Secrets`, wherever those are taken; `learn` is seen by all who hold it, at once."""

    def __init__(self, values: Mapping[str, str] | None = None) -> None:
        self._latest = Secrets(values)
        self._pairs = list(self._latest.values())

    def learn(self, name: str, value: str) -> None:
        """Know one more from now on; others of that name stay known, they may still be valid.

        Any thread may call this: nothing is replaced that another one added.
        """
        if len(value.strip()) >= MIN_LENGTH:
            self._pairs.append((name, value.strip()))

    @property
    def _now(self) -> Secrets:
        pairs, latest = tuple(self._pairs), self._latest
        if latest.values() != pairs:
            latest = self._latest = Secrets.of(pairs)
        return latest

    def __repr__(self) -> str:
        return repr(self._now)

    def __bool__(self) -> bool:
        return bool(self._pairs)

    def __eq__(self, other: object) -> bool:
        return self is other

    def __hash__(self) -> int:
        return id(self)

    def values(self) -> tuple[tuple[str, str], ...]:
        """As of now."""
        return self._now.values()

    def including(self, name: str, value: str) -> Secrets:
        """A copy, which does not grow."""
        return self._now.including(name, value)

    def masks(self) -> tuple[str, ...]:
        """As of now."""
        return self._now.masks()

    def spans(self, text: str) -> Iterator[Span]:
        """By what is known when it is asked."""
        return self._now.spans(text)
