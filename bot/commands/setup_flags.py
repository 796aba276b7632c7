"""The flags of `coder-fix setup`, and what they and the variables come to."""

from __future__ import annotations

import argparse
import os
import re
import sys
from collections.abc import Mapping
from datetime import timedelta

from bot.adapters.backends.options import CoderOptions, Words
from bot.commands.parsing import Flags
from bot.errors import ConfigurationError
from bot.model import BackendName
from bot.setup import Identity, Wishes
from bot.templates import Agent, Credentials, Kind, Platform, Variable

_NAME = r"[a-zA-Z0-9]+(?:-[a-zA-Z0-9]+)*"
_DEFAULT = "default: %(default)s"
_TOKEN_VARIABLES = ("CODER_FIX_CODER_TOKEN", "CODER_SESSION_TOKEN")
_ADMINISTRATOR = Words(
    ended="The administrator's token {cause}.",
    inactive="The user of the administrator's token is not active in Coder.",
    limited="Coder's rate limit for the user of the administrator's token is used up.",
    renew="Make a new one, such as by `coder login token`, and run setup again.",
)


def parser() -> Flags:
    """The flags, grouped by what they are about."""
    flags = Flags(
        "setup",
        "Prepare a Coder for the bot: its user, its role, a template, a token. Running it again "
        "changes nothing, or completes what was cut.",
        ending="The administrator's token is read from CODER_SESSION_TOKEN or by --token-stdin; "
        "values of the template from TF_VAR_name. Lines for people go to standard error; standard "
        "output has the token, or the plan of --dry-run.",
        codes="0 done, 2 wrong input, 3 Coder refused or failed, or the template is not fit, 130 "
        "cancelled.",
        example="coder-fix setup --coder-url https://coder.example.com --dry-run",
    )
    flags.add_argument("--dry-run", action="store_true", help="show every call, make none of them")
    flags.add_argument(
        "--check", metavar="TEMPLATE", type=_template, help="only say whether that template is fit"
    )
    flags.add_argument(
        "--write-template", metavar="DIR", type=_folder, help="only write the template there"
    )
    coder = flags.add_argument_group("Coder")
    url = _variable("CODER_FIX_CODER_URL", "CODER_URL")
    coder.add_argument(
        "--coder-url", metavar="URL", default=url, help="address of Coder; else CODER_URL"
    )
    coder.add_argument(
        "--coder-organization",
        metavar="NAME",
        default=_variable("CODER_ORGANIZATION"),
        help="the default one when not given; else CODER_ORGANIZATION",
    )
    coder.add_argument(
        "--token-stdin",
        action="store_true",
        help="read the administrator's token from standard input",
    )
    coder.add_argument("--allow-http", action="store_true", help="without TLS, off this machine")
    coder.add_argument(
        "--backend",
        choices=("auto", "tasks", "chats"),
        default="auto",
        help="agent API; default: %(default)s",
    )
    user = flags.add_argument_group("the bot's user")
    user.add_argument(
        "--username", metavar="NAME", type=_name, default="ci-repair-bot", help=_DEFAULT
    )
    user.add_argument("--email", metavar="EMAIL", help="of a user that is no service account")
    user.add_argument(
        "--identity",
        choices=[i.value for i in Identity],
        default="auto",
        help=f"what it is in Coder; {_DEFAULT}",
    )
    template = flags.add_argument_group("the template")
    template.add_argument(
        "--template", metavar="NAME", type=_name, default="ci-repair", help=_DEFAULT
    )
    template.add_argument("--no-template", action="store_true", help="leave templates alone")
    template.add_argument(
        "--replace-template", action="store_true", help="also where somebody else made it"
    )
    template.add_argument(
        "--kind",
        choices=[kind.value for kind in Kind],
        help="for --write-template, which asks no server: tasks-ai-prompt is for Tasks up to "
        "v2.29; by --backend when not given",
    )
    _choice(template, "--platform", Platform)
    _choice(template, "--agent", Agent)
    _choice(template, "--credentials", Credentials)
    template.add_argument(
        "--var",
        metavar="NAME=VALUE",
        action="append",
        type=_pair,
        default=[],
        dest="values",
        help="a variable of the template that is no secret; may be repeated",
    )
    token = flags.add_argument_group("the token")
    token.add_argument(
        "--lifetime", metavar="DAYS", type=_days, default=_days("90"), help="default: 90"
    )
    token.add_argument(
        "--token-name", metavar="NAME", default="coder-fix", help=f"in Coder; {_DEFAULT}"
    )
    token.add_argument("--renew-token", action="store_true", help="replace the one that is there")
    token.add_argument(
        "--repo",
        metavar="OWNER/NAME",
        action="append",
        type=_repository,
        default=[],
        dest="repositories",
        help="store it there by gh instead of printing it; may be repeated",
    )
    token.add_argument(
        "--secret-name", metavar="NAME", type=_secret_name, default="CODER_TOKEN", help=_DEFAULT
    )
    return flags


