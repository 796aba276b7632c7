"""Questions about the step that uses coder-fix: what it is given, and what stands beside it."""

from __future__ import annotations

from difflib import get_close_matches

from bot.doctor import links
from bot.doctor.check import Remark, broken, named, warning
from bot.doctor.checks.asking import each_repair
from bot.doctor.facts import Facts, GitHubFacts
from bot.doctor.workflow_file import Repair, Workflow
from bot.untrusted import Untrusted


@broken(
    "step-inputs",
    "The step's inputs exist",
    remedy="Correct the name; see README, Inputs.",
    link=links.WORKFLOW_SYNTAX,
)
def inputs_exist(facts: Facts) -> Remark | None:
    """A runner only warns of an unknown input, and goes on without it."""
    known = facts.machine.known_inputs

    def unknown(_: GitHubFacts, __: Workflow, repair: Repair) -> str:
        wrong = [name for name in repair.inputs if name.lower() not in known]
        if not wrong:
            return ""
        return f"there is no input {named(*wrong)}{_nearest(wrong[0], known)}"

    return each_repair(unknown, fine=True)(facts)


@broken(
    "step-coder",
    "The step says where Coder is",
    remedy="Give `coder-url: ${{ vars.CODER_URL }}` and `coder-token: ${{ secrets.CODER_TOKEN }}`.",
    link=links.SECRETS,
)
def says_where_coder_is(facts: Facts) -> Remark | None:
    """Only a diagnosis (`mode: report`) needs no Coder."""

    def silent(_: GitHubFacts, __: Workflow, repair: Repair) -> str:
        missing = [n for n in ("coder-url", "coder-token") if not repair.inputs.get(n)]
        if repair.inputs.get("mode") == "report" or not missing:
            return ""
        return f"{named(*missing)} is missing."

    return each_repair(silent, fine=True)(facts)


@broken(
    "step-secret",
    "Tokens come from secrets",
    remedy="Revoke that token now, store a new one as a secret, and give `${{ secrets.NAME }}`.",
    link=links.SECURE_USE,
)
def tokens_come_from_secrets(facts: Facts) -> Remark | None:
    """Whoever can read the file has it. Its value is not shown here either."""

    def open_ones(_: GitHubFacts, __: Workflow, repair: Repair) -> str:
        given = {n: repair.inputs.get(n, "") for n in ("coder-token", "github-token")}
        plain = [n for n, value in given.items() if value and "${{" not in value]
        return f"{named(*plain)} stands in the file in plain text." if plain else ""

    return each_repair(open_ones)(facts)


@warning(
    "step-pinned",
    "The action is pinned to a commit",
    remedy="Write the release's full commit behind the @, with the version as a comment.",
    link=links.SECURE_USE,
)
def is_pinned(facts: Facts) -> Remark | None:
    """A tag can be moved to other code; a commit cannot."""

    def loose(_: GitHubFacts, __: Workflow, repair: Repair) -> str:
        local = repair.uses.startswith("./")
        return "" if repair.pinned or local else f"{named(repair.uses)} can be moved."

    return each_repair(loose, fine=True)(facts)


@warning(
    "step-untrusted-code",
    "No stranger's code runs beside the tokens",
    remedy="Take the checkout out of that job: coder-fix needs none outside of a failing run.",
    link=links.SECURE_USE,
)
def no_stranger_beside(facts: Facts) -> Remark | None:
    """These events carry secrets even where a stranger's pull request is behind them."""
    with_secrets = {"pull_request_target", "issue_comment", "workflow_run"}

    def beside(_: GitHubFacts, workflow: Workflow, repair: Repair) -> str:
        checks_out = any(action.startswith("actions/checkout@") for action in repair.beside)
        if checks_out and with_secrets & set(workflow.triggers):
            return "the job checks code out beside the tokens."
        return ""

    return each_repair(beside)(facts)


def _nearest(name: str, known: tuple[str, ...]) -> str:
    """`; did you mean …?`, where something is near."""
    near = get_close_matches(name, known, n=1)
    return f"; did you mean {named(Untrusted(near[0]))}?" if near else ""
