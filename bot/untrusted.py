"""Text that came from outside: logs, comments, names, what an agent said.

It cannot be printed or formatted by accident: `str()` and f-strings raise. Only the renderers of
`bot.sanitize` (`to_prompt`, `to_markdown` and their block forms) may show it.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Untrusted:
    """Outside text. `raw` is for comparing and parsing, never for showing."""

    raw: str

    def __str__(self) -> str:
        msg = "outside text must be rendered by bot.sanitize, not by str() or an f-string"
        raise TypeError(msg)

    def __format__(self, spec: str) -> str:
        return self.__str__()

    def __bool__(self) -> bool:
        return bool(self.raw)