def options(given: argparse.Namespace, token: str) -> CoderOptions:
    """What a client needs; raises `ConfigurationError` that names flag or variable."""
    if not given.coder_url:
        raise ConfigurationError("No Coder is named.", remedy="Give --coder-url, or set CODER_URL.")
    made = CoderOptions(
        url=given.coder_url,
        token=token,
        organization=given.coder_organization,
        allow_http=given.allow_http,
        words=_ADMINISTRATOR,
    )
    made.check()
    return made


def token(given: argparse.Namespace) -> str:
    """The administrator's; never an argument."""
    text = sys.stdin.readline().strip() if given.token_stdin else _variable(*_TOKEN_VARIABLES)
    if text and text.isascii() and text.isprintable() and " " not in text:
        return text
    raise ConfigurationError(
        "The administrator's token holds characters that no token has."
        if text
        else "No token of an administrator is given.",
        remedy="Set CODER_SESSION_TOKEN, or pipe it in: coder login token | coder-fix setup"
        " --token-stdin.",
    )


def wishes(given: argparse.Namespace) -> Wishes:
    """What is wanted."""
    return Wishes(
        username=given.username,
        email=given.email or f"{given.username}@coder-fix.invalid",
        organization=given.coder_organization,
        template="" if given.no_template else given.template,
        token_name=given.token_name,
        lifetime=given.lifetime,
        backend=None if given.backend == "auto" else BackendName(given.backend),
        identity=Identity(given.identity),
        renew=given.renew_token,
        replaces_template=given.replace_template,
    )


def kind_to_write(given: argparse.Namespace) -> Kind:
    """Of the template to be written, for a server whose version nobody asks."""
    if not given.kind:
        return Kind.CHATS if given.backend == "chats" else Kind.TASKS
    kind = Kind(given.kind)
    if given.backend not in {"auto", "chats" if kind is Kind.CHATS else "tasks"}:
        raise ConfigurationError(
            f"--kind {kind} is no template for --backend {given.backend}.",
            remedy="Leave one of the two away.",
        )
    return kind


def check_kind(given: argparse.Namespace) -> None:
    """A template that is pushed, or looked at, is of the kind that the server takes."""
    if given.kind and not given.write_template:
        raise ConfigurationError(
            "--kind is for --write-template alone.",
            remedy="Leave it away: a push takes the kind that fits the server.",
        )


def values(given: argparse.Namespace, asked: tuple[Variable, ...]) -> dict[str, str]:
    """Values of the template's variables: flags first, then `TF_VAR_name`.

    Raises `ConfigurationError` for an unknown name, and for a secret that is an argument.
    """
    known = {variable.name: variable for variable in asked}
    flags: Mapping[str, str] = dict(given.values)
    for name in flags:
        if name not in known:
            raise ConfigurationError(
                f"--var {name}: the template has no such variable.",
                remedy=f"It has: {', '.join(sorted(known))}.",
            )
        if known[name].sensitive:
            raise ConfigurationError(
                f"--var {name}: a secret, which every process could see as an argument.",
                remedy=f"Set TF_VAR_{name} instead.",
            )
    read = {name: _variable(f"TF_VAR_{name}") for name in known}
    return {name: text for name, text in {**read, **flags}.items() if text}


def _variable(*names: str) -> str:
    return next((os.environ[name].strip() for name in names if os.environ.get(name)), "")


def _choice(
    group: argparse._ArgumentGroup,
    flag: str,
    words: type[Platform | Agent | Credentials],
) -> None:
    choices = [word.value for word in words]
    group.add_argument(flag, choices=choices, default=choices[0], help="default: %(default)s")


def _name(text: str) -> str:
    if len(text) <= 32 and re.fullmatch(_NAME, text) and text not in {"new", "create"}:
        return text
    msg = f"{text!r} is no name for Coder: up to 32 letters, digits and single hyphens"
    raise argparse.ArgumentTypeError(msg)


def _template(text: str) -> str:
    """`name` or `organization/name`, as in the input."""
    return "/".join(_name(part) for part in text.split("/", 1))


def _folder(text: str) -> str:
    # An empty one, of a variable that is not set, would be taken for a flag that was not given.
    if text.strip():
        return text
    raise argparse.ArgumentTypeError("no folder is named")


def _pair(text: str) -> tuple[str, str]:
    name, sign, value = text.partition("=")
    if sign and re.fullmatch(r"[a-z_]+", name):
        return name, value
    # The text is not repeated: it may be a secret whose name was forgotten.
    raise argparse.ArgumentTypeError("it must be NAME=VALUE")


def _days(text: str) -> timedelta:
    number = re.fullmatch(r"(\d{1,5})d?", text.strip())
    if number and int(number[1]) > 0:
        return timedelta(days=int(number[1]))
    msg = f"{text!r} is no number of days, such as 90"
    raise argparse.ArgumentTypeError(msg)


def _repository(text: str) -> str:
    if re.fullmatch(r"(?:[\w.-]+/)?[\w-]+/[\w.-]+", text, re.ASCII):
        return text
    msg = f"{text!r} is no repository such as octo/shop"
    raise argparse.ArgumentTypeError(msg)


def _secret_name(text: str) -> str:
    if re.fullmatch(r"(?!GITHUB_)[A-Z_][A-Z0-9_]*", text):
        return text
    msg = f"{text!r} is no name for a secret such as CODER_TOKEN"
    raise argparse.ArgumentTypeError(msg)
