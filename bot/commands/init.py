"""`coder-fix init`: the workflow files and the policy file of a repository, from a few answers."""

from __future__ import annotations

import argparse
import os
import re
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from bot.adapters.checkout import Checkout
from bot.adapters.releases import pinned
from bot.commands.init_output import Printer
from bot.commands.init_questions import Terminal, asked
from bot.commands.parsing import Flags
from bot.errors import ConfigurationError
from bot.inputs import variables
from bot.outcomes import ExitCode
from bot.policy import Mode
from bot.policy_file import LARGEST, PATH
from bot.scaffold import (
    APP_ID_VARIABLE,
    DEFAULT_DOORS,
    Acting,
    Answers,
    Change,
    Door,
    Known,
    plan,
    steps,
)
from bot.scaffold.answers import FOLDER, is_store_name

BACKENDS: Final = ("auto", "tasks", "chats")
_USES = re.compile(r"[\w.-]+/[\w.-]+@[0-9a-f]{40}( # \S[^\r\n]*)?")
_TEMPLATE = re.compile(r"[A-Za-z0-9][\w.-]*(/[A-Za-z0-9][\w.-]*)?")


def main(argv: list[str]) -> int:
    """0 when the files are there, or shown; 2 when one that differs was left alone."""
    given = _parser().read(argv)
    printer = Printer()
    checkout = Checkout.around(Path.cwd())
    known = Known(checkout.files(FOLDER) | _policy(checkout))
    answers = _answers(given, known)
    is_asking = sys.stdin.isatty() and not given.yes
    if is_asking:
        answers = asked(answers, known, Terminal(), _given(given))
    _check(answers, known)
    answers = replace(answers, uses=_uses(given, known, checkout, printer))
    changes = plan(answers, known)
    for change in changes:
        checkout.check(change.path, is_read=change.before is not None)
    printer.notes(known)
    if Door.FAILURE in answers.doors:
        printer.absent(answers.workflows, known)
    printer.changes(changes, whole=given.dry_run)
    if not given.dry_run and not _written(changes, checkout, printer, given, is_asking=is_asking):
        return ExitCode.CONFIGURATION
    branch, is_detached = checkout.default_branch, checkout.is_detached
    printer.steps(steps(answers, branch=branch, is_detached=is_detached))
    if given.dry_run:
        printer.line("Dry run: nothing was written.")
    return ExitCode.DONE


def _parser() -> Flags:
    parser = Flags(
        "init",
        "Write the workflow files and .github/coder-fix.yml of the repository in "
        "whose checkout you are, and say what is left to do. On a terminal it asks; what stands "
        "in the files already is the default answer, and running it again changes nothing.",
        codes="0 written, or shown, 2 wrong input, or a file that differs was left alone.",
        example="coder-fix init --doors failure,comment,reconcile --workflows CI --dry-run",
    )
    parser.add_argument(
        "--doors", metavar="LIST", help=f"ways in: {', '.join(Door)} (separated by commas)"
    )
    parser.add_argument(
        "--workflows", metavar="LIST", help="names of the workflows to listen to, by commas"
    )
    parser.add_argument("--coder-url", metavar="URL", help="address of Coder; else CODER_URL")
    parser.add_argument("--template", metavar="NAME", help="template in Coder for the workspaces")
    parser.add_argument("--backend", choices=BACKENDS, help="agent API in Coder")
    parser.add_argument("--mode", choices=[*Mode], help="how far coder-fix may go")
    parser.add_argument(
        "--github-token-secret",
        metavar="NAME",
        help="secret with a bot's token for GitHub; without one the job's own is used, and the "
        "checks of what that opens do not start by themselves",
    )
    parser.add_argument(
        "--github-app-key-secret",
        metavar="NAME",
        help="instead, secret with the private key of a GitHub App to act as",
    )
    parser.add_argument(
        "--github-app-id-variable",
        metavar="NAME",
        help=f"variable with that App's id; default {APP_ID_VARIABLE}",
    )
    parser.add_argument(
        "--uses",
        metavar="OWNER/NAME@COMMIT",
        help="the version of coder-fix; the newest release when not given",
    )
    parser.add_argument("--yes", action="store_true", help="ask nothing, take the defaults")
    parser.add_argument(
        "--force", action="store_true", help="overwrite files that differ, after showing how"
    )
    parser.add_argument("--dry-run", action="store_true", help="show everything, write nothing")
    return parser


def _variable(*names: str) -> str:
    return next((os.environ[name].strip() for name in names if os.environ.get(name)), "")


def _policy(checkout: Checkout) -> dict[str, str]:
    text = checkout.text(PATH, largest=LARGEST)
    return {} if text is None else {PATH: text}


def _given(given: argparse.Namespace) -> frozenset[str]:
    """The answers that flags gave, by their field's name."""
    return frozenset(name for name, value in vars(given).items() if value not in {None, False})


