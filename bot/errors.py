"""Broken assumptions, as exceptions. Expected results are values: see `model.Outcome`.

Every message says what happened, names the input or the call concerned, and the remedy.
"""

from bot.outcomes import ErrorKind
from bot.untrusted import Untrusted


class BotError(Exception):
    """Anything that ends a run as `outcome: error`.

    `status` is an HTTP status, 0 where none was answered; `detail` is what a server said, empty
    where none did, or where `message` quotes it.
    """

    kind: ErrorKind = ErrorKind.INTERNAL
    status: int = 0
    detail: Untrusted = Untrusted("")

    def __init__(self, message: str, *, remedy: str = "") -> None:
        """`message` is one sentence; `remedy` is what the reader should do next."""
        super().__init__(message)
        self.message = message
        self.remedy = remedy

    def __str__(self) -> str:
        return f"{self.message} {self.remedy}".strip()


class ConfigurationError(BotError):
    """The workflow's author can mend it: an input, a variable, the event file."""

    kind = ErrorKind.CONFIGURATION


class CancelledError(BotError):
    """SIGINT or SIGTERM arrived."""

    kind = ErrorKind.CANCELLED

    def __init__(self, signal_number: int) -> None:
        super().__init__("The run was cancelled.")
        self.signal_number = signal_number


class UpstreamError(BotError):
    """GitHub or Coder refused, or failed for good.

    `maybe_done` says that the call may have had its effect although the answer was lost.
    """

    def __init__(
        self,
        kind: ErrorKind,
        message: str,
        *,
        status: int = 0,
        detail: Untrusted = Untrusted(""),
        remedy: str = "",
        maybe_done: bool = False,
    ) -> None:
        super().__init__(message, remedy=remedy)
        self.kind = kind
        self.status = status
        self.detail = detail
        self.maybe_done = maybe_done


class OriginLostError(UpstreamError):
    """The red run with which an item began is not there any more, so nothing tells what it was."""

    def __init__(self) -> None:
        super().__init__(
            ErrorKind.GITHUB,
            "Its red run cannot be found any more.",
            status=404,
            remedy="Delete the branch, or the session, if nobody needs it.",
        )


class SessionBusyError(UpstreamError):
    """The session cannot take a message now; the same call may work later."""


class InactiveUserError(UpstreamError):
    """Coder knows the token, and its user is suspended or dormant."""


class NameHeldError(UpstreamError):
    """A workspace that is being deleted still holds the session's name; the next name is free.

    Coder hides a deleted task at once but frees its name only when the delete build is done, which
    takes minutes, or for ever when that build fails.
    """

    def __init__(self, name: str) -> None:
        super().__init__(
            ErrorKind.CODER,
            f"The name {name} is still held by a workspace that is being deleted.",
            status=409,
            remedy="If its delete build failed, delete that workspace in Coder.",
        )
        self.name = name
