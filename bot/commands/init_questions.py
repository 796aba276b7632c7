"""The questions of `coder-fix init`, on a terminal; Enter takes what stands in brackets."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from bot.errors import ConfigurationError
from bot.sanitize import to_prompt
from bot.scaffold import Acting, Answers, Door, Known
from bot.scaffold.answers import is_store_name
from bot.untrusted import Untrusted


class Terminal:
    """Asks until it gets an answer that it understands."""

    def ask(self, text: str, default: str, read: Callable[[str], str | None]) -> str:
        """What `read` makes of the answer; None from it asks again."""
        while True:
            said = self._line(f"{text} [{default}]: ") or default
            found = read(said)
            if found is not None:
                return found
            print("That was not understood.")

    def choose(
        self, text: str, choices: dict[str, str], default: tuple[str, ...]
    ) -> tuple[str, ...]:
        """Some of the choices, by number or name, in the order in which they are shown."""
        print(text)
        names, width = list(choices), max(map(len, choices), default=0)
        for number, (name, about) in enumerate(choices.items(), 1):
            print(f"  {number}  {name:<{width}}  {about}".rstrip())

        def read(said: str) -> str | None:
            parts = [part.strip() for part in said.split(",") if part.strip()]
            found = [_named(part, names) for part in parts]
            return None if None in found or not found else ",".join(map(str, found))

        shown = ", ".join(str(names.index(name) + 1) for name in default if name in names)
        chosen = self.ask("Numbers or names, by commas", shown or "1", read).split(",")
        return tuple(name for index, name in enumerate(names) if str(index) in chosen)

    def agrees(self, text: str) -> bool:
        """Only a clear yes is one."""
        return self._line(f"{text} [y/N]: ").lower() in {"y", "yes"}

    def _line(self, prompt: str) -> str:
        try:
            return input(prompt).strip()
        except EOFError as ended:
            print()
            raise ConfigurationError(
                "The input ended before every question was answered; nothing was written.",
                remedy="Give the answers as flags, or --yes.",
            ) from ended


def asked(answers: Answers, known: Known, terminal: Terminal, given: frozenset[str]) -> Answers:
    """The answers with those asked for that no flag gave."""
    if "doors" not in given:
        choices = {door.value: door.about for door in Door}
        default = tuple(door.value for door in answers.doors)
        chosen = terminal.choose("Which doors?", choices, default)
        answers = replace(answers, doors=tuple(Door(name) for name in chosen))
    if "workflows" not in given and {Door.FAILURE, Door.FOLLOW_UP_JOB} & set(answers.doors):
        answers = replace(answers, workflows=_workflows(answers, known, terminal))
    if "mode" not in given:
        answers = replace(answers, mode=_one_of(terminal, "Mode", _MODES, answers.mode))
    if answers.mode == "report":
        return answers
    if "coder_url" not in given:
        text = "Address of Coder, for the list of what to set (may stay empty)"
        answers = replace(answers, coder_url=terminal.ask(text, answers.coder_url, str))
    if "template" not in given:
        template = terminal.ask("Template in Coder", answers.template, str)
        answers = replace(answers, template=template)
    if "backend" not in given:
        answers = replace(answers, backend=_one_of(terminal, "Agent API", _APIS, answers.backend))
    if not given & _ACTING:
        answers = _acting(answers, terminal)
    return answers


_MODES = {
    "report": "diagnose only; needs no Coder",
    "propose": "a draft pull request of its own",
    "fix": "push to the failing branch",
}
_ACTING = {"github_token_secret", "github_app_key_secret", "github_app_id_variable"}
_TOKENS = {
    "job": "the job's own, and the checks of what it opens wait for a person",
    "token": "a token of a bot's account",
    "app": "a GitHub App's, made anew for each run",
}
_APIS = {"auto": "ask the server", "tasks": "Coder Tasks", "chats": "Coder Chats"}


def _acting(answers: Answers, terminal: Terminal) -> Answers:
    """Whose token, and the names under which GitHub keeps what it takes."""
    who = Acting(_one_of(terminal, "Token for GitHub", _TOKENS, answers.acting))
    answers = answers.acting_as(who)
    if who is Acting.TOKEN:
        secret = _name(terminal, "Secret with that token", answers.github_token_secret)
        return replace(answers, github_token_secret=secret)
    if who is Acting.APP:
        variable = _name(terminal, "Variable with its id", answers.github_app_id_variable)
        secret = _name(terminal, "Secret with its private key", answers.github_app_key_secret)
        return replace(answers, github_app_id_variable=variable, github_app_key_secret=secret)
    return answers


def _name(terminal: Terminal, text: str, default: str) -> str:
    return terminal.ask(text, default, lambda said: said if is_store_name(said) else None)


def _workflows(answers: Answers, known: Known, terminal: Terminal) -> tuple[str, ...]:
    choices = known.workflows
    if not choices:
        text = "No workflow is here yet. Name of the one to listen to"
        return (terminal.ask(text, "CI", lambda said: said or None),)
    shown = {to_prompt(Untrusted(name)): name for name in choices}
    about = {text: to_prompt(Untrusted(choices[name])) for text, name in shown.items()}
    default = tuple(text for text, name in shown.items() if name in answers.workflows)
    return tuple(shown[text] for text in terminal.choose("Which workflows?", about, default))


def _one_of(terminal: Terminal, text: str, choices: dict[str, str], default: str) -> str:
    listed = "; ".join(f"{name}: {about}" for name, about in choices.items())
    print(f"{text}. {listed}.")
    return terminal.ask(text, default, lambda said: said if said in choices else None)


def _named(part: str, names: list[str]) -> int | None:
    if part.isdecimal() and 1 <= int(part) <= len(names):
        return int(part) - 1
    return names.index(part) if part in names else None
