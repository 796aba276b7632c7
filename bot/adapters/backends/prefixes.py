"""Which prefix serves an API: `/api/v2` first, `/api/experimental` where that is not served.

Tasks: experimental on v2.28, both from v2.29, opt-in on v2.37. Chats: experimental from v2.32, v2
from v2.37. An absent route answers 404 with a message of its own, so nothing is probed ahead: the
first call that is answered decides, and a call that met no route had no effect and may be repeated.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from bot.adapters.backends.answer import Answer
from bot.adapters.backends.coder_http import CoderHttp, Params
from bot.errors import UpstreamError
from bot.model import BackendName
from bot.outcomes import ErrorKind

OLDEST: Final = (2, 28, 0)
_V2: Final = "/api/v2/"
EXPERIMENTAL: Final = "/api/experimental/"
_ONLY_EXPERIMENTAL_BEFORE: Final = {BackendName.TASKS: (2, 29, 0), BackendName.CHATS: (2, 37, 0)}


class PrefixedApi:
    """`/api/<prefix>/tasks…` or `…/chats…`, with the prefix found by use."""

    def __init__(self, http: CoderHttp, name: BackendName) -> None:
        self._http = http
        self._name = name
        self._found = ""

    @property
    def experimental(self) -> bool:
        """Whether the older prefix is in use; false as long as nothing was asked."""
        return self._found == EXPERIMENTAL

    def get(self, path: str = "", params: Params = ()) -> Answer:
        """GET below the API's root."""
        return self.call(lambda root: self._http.get(root + path, params))

    def post(self, path: str = "", body: object = None, *, slow: bool = False) -> Answer:
        """POST once."""
        return self.call(lambda root: self._http.post(root + path, body, slow=slow))

    def patch(self, path: str, body: object) -> Answer:
        """PATCH once."""
        return self.call(lambda root: self._http.patch(root + path, body))

    def delete(self, path: str) -> Answer:
        """DELETE once."""
        return self.call(lambda root: self._http.delete(root + path))

    def call(self, call: Callable[[str], Answer]) -> Answer:
        """`call` with the API's root, such as `/api/v2/tasks`; twice where the first is not served.

        Raises `UpstreamError` of kind `coder-unsupported` where neither is, or Coder is too old.
        """
        if self._found:
            return call(self._found + self._name.value)
        for prefix in self._candidates():
            answer = call(prefix + self._name.value)
            if not answer.route_missing:
                self._check_age()
                self._found = prefix
                return answer
        self._check_age()
        raise not_served(self._name, self._http.version)

    def _candidates(self) -> tuple[str, ...]:
        version = self._http.version
        if version is not None and version < _ONLY_EXPERIMENTAL_BEFORE[self._name]:
            return (EXPERIMENTAL,)
        return (_V2, EXPERIMENTAL)

    def _check_age(self) -> None:
        version = self._http.version
        if version is not None and version < OLDEST:
            raise UpstreamError(
                ErrorKind.CODER_UNSUPPORTED,
                f"The Coder at coder-url is {version_text(version)}, which is too old.",
                remedy="Upgrade it to v2.28 or later.",
            )


def not_served(name: BackendName, version: tuple[int, int, int] | None) -> UpstreamError:
    """The error for an API that neither prefix serves."""
    served_by = version_text(version)
    if name is BackendName.CHATS:
        message = f"The Coder at coder-url ({served_by}) serves no chats."
        remedy = (
            "Chats need v2.32 or later; name a task template in coder-template-name and set"
            " coder-backend to tasks, or upgrade Coder."
        )
    else:
        message = f"The Coder at coder-url ({served_by}) does not serve Tasks."
        remedy = (
            "Set coder-backend to chats; Tasks are off by default from v2.37 and can be switched"
            " on there with CODER_ENABLE_AI_TASKS=true."
        )
    return UpstreamError(ErrorKind.CODER_UNSUPPORTED, message, status=404, remedy=remedy)


def version_text(version: tuple[int, int, int] | None) -> str:
    """`v2.36.0`, or words for an unknown one."""
    return "v" + ".".join(map(str, version)) if version else "of unknown version"
