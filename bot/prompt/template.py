"""Texts with named placeholders: `{branch}`; `{{` and `}}` stand for single braces."""

import re
from collections.abc import Mapping

from bot.errors import ConfigurationError

# A brace that does not enclose a name is text, so that JSON may stand in a prompt.
_PLACEHOLDER = re.compile(r"\{\{|\}\}|\{(?P<name>[A-Za-z][A-Za-z0-9_-]*)\}")


def fill(template: str, values: Mapping[str, str]) -> str:
    """The template with every placeholder replaced.

    Raises `ConfigurationError` for a name that is not in `values`, listing the known ones.
    """

    def replacement(match: re.Match[str]) -> str:
        name = match["name"]
        if name is None:
            return match.group()[0]
        if name not in values:
            known = ", ".join(f"{{{key}}}" for key in sorted(values))
            raise ConfigurationError(
                f"The input `prompt` holds the unknown placeholder {{{name}}}.",
                remedy=f"Known ones: {known}. Write {{{{ and }}}} for braces that are text.",
            )
        return values[name]

    return _PLACEHOLDER.sub(replacement, template)


def names_in(template: str) -> frozenset[str]:
    """The placeholders that the template uses."""
    return frozenset(m["name"] for m in _PLACEHOLDER.finditer(template) if m["name"])
