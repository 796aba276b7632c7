"""What repairs left behind in a repository since a moment: all threads, fifty in a request."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from bot.adapters.github_api import convert, glance_query, history_query
from bot.adapters.github_api.client import Client
from bot.adapters.github_api.convert import Json
from bot.adapters.github_api.credentials import Words
from bot.adapters.github_api.history_query import Part
from bot.adapters.github_api.runs import RunReader
from bot.errors import ConfigurationError, UpstreamError
from bot.outcomes import ErrorKind
from bot.tally import Gap, History, Thread

MOST_PAGES = 100
_SIZE = 50
_SMALLEST = 5
_AT_ONCE = 10
_MORE_COMMENTS = 100
_ROUNDS = 5

Tell = Callable[[int], None]
"""Is told how many threads were read so far."""


class HistoryDesk:
    """Reads for `bot.tally`. `author` is who wrote our texts; the token's own account if empty."""

    def __init__(self, client: Client, author: str, close: Callable[[], None]) -> None:
        self._client = client
        self._author = author
        name = client.words.name
        self._bearer = f"this {name}" if name == Words().name else name
        self.close = close

    def owned(self, login: str) -> tuple[tuple[str, int], ...]:
        """Full name and id (0 where GraphQL has none) of each repository of an account, by name.

        Raises `ConfigurationError` where there is no such account, or none of its repositories.
        """
        found: list[tuple[str, int]] = []
        after: str | None = None
        while True:
            variables = {"login": login} | ({"after": after} if after else {})
            told = self._client.graphql(history_query.OWNED, variables, none_on=("NOT_FOUND",))
            owner = told["repositoryOwner"] if told else None
            if owner is None:
                raise ConfigurationError(
                    f"--organization: GitHub knows no account {login} that {self._bearer} sees.",
                    remedy="Check its name.",
                )
            listed = owner["repositories"]
            nodes = filter(None, listed["nodes"] or ())
            found += [(str(n["nameWithOwner"]), int(n["databaseId"] or 0)) for n in nodes]
            after = history_query.following(listed)
            if not after:
                break
        if not found:
            raise ConfigurationError(
                f"--organization: {self._bearer} sees no repository of {login}.",
                remedy="Give the token access to them, or name them with --repository.",
            )
        return tuple(found)

    def repository_id(self, full_name: str) -> int:
        """The id; a repository that cannot be seen is a `ConfigurationError`."""
        return RunReader(self._client, full_name).repository().id

    def read(self, full_name: str, repository_id: int, since: datetime, tell: Tell) -> History:
        """Every thread that changed since then, and the number of red runs.

        Raises `UpstreamError` of kind `github-permission` where pull requests may not be read.
        """
        gaps = set[Gap]()
        found = tuple(self._threads(full_name, since, gaps, tell))
        red = self._red_runs(full_name, since)
        if red is None:
            gaps.add(Gap.RUNS)
        return History(full_name, repository_id, found, red, frozenset(gaps))

    def ended(self, full_name: str, commits: Iterable[str]) -> tuple[dict[str, datetime], bool]:
        """When the last check of each commit ended, for those known; whether all could be read."""
        wanted, ends, is_whole = sorted(set(commits)), dict[str, datetime](), True
        for begin in range(0, len(wanted), _SIZE):
            document, variables = history_query.checks(wanted[begin : begin + _SIZE])
            told, broken = self._ask(full_name, document, variables)
            is_whole = is_whole and not broken
            for commit in told.values():
                is_commit = commit is not None and commit["__typename"] == "Commit"
                end = history_query.last_end(commit) if is_commit else None
                if end is not None:
                    ends[commit["oid"]] = end
        return ends, is_whole

    # --- how ------------------------------------------------------------------------------

    def _is_ours(self, data: Json) -> bool:
        if self._author:
            return glance_query.author(data).lower() == self._author.lower()
        return bool(data["viewerDidAuthor"])

    def _threads(
        self, full_name: str, since: datetime, gaps: set[Gap], tell: Tell
    ) -> Iterator[Thread]:
        cursors: dict[str, str | None] = {"pulls": None, "issues": None}
        count = 0
        for _ in range(MOST_PAGES):
            told, cursors = self._page(full_name, cursors, since, gaps)
            long: list[Part] = []
            for name, listed in told.items():
                fresh = [n for n in listed["nodes"] or () if n and _changed(n) >= since]
                count += len(fresh)
                yield from self._whole(name, fresh, long)
                after = history_query.following(listed)
                if after and len(fresh) == len(listed["nodes"]):
                    cursors[name] = after
                else:
                    del cursors[name]
            yield from self._long(full_name, long, gaps)
            tell(count)
            if not cursors:
                return
        gaps.add(Gap.THREADS)

    def _page(
        self, full_name: str, cursors: dict[str, str | None], since: datetime, gaps: set[Gap]
    ) -> tuple[dict[str, Any], dict[str, str | None]]:
        """The next page of each list; without issues where they may not be read."""
        size = _SIZE
        while True:
            document, variables = history_query.threads(cursors, size, since)
            try:
                told, broken = self._ask(full_name, document, variables)
            except UpstreamError as failure:
                # A page can be too much for GitHub, which then breaks off: ask for less of it.
                if (failure.status and failure.status < 500) or size <= _SMALLEST:
                    raise
                size //= 2
                continue
            if "pulls" in broken:
                raise UpstreamError(
                    ErrorKind.GITHUB_PERMISSION,
                    f"The pull requests of {full_name} cannot be read with {self._bearer}.",
                    status=403,
                    remedy="Grant it `pull-requests: read`.",
                )
            if "issues" not in broken:
                return told, cursors
            # GitHub answers nothing else then: a list is never null, so its repository is.
            gaps.add(Gap.ISSUES)
            cursors = {name: cursor for name, cursor in cursors.items() if name != "issues"}
            if not cursors:
                return {}, cursors

    def _whole(self, name: str, nodes: list[Any], long: list[Part]) -> Iterator[Thread]:
        """Those with all their comments; the others go to `long`."""
        make = history_query.pull_thread if name == "pulls" else history_query.issue_thread
        for node in nodes:
            thread = make(node, self._is_ours)
            after = history_query.following(node["comments"])
            if after:
                long.append(Part(thread, after))
            else:
                yield thread

    def _long(self, full_name: str, long: list[Part], gaps: set[Gap]) -> Iterator[Thread]:
        """With the rest of their comments."""
        for _ in range(_ROUNDS):
            left: list[Part] = []
            for begin in range(0, len(long), _AT_ONCE):
                some = long[begin : begin + _AT_ONCE]
                document, variables = history_query.comments(some, _MORE_COMMENTS)
                told, _broken = self._ask(full_name, document, variables)
                for place, part in enumerate(some):
                    data = told.get(f"a{place}")
                    if data is None:  # deleted meanwhile
                        continue
                    more = history_query.marked(data, self._is_ours)
                    thread = replace(part.thread, comments=(*part.thread.comments, *more))
                    after = history_query.following(data["comments"])
                    if after:
                        left.append(Part(thread, after))
                    else:
                        yield thread
            long = left
        if long:
            gaps.add(Gap.COMMENTS)
        yield from (part.thread for part in long)

    def _red_runs(self, full_name: str, since: datetime) -> int | None:
        """GitHub counts them, in one request; None where it may not be asked."""
        created = f">={since:%Y-%m-%dT%H:%M:%SZ}"
        told = self._client.get(
            f"/repos/{full_name}/actions/runs",
            none_on=(403, 404),
            status="failure",
            created=created,
            per_page=1,
        )
        return None if told is None else int(told["total_count"])

    def _ask(
        self, full_name: str, document: str, variables: Mapping[str, Any]
    ) -> tuple[dict[str, Any], frozenset[str]]:
        owner, _, name = full_name.partition("/")
        data, broken = self._client.graphql_parts(
            document, {"owner": owner, "name": name, **variables}
        )
        found = data.get("repository") or {}
        return {alias: value for alias, value in found.items() if alias not in broken}, broken


def _changed(node: Json) -> datetime:
    at = convert.time(node["updatedAt"])
    assert at is not None  # noqa: S101 - never null
    return at
