"""Requests of an administrator: refusals in words for one who sets up, and a Coder that changes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from bot.adapters.backends.answer import Answer, in_one_line
from bot.adapters.backends.coder_http import CoderHttp
from bot.adapters.backends.prefixes import version_text
from bot.adapters.doctor.attempts import trouble_of
from bot.doctor.facts import TroubleKind
from bot.errors import ConfigurationError, UpstreamError
from bot.outcomes import ErrorKind

ROOT = "/api/v2"


class Asking:
    """Coder's API below `/api/v2`, for as long as it stays the same Coder."""

    def __init__(self, http: CoderHttp) -> None:
        self.http = http
        self._version: tuple[int, int, int] | None = None

    def get(self, path: str, params: tuple[tuple[str, str], ...] = ()) -> Answer:
        """GET; the answer whatever it says."""
        return self._same(lambda: self.http.get(ROOT + path, params))

    def must(self, what: str, path: str, params: tuple[tuple[str, str], ...] = ()) -> Any:
        """The data of a GET that has to succeed; `what` names it in a few words."""
        return _data(what, self.get(path, params))

    def post(self, what: str, path: str, body: Any) -> Any:
        """The data of a POST that has to succeed."""
        return _data(what, self._same(lambda: self.http.post(ROOT + path, body)))

    def put(self, what: str, path: str, body: Any) -> Any:
        """The data of a PUT that has to succeed."""
        return _data(what, self._same(lambda: self.http.put(ROOT + path, body)))

    def patch(self, what: str, path: str, body: Any) -> Any:
        """The data of a PATCH that has to succeed."""
        return _data(what, self._same(lambda: self.http.patch(ROOT + path, body)))

    def delete(self, what: str, path: str) -> None:
        """A DELETE of what may be gone already."""
        answer = self._same(lambda: self.http.delete(ROOT + path))
        if not answer.object_missing:
            _data(what, answer)

    def upload(self, what: str, path: str, content: bytes) -> Any:
        """The data of an upload that has to succeed."""
        return _data(what, self._same(lambda: self.http.upload(ROOT + path, content)))

    def _same(self, call: Callable[[], Answer]) -> Answer:
        answer = self._told(call)
        now = self.http.version
        before, self._version = self._version or now, now
        if now != before:
            raise UpstreamError(
                ErrorKind.CODER,
                f"Coder was changed from {version_text(before)} to {version_text(now)} meanwhile.",
                remedy="Run setup again when the upgrade is over: it goes on where it stopped.",
            )
        return answer

    def _told(self, call: Callable[[], Answer]) -> Answer:
        """The call; what may pass by itself with the remedy of `setup` instead of the action's."""
        try:
            return call()
        except UpstreamError as error:
            if error.kind is ErrorKind.CODER_AUTH:
                raise
            trouble = trouble_of(error)  # it quotes what the server said
            lasting = trouble.kind is TroubleKind.TLS
            again = "Run setup again when Coder answers: it goes on where it stopped."
            raise UpstreamError(
                error.kind,
                trouble.says,
                status=error.status,
                remedy=error.remedy if lasting else again,
                maybe_done=error.maybe_done,
            ) from None


def _data(what: str, answer: Answer) -> Any:
    if answer.ok:
        return answer.data
    words = in_one_line(f"{answer.message} {answer.detail}") or "no reason given"
    more = "; ".join(detail for _, detail in answer.validations)
    said = f"Coder refused to {what} ({answer.status}): {words}"
    said = f"{said} {in_one_line(more)}".rstrip()
    if answer.status in {400, 409, 412}:
        raise ConfigurationError(said, remedy=_REMEDIES.get(_first(answer), ""))
    denied = answer.status in {403, 404} and not answer.route_missing
    raise UpstreamError(
        ErrorKind.CODER_PERMISSION if denied else ErrorKind.CODER,
        said,
        status=answer.status,
        remedy="Use the token of an Owner of this Coder." if denied else "",
        maybe_done=answer.status >= 500,
    )


def _first(answer: Answer) -> str:
    return next((text for text in _REMEDIES if text in answer.message), "")


_REMEDIES = {
    "User already exists": "Name another --username, or another --email.",
    "Failed to validate create API key": "Give a shorter --lifetime.",
    "Login type 'none'": "Coder was upgraded meanwhile; run setup again.",
}
