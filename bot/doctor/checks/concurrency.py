"""Questions about `concurrency:` where coder-fix is used: what evicts or cancels whom."""

from __future__ import annotations

from bot.doctor import links
from bot.doctor.check import Fine, Remark, Wrong, named, warning
from bot.doctor.checks.asking import each_repair, of_github
from bot.doctor.facts import Facts, GitHubFacts
from bot.doctor.workflow_file import Repair, Workflow


@warning(
    "concurrency-level",
    "Events for others evict nobody",
    remedy="Move `concurrency:` into the job: a workflow's group is taken before any `if:` is"
    " looked at, so an event that is ignored evicts the one that waits.",
    link=links.CONCURRENCY,
)
@of_github
def groups_are_in_jobs(github: GitHubFacts) -> Remark | None:
    """Of events that fire for much that is not ours: comments and foreign runs."""
    wide = {"issue_comment", "workflow_run", "pull_request_review_comment"}
    if not github.repairing:
        return None
    bad = [w.file for w in github.repairing if w.concurrency and wide & set(w.triggers)]
    if not bad:
        return Fine("")
    return Wrong(f"{named(*bad)} has a group for the whole workflow.")


@warning(
    "concurrency-cancel",
    "No repair is cancelled by the next event",
    remedy="Set `cancel-in-progress: false` for the job that repairs.",
    link=links.CONCURRENCY,
)
def none_is_cancelled(facts: Facts) -> Remark | None:
    """Inside the failing run itself it is allowed: nothing waits there."""

    def cancels(_: GitHubFacts, workflow: Workflow, repair: Repair) -> str:
        groups = (workflow.concurrency, repair.concurrency)
        if workflow.outside and any(group and group.cancels for group in groups):
            return "a newer event cancels the run that waits for the agent."
        return ""

    return each_repair(cancels, fine=True)(facts)


@warning(
    "concurrency-comments",
    "A `/coder stop` does not wait in a queue",
    remedy="Put the comment's id into the group, as the example `comment.yml` does.",
    link=links.CONCURRENCY,
)
def comments_do_not_queue(facts: Facts) -> Remark | None:
    """A group for all comments holds one that waits, and drops the others."""

    def queues(_: GitHubFacts, workflow: Workflow, repair: Repair) -> str:
        group = (repair.concurrency or workflow.concurrency) if _comments(workflow) else None
        if group and "comment.id" not in group.group:
            return "comments share one group, so all but the newest are dropped."
        return ""

    return each_repair(queues)(facts)


def _comments(workflow: Workflow) -> bool:
    return "issue_comment" in workflow.triggers
