"""Questions about the workflow files that use coder-fix, as they stand on the default branch."""

from __future__ import annotations

from typing import Any, Final

from bot.doctor import links
from bot.doctor.check import Fine, Remark, Unseen, Wrong, broken, named, warning
from bot.doctor.checks.asking import each_repair, of_github
from bot.doctor.facts import Facts, GitHubFacts
from bot.doctor.workflow_file import FOLDER, Repair, Workflow

NEEDED: Final = {
    "actions": "read",
    "checks": "read",
    "contents": "read",
    "issues": "write",
    "pull-requests": "write",
    "statuses": "read",
}
"""What the examples grant; see README, Permissions."""

_RANK: Final = {"none": 0, "read": 1, "write": 2}
_DEAD: Final = frozenset({"check_suite", "check_run"})


@broken(
    "workflow-on-default-branch",
    "A workflow on the default branch uses coder-fix",
    remedy="Merge the workflow file into the default branch: `workflow_run`, comments, schedules"
    " and dispatches are taken from there alone.",
    link=links.WORKFLOW_EVENTS,
)
@of_github
def on_the_default_branch(github: GitHubFacts) -> Remark | None:
    """Local files of the checkout are compared, where there is one."""
    if isinstance(github.workflows, Unseen):
        return github.workflows
    if github.repairing:
        return Fine(f"{named(*(w.file for w in github.repairing))}.")
    if github.local:
        return Wrong(f"{named(*github.local)} is in this checkout only.")
    return Wrong(f"No file in {FOLDER} does; the examples in .github/examples show how.")


@broken(
    "workflow-readable",
    "The workflow files can be read",
    remedy="Correct the file; GitHub's Actions tab shows the same error.",
    link=links.WORKFLOW_SYNTAX,
)
@of_github
def can_be_read(github: GitHubFacts) -> Remark | None:
    """A file that GitHub cannot read never runs."""
    if isinstance(github.workflows, Unseen):
        return None
    broken_ones = [f"{named(w.file)}: {w.trouble}." for w in github.workflows if w.trouble]
    return Wrong(" ".join(broken_ones)) if broken_ones else None


@broken(
    "workflow-enabled",
    "The workflows are enabled",
    remedy="Enable it in the Actions tab, or with `gh workflow enable`.",
    link=links.DISABLED_WORKFLOWS,
)
@of_github
def are_enabled(github: GitHubFacts) -> Remark | None:
    """Somebody switched it off by hand."""
    if isinstance(github.states, Unseen):
        return github.states
    off = [w.file for w in github.repairing if github.states.get(w.path) == "disabled_manually"]
    if not github.repairing:
        return None
    return Wrong(f"{named(*off)} was disabled by hand.") if off else Fine("")


@broken(
    "schedule-enabled",
    "The schedules still run",
    remedy="Enable it in the Actions tab; in a quiet public repository GitHub switches schedules"
    " off after 60 days.",
    link=links.DISABLED_WORKFLOWS,
)
@of_github
def schedules_run(github: GitHubFacts) -> Remark | None:
    """No mail tells of it."""
    scheduled = [w for w in github.repairing if "schedule" in w.triggers]
    if isinstance(github.states, Unseen) or not scheduled:
        return None
    off = [w.file for w in scheduled if github.states.get(w.path) == "disabled_inactivity"]
    return Wrong(f"{named(*off)} was disabled for inactivity.") if off else Fine("")


@warning(
    "workflow-carried-on",
    "Somebody carries on what was begun",
    remedy="Add the workflow `reconcile.yml` of the examples: it does the next step of each open"
    " item.",
    link=links.WORKFLOW_EVENTS,
)
@of_github
def is_carried_on(github: GitHubFacts) -> Remark | None:
    """With `wait: none`, and inside a failing run, a job ends before the repair does."""

    def leaves(workflow: Workflow, repair: Repair) -> bool:
        wait = repair.inputs.get("wait") or ("complete" if workflow.outside else "none")
        sweeps = repair.inputs.get("trigger") == "upgrade"
        return (wait == "none" or sweeps) and repair.inputs.get("mode") != "report"

    repairs = [(w, r) for w in github.repairing for r in w.repairs]
    begun = [w.file for w, r in repairs if leaves(w, r)]
    if not begun:
        return None
    if any(r.inputs.get("trigger") == "reconcile" and "schedule" in w.triggers for w, r in repairs):
        return Fine("A schedule does.")
    return Wrong(f"{named(*sorted(set(begun)))} leaves before the end, and nothing comes back.")


