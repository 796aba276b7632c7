"""Ways to put a question: to GitHub, of its token, of each job that repairs."""

from __future__ import annotations

from collections.abc import Callable

from bot.doctor.check import Fine, Remark, Unseen, Wrong, named
from bot.doctor.facts import CoderFacts, Facts, GitHubFacts, GitHubToken
from bot.doctor.workflow_file import Repair, Workflow

Look = Callable[[Facts], Remark | None]


def of_github(look: Callable[[GitHubFacts], Remark | None]) -> Look:
    """For a question about GitHub alone: it does not apply where GitHub is not asked for."""
    return lambda facts: None if facts.github is None else look(facts.github)


def of_token(look: Callable[[GitHubFacts, GitHubToken], Remark | None]) -> Look:
    """For a question about the token."""

    def asked(github: GitHubFacts) -> Remark | None:
        token = github.token
        return token if isinstance(token, Unseen) else look(github, token)

    return of_github(asked)


def each_repair(
    places: Callable[[GitHubFacts, Workflow, Repair], str], *, fine: bool = False
) -> Callable[[Facts], Remark | None]:
    """A question about each job; what is wrong is said once, with the files."""

    def look(github: GitHubFacts) -> Remark | None:
        if not github.repairing:
            return None
        said: dict[str, list[str]] = {}
        for workflow in github.repairing:
            for repair in workflow.repairs:
                wrong = places(github, workflow, repair)
                if wrong:
                    said.setdefault(wrong, []).append(workflow.file)
        if not said:
            return Fine("") if fine else None
        return Wrong(" ".join(f"{named(*sorted(set(f)))}: {w}" for w, f in said.items()))

    return of_github(look)


def of_coder(look: Callable[[CoderFacts], Remark | None]) -> Look:
    """For a question about Coder alone: it does not apply where Coder is not asked for."""
    return lambda facts: None if facts.coder is None else look(facts.coder)
