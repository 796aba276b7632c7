"""The GraphQL documents of a glance, and their answers in our nouns. Pure.

A document asks for many items at once, each under an alias of its own, so that an item that cannot
be resolved leaves the others whole. Names of branches travel as variables.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.adapters.github_api import convert
from bot.adapters.github_api.convert import Json
from bot.model import Check, Job, PullRequest
from bot.ports import Comment
from bot.untrusted import Untrusted

_COMMENTS = 50
_PULLS = 10

PULL = """
number url title body state isDraft mergedAt viewerDidAuthor headRefName headRefOid baseRefName
baseRefOid createdAt closedAt author { __typename login } headRepository { nameWithOwner }
labels(first: 100) { nodes { name } }"""
"""What `pull_request` reads."""

_CONVERSATION = f"""
comments(first: {_COMMENTS}) {{
  nodes {{ fullDatabaseId url body viewerDidAuthor author {{ __typename login }} }}
  pageInfo {{ hasNextPage }} }}"""
_CHECKS = """
statusCheckRollup { contexts(first: 100) { nodes { __typename
  ... on CheckRun { name status conclusion permalink
    checkSuite { app { slug } workflowRun { url event workflow { databaseId } } } }
  ... on StatusContext { context state targetUrl } } } }"""
_TARGET = f"target {{ __typename oid ... on Commit {{ {_CHECKS} }} }}"
_TIP = f"commits(last: 1) {{ nodes {{ commit {{ oid {_CHECKS} }} }} }}"
_SUITES = """
__typename ... on Commit { checkSuites(first: 50) { nodes { workflowRun { url }
  checkRuns(first: 50, filterBy: {
    checkType: LATEST, conclusions: [FAILURE, TIMED_OUT, STARTUP_FAILURE] }) {
    nodes { name status conclusion permalink } pageInfo { hasNextPage } } }
  pageInfo { hasNextPage } } }"""


@dataclass(frozen=True, slots=True)
class Conversation:
    """The first comments of a pull request; `whole` when there are no others."""

    comments: tuple[Comment, ...]
    mine: frozenset[int]
    whole: bool


def items(numbers: Sequence[int], branches: Sequence[str]) -> tuple[str, dict[str, Any]]:
    """Those pull requests with their comments; those branches with their checks and requests."""
    fields = [
        f"p{n}: pullRequest(number: {n}) {{ {PULL} {_CONVERSATION} {_TIP} }}" for n in numbers
    ]
    variables: dict[str, Any] = {}
    for place, branch in enumerate(branches):
        variables |= {f"r{place}": f"refs/heads/{branch}", f"b{place}": branch}
        fields.append(f"r{place}: ref(qualifiedName: $r{place}) {{ {_TARGET} }}")
        fields.append(
            f"b{place}: pullRequests(headRefName: $b{place}, first: {_PULLS}, orderBy: "
            f"{{field: CREATED_AT, direction: DESC}}) {{ nodes {{ {PULL} }}"
            " pageInfo { hasNextPage } }"
        )
    return _document("String", variables, fields), variables


def failures(commits: Sequence[str]) -> tuple[str, dict[str, Any]]:
    """The red jobs of those commits."""
    variables = {f"c{place}": sha for place, sha in enumerate(commits)}
    fields = [f"{name}: object(oid: ${name}) {{ {_SUITES} }}" for name in variables]
    return _document("GitObjectID", variables, fields), variables


def _document(kind: str, variables: Mapping[str, Any], fields: Sequence[str]) -> str:
    declared = "".join(f", ${name}: {kind}!" for name in variables)
    inside = "\n".join(fields)
    return (
        f"query Glance($owner: String!, $name: String!{declared}) "
        f"{{ repository(owner: $owner, name: $name) {{\n{inside}\n}} }}"
    )


def pull_request(data: Json, viewer: str) -> PullRequest:
    """As REST has it; `mergeable_state` is not asked for, as in REST's lists."""
    return PullRequest(
        number=data["number"],
        url=data["url"],
        title=Untrusted(data["title"]),
        body=Untrusted(data["body"] or ""),
        state="open" if data["state"] == "OPEN" else "closed",
        draft=data["isDraft"],
        merged=bool(data["mergedAt"]),
        author=author(data, viewer),
        head_ref=data["headRefName"],
        head_sha=data["headRefOid"],
        head_repository=(data["headRepository"] or {}).get("nameWithOwner", ""),
        base_ref=data["baseRefName"],
        base_sha=data["baseRefOid"],
        labels=tuple(node["name"] for node in (data["labels"] or {}).get("nodes") or ()),
        created_at=convert.time(data["createdAt"]),
        closed_at=convert.time(data["closedAt"]),
    )


