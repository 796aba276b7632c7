"""The GraphQL documents of a history, and their answers as threads. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.adapters.github_api import convert, glance_query
from bot.adapters.github_api.convert import Json
from bot.tally import Text, Thread
from bot.untrusted import Untrusted

PER_THREAD = 30
"""Comments that come with their thread; ours stands near the first red run."""

_MARK = "<!-- coder-fix:"
_WHO = "viewerDidAuthor author { __typename login }"
_ISSUE = f"number body createdAt updatedAt {_WHO}"
_TALK = f"nodes {{ body createdAt {_WHO} }} pageInfo {{ hasNextPage endCursor }}"
_NEWEST = "orderBy: {field: UPDATED_AT, direction: DESC}"
_PAGE = "pageInfo { hasNextPage endCursor }"

Ours = Callable[[Json], bool]
"""Whether we wrote what those fields tell of."""


@dataclass(frozen=True, slots=True)
class Part:
    """The rest of a thread's comments: where it goes on."""

    thread: Thread
    cursor: str


def threads(cursors: Mapping[str, str | None], size: int, since: datetime) -> tuple[str, Json]:
    """The next page of `pulls`, of `issues`, or of both, each after its cursor."""
    variables: dict[str, Any] = {name: cursor for name, cursor in cursors.items() if cursor}
    lists = {
        "pulls": f"pullRequests(%s, {_NEWEST}) {{ nodes {{ {glance_query.PULL} updatedAt",
        "issues": f"issues(%s, filterBy: {{since: $since}}, {_NEWEST}) {{ nodes {{ {_ISSUE}",
    }
    declared = "".join(f", ${name}: String!" for name in variables)
    if "issues" in cursors:
        declared += ", $since: DateTime!"
        variables["since"] = f"{since:%Y-%m-%dT%H:%M:%SZ}"
    fields = []
    for name in cursors:
        after = f", after: ${name}" if name in variables else ""
        begin = lists[name] % f"first: {size}{after}"
        comments = f"comments(first: {PER_THREAD}) {{ {_TALK} }}"
        fields.append(f"{name}: {begin} {comments} }} {_PAGE} }}")
    return _document(declared, fields), variables


def comments(parts: Sequence[Part], size: int) -> tuple[str, Json]:
    """The next comments of each of those threads, in their order."""
    variables = {f"a{place}": part.cursor for place, part in enumerate(parts)}
    fields = [
        f"a{place}: {'pullRequest' if part.thread.pull else 'issue'}"
        f"(number: {part.thread.number}) {{ "
        f"comments(first: {size}, after: $a{place}) {{ {_TALK} }} }}"
        for place, part in enumerate(parts)
    ]
    return _document("".join(f", ${name}: String!" for name in variables), fields), variables


def checks(commits: Sequence[str]) -> tuple[str, Json]:
    """When each check of those commits ended."""
    variables = {f"c{place}": sha for place, sha in enumerate(commits)}
    told = "__typename ... on CheckRun { completedAt } ... on StatusContext { createdAt }"
    fields = [
        f"{name}: object(oid: ${name}) {{ __typename ... on Commit {{ oid statusCheckRollup "
        f"{{ contexts(first: 100) {{ nodes {{ {told} }} }} }} }} }}"
        for name in variables
    ]
    return _document("".join(f", ${name}: GitObjectID!" for name in variables), fields), variables


OWNED = f"""query Owned($login: String!, $after: String) {{
  repositoryOwner(login: $login) {{
    repositories(first: 100, after: $after, isArchived: false, ownerAffiliations: [OWNER],
      orderBy: {{field: NAME, direction: ASC}}) {{
      nodes {{ nameWithOwner databaseId }} {_PAGE} }} }}
}}"""
"""The repositories of an account that the token sees, without the archived ones."""


def _document(declared: str, fields: Sequence[str]) -> str:
    inside = "\n".join(fields)
    return (
        f"query History($owner: String!, $name: String!{declared}) "
        f"{{ repository(owner: $owner, name: $name) {{\n{inside}\n}} }}"
    )


def pull_thread(data: Json, is_ours: Ours) -> Thread:
    """A pull request of `threads`."""
    pull = glance_query.pull_request(data, "")
    return Thread(pull.number, _text(data, is_ours), marked(data, is_ours), pull)


def issue_thread(data: Json, is_ours: Ours) -> Thread:
    """An issue of `threads`."""
    return Thread(int(data["number"]), _text(data, is_ours), marked(data, is_ours))


def marked(data: Json, is_ours: Ours) -> tuple[Text, ...]:
    """Those of its comments that hold a marker like ours: the others tell nothing."""
    nodes = data["comments"]["nodes"] or ()
    return tuple(_text(node, is_ours) for node in nodes if node and _MARK in node["body"])


def following(data: Json) -> str:
    """Where the list goes on; empty at its end."""
    page = data["pageInfo"]
    return str(page["endCursor"] or "") if page["hasNextPage"] else ""


def last_end(commit: Json) -> datetime | None:
    """When the last check of a commit of `checks` ended; None without any that has ended."""
    rollup = commit["statusCheckRollup"]
    nodes = rollup["contexts"]["nodes"] or () if rollup else ()
    times = (node.get("completedAt") or node.get("createdAt") for node in nodes if node)
    ends = [end for end in map(convert.time, times) if end]
    return max(ends, default=None)


def _text(data: Json, is_ours: Ours) -> Text:
    at = convert.time(data["createdAt"])
    assert at is not None  # noqa: S101 - `createdAt` is never null
    return Text(glance_query.author(data), Untrusted(data["body"] or ""), at, is_ours(data))
