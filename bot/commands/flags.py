"""The flags of `run` and its kin: one for each input that is no secret."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from typing import Any

from pydantic import SecretStr

from bot.commands.parsing import Flags
from bot.errors import ConfigurationError
from bot.inputs import default_text, input_name, variables
from bot.settings import Settings

_SECRET_VARIABLES = {
    name: variables(name)[1]
    for name, info in Settings.model_fields.items()
    if info.annotation is SecretStr
}
"""Inputs for which there is no flag: other processes of the machine can read our arguments."""


def given_by(
    argv: list[str], verb: str, does: str, example: str, fixed: Mapping[str, str]
) -> dict[str, Any]:
    """The flags that were given, by field name, and `fixed`, for which there are none."""
    if not argv:
        return dict(fixed)
    parser = Flags(
        verb,
        f"{does} Every flag is an input of the action as well.",
        ending=f"Secrets are read from variables alone: {', '.join(_SECRET_VARIABLES.values())}.",
        codes="0 done, 1 a bug of ours, 2 wrong input, 3 GitHub or Coder failed, 4 the outcome is "
        "in --fail-on, 130 and 143 cancelled.",
        example=example,
    )
    parser.add_argument(
        "--repository", metavar="OWNER/NAME", help="The repository; else GITHUB_REPOSITORY."
    )
    for name in Settings.model_fields:
        if name in fixed:
            continue
        add_input(parser, name)
    given = {k: v for k, v in vars(parser.read(argv)).items() if v is not None}
    return {**given, **fixed}


def add_input(parser: Flags, name: str) -> None:
    """The flag of that input, None where it is not given; a secret's is there to be refused."""
    info = Settings.model_fields[name]
    default = default_text(info)
    told = f"{info.description or ''}{f' Default: {default}.' if default else ''}"
    flag, text = f"--{input_name(name)}", told.replace("%", "%%")
    if name in _SECRET_VARIABLES:
        parser.add_argument(flag, action=_Refused, help=argparse.SUPPRESS)
    elif info.annotation is bool:
        parser.add_argument(flag, action=argparse.BooleanOptionalAction, default=None, help=text)
    else:
        parser.add_argument(flag, metavar="VALUE", help=text)


class _Refused(argparse.Action):
    """A secret among the arguments: refused without a word of its value."""

    def __call__(
        self, parser: object, namespace: object, values: object, option: Any = None
    ) -> None:
        del parser, namespace, values
        variable = _SECRET_VARIABLES[self.dest]
        raise ConfigurationError(
            f"{option} is no flag: other processes can read the arguments of this one.",
            remedy=f"Set the variable {variable}, and replace the secret, which was visible.",
        )
