"""What is left to do by hand after the files are written: in Coder, and in GitHub's settings."""

from __future__ import annotations

from collections.abc import Iterator

from bot.scaffold.answers import Acting, Answers, Door

_WAITS_FOR_NOBODY = {Door.COMMENT, Door.UPGRADE, Door.FOLLOW_UP_JOB}


def steps(answers: Answers, *, branch: str, is_detached: bool = False) -> tuple[str, ...]:
    """One text for each thing to do, in order. `branch` is the default one, empty if unknown."""
    return tuple(_steps(answers, branch, is_detached=is_detached))


def _steps(answers: Answers, branch: str, *, is_detached: bool) -> Iterator[str]:
    if answers.mode != "report":
        yield from _coder(answers)
    yield from _github(answers)
    if _WAITS_FOR_NOBODY & set(answers.doors) and Door.RECONCILE not in answers.doors:
        yield (
            "Think of the door `reconcile`: without it nobody carries on what the other doors "
            "begin and do not wait for."
        )
    if is_detached:
        yield "HEAD is detached here: make a branch before you commit (git switch -c coder-fix)."
    yield (
        f"Commit and push the files; they work once they are on the default branch"
        f"{f' ({branch})' if branch else ''}."
    )
    yield "See whether both sides fit; this only reads.\ncoder-fix doctor"


def _coder(answers: Answers) -> Iterator[str]:
    if answers.template:
        yield (
            f"Coder: an administrator's `setup` makes the bot's user, the template "
            f"{answers.template} and a token. A template of your own needs git and a token for "
            "GitHub of its own: what the workflow's token pushes starts no checks.\n"
            f"{_setup(answers)}"
        )
    else:
        yield "Coder: name a template, as `coder-template-name` in .github/coder-fix.yml."
    yield from _secret(
        answers,
        "CODER_TOKEN",
        "the token that `setup` prints, or another one of the Coder user for whom the agents run",
    )
    address = answers.coder_url or "https://coder.example.com"
    yield f"Variable CODER_URL: the address of Coder.\ngh variable set CODER_URL --body '{address}'"


def _setup(answers: Answers) -> str:
    """The command that makes what the files name."""
    organization, _, name = answers.template.rpartition("/")
    flags = [f"--coder-organization {organization}"] if organization else []
    flags += [f"--template {name}"] if name != "ci-repair" else []
    flags += [f"--backend {answers.backend}"] if answers.backend != "auto" else []
    return " ".join(["coder-fix setup", *flags])


def _github(answers: Answers) -> Iterator[str]:
    if answers.mode == "report":
        return
    if answers.acting is Acting.APP:
        yield (
            "GitHub App: make one with the permissions that the jobs name, and install it for this "
            "repository."
        )
        yield (
            f"Variable {answers.github_app_id_variable}: the App's id, from its settings.\n"
            f"gh variable set {answers.github_app_id_variable} --body ID"
        )
        yield from _secret(
            answers, answers.github_app_key_secret, "the text of its private key", " < KEY.pem"
        )
        return
    if answers.acting is Acting.TOKEN:
        yield from _secret(
            answers,
            answers.github_token_secret,
            "a token of the bot's GitHub account, with the permissions that the jobs name",
        )
        return
    yield (
        "Settings → Actions → General → Workflow permissions: allow GitHub Actions to create "
        "and approve pull requests. Without it the comment gives a link instead. The checks of "
        "such a pull request wait for a person; `--github-token-secret NAME` takes a bot's token, "
        "`--github-app-key-secret NAME` a GitHub App's."
    )


def _secret(answers: Answers, name: str, what: str, given: str = "") -> Iterator[str]:
    yield f"Secret {name}: {what}.\ngh secret set {name}{given}"
    if Door.FOLLOW_UP_JOB in answers.doors:
        yield (
            "The same for runs of Dependabot, which get only secrets of their own.\n"
            f"gh secret set {name} --app dependabot{given}"
        )