def conversation(data: Json, viewer: str) -> Conversation:
    """The comments of a pull request of `items`."""
    nodes = [node for node in data["comments"]["nodes"] or () if node]
    found = tuple(
        Comment(
            id=int(node["fullDatabaseId"] or 0),
            author=author(node, viewer),
            body=Untrusted(node["body"]),
            url=node["url"],
            thread=int(data["number"]),
        )
        for node in nodes
    )
    mine = frozenset(c.id for c, n in zip(found, nodes, strict=True) if n["viewerDidAuthor"])
    return Conversation(found, mine, whole=not data["comments"]["pageInfo"]["hasNextPage"])


def author(data: Json, viewer: str = "") -> str:
    """Ours is `viewer`, where that is given."""
    return viewer if viewer and data["viewerDidAuthor"] else convert.actor(data["author"])


def checks(target: Json, own_run: int) -> tuple[Check, ...]:
    """The check runs and statuses of a branch's head."""
    rollup = target.get("statusCheckRollup")
    nodes = rollup["contexts"]["nodes"] if rollup else ()
    return tuple(_check(node, own_run) for node in nodes or () if node)


def _check(node: Json, own_run: int) -> Check:
    if node["__typename"] == "StatusContext":
        told = {"context": node["context"], "state": node["state"].lower()}
        return convert.status({**told, "target_url": node["targetUrl"]})
    suite = node["checkSuite"]
    run = suite["workflowRun"] or {}
    run_id = last_number(run.get("url"))
    return Check(
        name=Untrusted(node["name"]),
        status=node["status"].lower(),
        conclusion=_lower(node["conclusion"]),
        url=node["permalink"],
        app=(suite["app"] or {}).get("slug", ""),
        workflow_id=(run.get("workflow") or {}).get("databaseId") or 0,
        event=run.get("event", ""),
        run_id=run_id,
        job_id=last_number(node["permalink"]),
        ours=bool(run_id) and run_id == own_run,
    )


def red_jobs(commit: Json) -> Iterator[tuple[int, tuple[Job, ...]]]:
    """Run id and its red jobs, for each run of which all of them are told."""
    if commit["checkSuites"]["pageInfo"]["hasNextPage"]:
        return
    for suite in commit["checkSuites"]["nodes"] or ():
        run_id = last_number((suite["workflowRun"] or {}).get("url"))
        told = suite["checkRuns"]
        if run_id and told and not told["pageInfo"]["hasNextPage"]:
            yield run_id, tuple(_job(node) for node in told["nodes"])


def _job(node: Json) -> Job:
    number = last_number(node["permalink"])
    return Job(
        id=number,
        name=Untrusted(node["name"]),
        status=node["status"].lower(),
        conclusion=_lower(node["conclusion"]),
        url=node["permalink"],
        check_run_id=number,
    )


def last_number(url: str | None) -> int:
    """The number at the end of an address, 0 without one: ids do not fit into `databaseId`."""
    end = (url or "").rpartition("/")[2]
    return int(end) if end.isdigit() else 0


def _lower(word: str | None) -> str | None:
    return word.lower() if word else None
