"""Many items in a few requests: answers from what was read together, and asks for all else.

A request of GraphQL tells of fifty pull requests what REST tells in hundreds. What it does not tell
for certain (a second page, a field that the token may not see) is read as always.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from bot.adapters.github_api import convert, glance_query
from bot.adapters.github_api.client import Client
from bot.adapters.github_api.glance_query import Conversation
from bot.adapters.github_api.repository import GitHubRepository
from bot.model import Check, Job, PullRequest, RunRef, WorkflowRun
from bot.ports import Comment, Issue

_MOST = 1000
"""Results that GitHub gives for one search of runs."""

_HOUR = timedelta(hours=1)


class GlanceDesk(GitHubRepository):
    """Implements `bot.ports.Glance`."""

    def __init__(self, client: Client, full_name: str, own_run: int) -> None:
        super().__init__(client, full_name, own_run)
        self._pulls: dict[int, PullRequest] = {}
        self._talks: dict[int, Conversation] = {}
        self._heads: dict[str, str] = {}
        self._by_branch: dict[str, tuple[PullRequest, ...]] = {}
        self._under_way: dict[str, tuple[Check, ...]] = {}
        self._red: dict[int, WorkflowRun] = {}
        self._jobs: dict[int, tuple[Job, ...]] = {}
        self._required: dict[str, tuple[str, ...]] = {}
        self._lists: dict[str, Iterator[Any]] = {}
        self._lowest: dict[str, int] = {}
        self._issues: tuple[Issue, ...] | None = None

    def look(self, numbers: Sequence[int], branches: Sequence[str]) -> None:
        """One request; see `bot.ports.Glance`. A pull request tells the head of its branch too."""
        document, variables = glance_query.items(numbers, branches)
        told = self._ask(document, variables)
        viewer = self.viewer()
        for number in numbers:
            data = told.get(f"p{number}")
            if data is not None:
                pull = self._pulls[number] = glance_query.pull_request(data, viewer)
                self._talks[number] = glance_query.conversation(data, viewer)
                for node in data["commits"]["nodes"]:
                    self._note_checks(node["commit"])
                if pull.head_repository == self._full_name and pull.state == "open":
                    self._heads[pull.head_ref] = pull.head_sha
        for place, branch in enumerate(branches):
            self._note_head(branch, told, f"r{place}")
            found = told.get(f"b{place}")
            if found is not None and not found["pageInfo"]["hasNextPage"]:
                pulls = (glance_query.pull_request(node, viewer) for node in found["nodes"])
                self._by_branch[branch] = tuple(pulls)

    def look_at_runs(self, runs: Mapping[int, str], before: datetime | None) -> None:
        """One request of GraphQL and a few pages; see `bot.ports.Glance`."""
        commits = sorted({sha for sha in runs.values() if sha})
        if not commits:
            return
        told = self._ask(*glance_query.failures(commits))
        for commit in told.values():
            if commit is not None and commit["__typename"] == "Commit":
                self._jobs |= dict(glance_query.red_jobs(commit))
        wanted = set(runs) - set(self._red)
        if wanted:
            self._look_for(wanted, before)

    # --- what is known already -------------------------------------------------------------

    def run(self, ref: RunRef) -> WorkflowRun:
        """From the pages of red runs, which tell of the newest attempt."""
        known = None if ref.attempt else self._red.get(ref.id)
        return known or super().run(ref)

    def jobs(self, ref: RunRef) -> tuple[Job, ...]:
        """Of a run that is red, the red ones are all that a glance needs."""
        known = ref.id in self._red and not ref.attempt
        return self._jobs[ref.id] if known and ref.id in self._jobs else super().jobs(ref)

    def pull_request(self, number: int) -> PullRequest | None:
        """Without `mergeable_state` when it was told together with others."""
        return self._pulls.get(number) or super().pull_request(number)

    def pull_requests_for(
        self, branch: str, *, owner: str = "", state: str = "open", base: str = ""
    ) -> tuple[PullRequest, ...]:
        """From what was told of the branch, in the same order."""
        known = self._by_branch.get(branch)
        if known is None:
            return super().pull_requests_for(branch, owner=owner, state=state, base=base)
        return tuple(
            pull
            for pull in known
            if pull.head_repository.partition("/")[0] == (owner or self._owner)
            and state in {"all", pull.state}
            and base in {"", pull.base_ref}
        )

    def branch_head(self, branch: str) -> str:
        """Empty where the branch was asked for and is not there."""
        known = self._heads.get(branch)
        return super().branch_head(branch) if known is None else known

    def checks(self, sha: str) -> tuple[Check, ...]:
        """Only while some are under way: their end is read from the runs themselves."""
        return self._under_way.get(sha) or super().checks(sha)

    def find_comment(self, number: int, marker: str) -> Comment | None:
        """Among the first comments, where those hold it or are all."""
        talk = self._talks.get(number)
        if talk is not None:
            ours = (c for c in talk.comments if c.id in talk.mine and marker in c.body.raw)
            found = next(ours, None)
            if found is not None or talk.whole:
                return found
        return super().find_comment(number, marker)

    def required_checks(self, branch: str) -> tuple[str, ...]:
        """Asked once for each branch."""
        if branch not in self._required:
            self._required[branch] = super().required_checks(branch)
        return self._required[branch]

    def our_issues(self) -> tuple[Issue, ...]:
        """Asked once."""
        if self._issues is None:
            self._issues = super().our_issues()
        return self._issues

    # --- how ------------------------------------------------------------------------------

    def _ask(self, document: str, variables: Mapping[str, Any]) -> dict[str, Any]:
        """What was resolved, by alias."""
        owner, _, name = self._full_name.partition("/")
        data, broken = self._client.graphql_parts(
            document, {"owner": owner, "name": name, **variables}
        )
        found = data.get("repository") or {}
        return {alias: value for alias, value in found.items() if alias not in broken}

    def _note_head(self, branch: str, told: Mapping[str, Any], alias: str) -> None:
        if alias not in told:
            return
        ref = told[alias]
        target = ref["target"] if ref else None
        if ref is not None and (target is None or target["__typename"] != "Commit"):
            return
        self._heads[branch] = target["oid"] if target else ""
        if target:
            self._note_checks(target)

    def _note_checks(self, commit: Mapping[str, Any]) -> None:
        checks = glance_query.checks(commit, self._own_run)
        if any(check.status != "completed" for check in checks):
            self._under_way[commit["oid"]] = checks

    def _look_for(self, wanted: set[int], before: datetime | None) -> None:
        """Newest first, from the next full hour on, so that others go on in the same list.

        Ids grow with time: what is not there when a lower one comes is no red run.
        """
        hour = (before + _HOUR).strftime("%Y-%m-%dT%H:00:00Z") if before else ""
        if hour not in self._lists:
            until = {"created": f"<={hour}"} if hour else {}
            found = self._client.pages(
                f"{self._at}/actions/runs", "workflow_runs", status="failure", **until
            )
            self._lists[hour] = islice(found, _MOST)
        lowest = self._lowest.get(hour, sys.maxsize)
        while any(number < lowest for number in wanted):
            data = next(self._lists[hour], None)
            lowest = data["id"] if data else 0
            if data:
                self._red[lowest] = convert.run(data)
                wanted.discard(lowest)
        self._lowest[hour] = lowest