def _answers(given: argparse.Namespace, known: Known) -> Answers:
    """Flags, else what stands in the files, else the defaults."""
    held = known.policy
    mode = given.mode or str(held.get("mode", Mode.PROPOSE))
    # A file that names none leaves it to the owner's; a diagnosis needs none.
    template = "" if PATH in known.files or mode == "report" else "ci-repair"
    answers = Answers(
        uses="",
        doors=_doors(_listed(given.doors)) if given.doors else known.doors or DEFAULT_DOORS,
        workflows=_listed(given.workflows or "") or known.listened_to or known.suggested(),
        coder_url=given.coder_url or _variable(*variables("coder_url")),
        template=given.template or held.get("coder_template_name", "") or template,
        backend=given.backend or held.get("coder_backend", "auto"),
        mode=mode,
        github_token_secret=given.github_token_secret or known.github_token_secret,
        github_app_id_variable=given.github_app_id_variable or known.github_app_id_variable,
        github_app_key_secret=given.github_app_key_secret or known.github_app_key_secret,
    )
    return answers.acting_as(_acting(given, answers))


def _acting(given: argparse.Namespace, answers: Answers) -> Acting:
    """By the flags, else by what stands in the files."""
    by_app = given.github_app_key_secret or given.github_app_id_variable
    if by_app and given.github_token_secret:
        raise ConfigurationError(
            "--github-token-secret and the flags of a GitHub App are both given.",
            remedy="coder-fix acts as one of them: leave the other away.",
        )
    if by_app:
        return Acting.APP
    return Acting.TOKEN if given.github_token_secret else answers.acting


def _listed(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(part.strip() for part in text.split(",") if part.strip()))


def _doors(names: Sequence[str]) -> tuple[Door, ...]:
    unknown = [name for name in names if name not in list(Door)]
    if unknown or not names:
        raise ConfigurationError(
            f"--doors: there is no door {', '.join(unknown) or 'named'}.",
            remedy=f"Doors: {', '.join(Door)}.",
        )
    return tuple(door for door in Door if door in names)


def _check(answers: Answers, known: Known) -> None:
    """Raises `ConfigurationError` for answers that no files can be made of."""
    doors = set(answers.doors)
    if {Door.FAILURE, Door.FOLLOW_UP_JOB} <= doors:
        raise ConfigurationError(
            "The doors `failure` and `follow-up-job` would both answer to the same runs.",
            remedy="Choose one of them; `failure` needs no change of your workflows.",
        )
    if doors & {Door.FAILURE, Door.FOLLOW_UP_JOB} and not answers.workflows:
        seen = ", ".join(known.workflows) or "there is none"
        raise ConfigurationError(
            f"No workflow of {FOLDER} runs for pushes or pull requests (workflows: {seen}).",
            remedy="Name those to listen to with --workflows.",
        )
    parts = urlsplit(answers.coder_url)
    if answers.coder_url and (parts.scheme not in {"http", "https"} or not parts.hostname):
        raise ConfigurationError(
            "--coder-url is not an http(s) URL.", remedy="Such as https://coder.example.com."
        )
    if parts.username or "'" in answers.coder_url:
        raise ConfigurationError(
            "--coder-url holds a user name or a quote.", remedy="Give the bare address."
        )
    for flag, name, example in (
        ("--github-token-secret", answers.github_token_secret, "BOT_TOKEN"),
        ("--github-app-key-secret", answers.github_app_key_secret, "CODER_FIX_APP_KEY"),
        ("--github-app-id-variable", answers.github_app_id_variable, "CODER_FIX_APP_ID"),
    ):
        if name and not is_store_name(name):
            what = "variable" if flag.endswith("variable") else "secret"
            raise ConfigurationError(
                f"{flag} is not a {what}'s name.", remedy=f"Such as {example}."
            )
    if answers.template and not _TEMPLATE.fullmatch(answers.template):
        raise ConfigurationError(
            "--template is not a template's name.", remedy="`name` or `organization/name`."
        )


def _uses(given: argparse.Namespace, known: Known, checkout: Checkout, printer: Printer) -> str:
    """The version: as given, as in use here, the newest release, or the one that runs now."""
    if given.uses:
        if not _USES.fullmatch(given.uses):
            raise ConfigurationError(
                "--uses is not of the form OWNER/NAME@COMMIT, with all 40 digits of the commit.",
                remedy="A tag or a branch can be moved to other code; a commit cannot.",
            )
        return str(given.uses)
    if known.uses:
        return known.uses
    server = os.environ.get("GITHUB_SERVER_URL", "").strip() or "https://github.com"
    pin = pinned(server, checkout.root)
    if pin is None:
        raise ConfigurationError(
            f"The newest release of coder-fix could not be asked of {server}.",
            remedy="Give --uses coder-fix/coder-fix@COMMIT.",
        )
    if not pin.is_release:
        printer.line(
            f"No release of coder-fix could be asked of {server}: the workflows use the commit "
            "that runs here, which must be there as well."
        )
    return pin.uses


def _written(
    changes: Sequence[Change],
    checkout: Checkout,
    printer: Printer,
    given: argparse.Namespace,
    *,
    is_asking: bool,
) -> bool:
    """Write what is new and what may be overwritten; false where that was not said."""
    needed = [change for change in changes if change.is_needed]
    differing = [change for change in needed if change.before is not None]
    kept: set[str] = set()
    if differing and not given.force:
        if not is_asking:
            names = ", ".join(change.path for change in differing)
            printer.error(f"Nothing was written: {names} would be changed. With --force it is.")
            return False
        terminal = Terminal()
        kept = {c.path for c in differing if not terminal.agrees(f"Change {c.path}?")}
    checkout.write({change.path: change.after for change in needed if change.path not in kept})
    printer.written([c.path for c in needed if c.path not in kept], sorted(kept))
    return True