@broken(
    "workflow-run-names",
    "The workflows that are listened to exist",
    remedy="Write the other workflow's `name:` under `workflows:`, letter by letter.",
    link=links.WORKFLOW_EVENTS,
)
def listened_to_exist(facts: Facts) -> Remark | None:
    """A name that nothing bears is no error for GitHub: it never fires."""

    def absent(github: GitHubFacts, workflow: Workflow, _: Repair) -> str:
        every = () if isinstance(github.workflows, Unseen) else github.workflows
        known = {w.name for w in every} | {w.path for w in every}
        missing = [n for n in _listened(workflow) if "*" not in n and n not in known]
        return f"no workflow is named {named(*missing)}." if missing else ""

    return each_repair(absent, fine=True)(facts)


@warning(
    "workflow-run-self",
    "No workflow listens to itself",
    remedy="Take its own name out of `workflows:`.",
    link=links.WORKFLOW_EVENTS,
)
def none_listens_to_itself(facts: Facts) -> Remark | None:
    """It would start once more for each of its ends, three deep."""

    def loops(_: GitHubFacts, workflow: Workflow, __: Repair) -> str:
        return "it listens to itself." if workflow.name in _listened(workflow) else ""

    return each_repair(loops)(facts)


@warning(
    "workflow-run-green",
    "Green runs start no job",
    remedy="Add `if: github.event.workflow_run.conclusion != 'success'` to the job.",
    link=links.WORKFLOW_EVENTS,
)
def green_starts_nothing(facts: Facts) -> Remark | None:
    """coder-fix would only say that nothing failed; the runner's minutes are spent."""

    def idle(_: GitHubFacts, workflow: Workflow, repair: Repair) -> str:
        asks = "conclusion" in repair.condition or "failure" in repair.condition
        watches = "workflow_run" in workflow.triggers
        return "a job starts for each run that ends, green or red." if watches and not asks else ""

    return each_repair(idle)(facts)


@broken(
    "workflow-never-fires",
    "The trigger fires",
    remedy="Use `workflow_run` with `types: [completed]`.",
    link=links.WORKFLOW_EVENTS,
)
def the_trigger_fires(facts: Facts) -> Remark | None:
    """GitHub starts no workflow for the check suites of Actions themselves."""

    def dead(_: GitHubFacts, workflow: Workflow, __: Repair) -> str:
        events = set(workflow.triggers)
        never = events and events <= _DEAD
        return f"{named(*sorted(events))} never fires for runs of Actions." if never else ""

    return each_repair(dead)(facts)


@broken(
    "workflow-permissions",
    "The jobs have the permissions",
    remedy="Write them under the job's `permissions:`; see README, Permissions.",
    link=links.WORKFLOW_SYNTAX,
)
def jobs_have_the_permissions(facts: Facts) -> Remark | None:
    """A `permissions:` makes `none` of what it does not name; without one the settings count."""

    def lacks(github: GitHubFacts, _: Workflow, repair: Repair) -> str:
        if not repair.default_token or repair.inputs.get("mode") == "report":
            return ""
        told = repair.permissions
        if told is None:
            job_token = github.job_token
            wide = isinstance(job_token, Unseen) or job_token.writes
            return "" if wide else "it names none, and the settings grant reading of contents only."
        missing = [f"{n}: {v}" for n, v in NEEDED.items() if _rank(told, n) < _RANK[v]]
        return f"{named(*missing, most=9)} is missing." if missing else ""

    return each_repair(lacks, fine=True)(facts)


@broken(
    "workflow-runner",
    "The jobs run on Linux",
    remedy="Set `runs-on: ubuntu-latest`, or a Linux runner of your own with Docker.",
    link=links.WORKFLOW_SYNTAX,
)
def jobs_run_on_linux(facts: Facts) -> Remark | None:
    """Container actions run nowhere else."""

    def elsewhere(_: GitHubFacts, __: Workflow, repair: Repair) -> str:
        bad = [x for x in repair.runs_on if x.lower().startswith(("windows", "macos"))]
        return f"container actions do not run on {named(*bad)}." if bad else ""

    return each_repair(elsewhere, fine=True)(facts)


def _listened(workflow: Workflow) -> tuple[str, ...]:
    on: Any = workflow.triggers.get("workflow_run")
    names = on.get("workflows") if isinstance(on, dict) else None
    if isinstance(names, str):
        return (names,)
    return tuple(str(name) for name in names) if isinstance(names, list) else ()


def _rank(told: Any, name: str) -> int:
    return _RANK.get(told.get(name, told.get("*", "none")), 0)
