"""The GraphQL document of one issue or pull request, and its answer in our nouns. Pure.

REST does not tell when a text was edited: its `updated_at` moves with every comment and label.
"""

from __future__ import annotations

from bot.adapters.github_api import convert
from bot.adapters.github_api.convert import Json
from bot.model import Thread
from bot.untrusted import Untrusted

# `state` has two types, one for issues and one for pull requests, which must not be merged.
_FIELDS = """
number url title body closed locked createdAt lastEditedAt author { __typename login }
labels(first: 100) { nodes { name } } repository { nameWithOwner }
timelineItems(last: 1, itemTypes: [RENAMED_TITLE_EVENT]) {
  nodes { __typename ... on RenamedTitleEvent { createdAt } } }"""
DOCUMENT = f"""query Thread($owner: String!, $name: String!, $number: Int!) {{
  repository(owner: $owner, name: $name) {{ nameWithOwner
    thread: issueOrPullRequest(number: $number) {{ __typename
      ... on Issue {{ {_FIELDS} }}
      ... on PullRequest {{ {_FIELDS} }} }} }} }}"""


def thread(repository: Json) -> Thread | None:
    """None where it belongs to another repository: a transferred issue is found by its old number.

    `lastEditedAt` is of the body alone; a new title is an event of the timeline.
    """
    data = repository["thread"]
    if data is None or data["repository"]["nameWithOwner"] != repository["nameWithOwner"]:
        return None
    renamed = [node["createdAt"] for node in data["timelineItems"]["nodes"] or () if node]
    edits = (convert.time(stamp) for stamp in (data["lastEditedAt"], *renamed))
    return Thread(
        number=data["number"],
        title=Untrusted(data["title"]),
        body=Untrusted(data["body"]),
        author=convert.actor(data["author"]),
        labels=tuple(node["name"] for node in (data["labels"] or {}).get("nodes") or () if node),
        state="closed" if data["closed"] else "open",
        locked=data["locked"],
        url=data["url"],
        created_at=convert.time(data["createdAt"]),
        edited_at=max(filter(None, edits), default=None),
    )
