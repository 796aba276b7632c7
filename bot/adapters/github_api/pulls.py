"""Pull requests, branches and the checks of a commit."""

from __future__ import annotations

import base64
from dataclasses import replace
from itertools import islice
from urllib.parse import quote

from bot.adapters.github_api import convert
from bot.adapters.github_api.client import PER_PAGE, Client
from bot.diff_policy import Comparison, read_files
from bot.errors import UpstreamError
from bot.model import Check, PullRequest
from bot.outcomes import ErrorKind
from bot.untrusted import Untrusted

_COMPARED = frozenset({"ahead", "behind", "diverged", "identical"})
_PASSING = frozenset({"success", "neutral", "skipped"})


class PullRequestDesk:
    """Implements `bot.ports.PullRequests`. `own_run` is the run in which we run, 0 for none."""

    def __init__(self, client: Client, full_name: str, own_run: int = 0) -> None:
        self._client = client
        self._owner = full_name.partition("/")[0]
        self._at = f"/repos/{full_name}"
        self._own_run = own_run
        self._compared = ("", "", Comparison(""))

    def pull_request(self, number: int) -> PullRequest | None:
        """That pull request; None when there is none."""
        data = self._client.get(f"{self._at}/pulls/{number}", none_on=(404,))
        return None if data is None else convert.pull_request(data)

    def pull_requests_for(
        self, branch: str, *, owner: str = "", state: str = "open", base: str = ""
    ) -> tuple[PullRequest, ...]:
        """By the filter `head`, which wants `owner:branch`."""
        query = {"head": f"{owner or self._owner}:{branch}", "state": state}
        query |= {"base": base} if base else {}
        found = (convert.pull_request(d) for d in self._client.pages(f"{self._at}/pulls", **query))
        # GitHub ignores a `head` that it cannot parse and answers everything.
        return tuple(pull for pull in found if pull.head_ref == branch)

    def open_pull_requests(self) -> tuple[PullRequest, ...]:
        """Every open one, newest first."""
        pages = self._client.pages(f"{self._at}/pulls", state="open")
        return tuple(convert.pull_request(d) for d in pages)

    def closed_pull_requests(self) -> tuple[PullRequest, ...]:
        """One page, however many there are."""
        pages = self._client.pages(
            f"{self._at}/pulls", state="closed", sort="updated", direction="desc"
        )
        return tuple(convert.pull_request(d) for d in islice(pages, PER_PAGE))

    def branches(self, prefix: str) -> tuple[str, ...]:
        """By the matching references, which have no pages: one request for all."""
        found = self._client.get(f"{self._at}/git/matching-refs/heads/{quote(prefix, safe='/')}")
        return tuple(data["ref"].removeprefix("refs/heads/") for data in found)

    def text_at(self, path: str, sha: str) -> Untrusted | None:
        """By the contents API: a folder is a list there; above 1 MB the `encoding` is `none`."""
        found = self._client.get(f"{self._at}/contents/{quote(path)}", ref=sha, none_on=(403, 404))
        if not isinstance(found, dict) or found.get("encoding") != "base64":
            return None
        try:
            raw = base64.b64decode(str(found.get("content") or ""))
        except ValueError:
            return None
        return Untrusted(raw.decode("utf-8", "replace"))

    def files(self, sha: str) -> tuple[str, ...]:
        """One request. 409 is an empty repository; 404 is an empty tree too (community#131150)."""
        path = f"{self._at}/git/trees/{quote(sha, safe='')}"
        found = self._client.get(path, none_on=(404, 409), recursive="1")
        return tuple(e["path"] for e in (found or {}).get("tree") or () if e["type"] == "blob")

    def compare(self, base_sha: str, head_sha: str) -> Comparison:
        """One request: the first page holds the files, up to 300, whatever its size.

        The last one is kept, since commits never change. A single 404 proves nothing.
        """
        if (base_sha, head_sha) == self._compared[:2]:
            return self._compared[2]
        found = self._comparison(base_sha, head_sha) or self._comparison(base_sha, head_sha)
        if found is None or not found.is_readable:
            return Comparison("")
        self._compared = (base_sha, head_sha, found)
        return found

    def _comparison(self, base: str, head: str) -> Comparison | None:
        path = f"{self._at}/compare/{base}...{head}"
        try:
            found = self._client.get(path, none_on=(403, 404), per_page=1)
        except UpstreamError as refused:
            # 500 "this diff is taking too long to generate", code `not_available`, and for good.
            if refused.status < 500 or "not_available" not in refused.detail.raw:
                raise
            return Comparison("")
        if not isinstance(found, dict) or found.get("status") not in _COMPARED:
            return None
        left = (found.get("merge_base_commit") or {}).get("sha", "")
        return Comparison(found["status"], read_files(found.get("files") or ()), left)

    def branch_head(self, branch: str) -> str:
        """The head SHA; empty when there is no such branch."""
        path = f"{self._at}/git/ref/heads/{quote(branch, safe='/')}"
        data = self._client.get(path, none_on=(404,))
        return "" if data is None else str(data["object"]["sha"])

    def open_pull_request(
        self, *, head: str, base: str, title: str, body: str, draft: bool
    ) -> PullRequest:
        """Find, else create, else find again: a lost answer or a race makes no second one."""
        found = self._open_one(head, base)
        if found is not None:
            return found
        try:
            return self._create(head, base, title, body, draft=draft)
        except UpstreamError:
            found = self._open_one(head, base)
            if found is None:
                raise
            return found

    def update_pull_request(self, number: int, *, body: str) -> None:
        """Replace the body."""
        self._client.patch(f"{self._at}/pulls/{number}", {"body": body})

    def required_checks(self, branch: str) -> tuple[str, ...]:
        """From the rules that apply to the branch; they need no more than `metadata: read`."""
        path = f"{self._at}/rules/branches/{quote(branch, safe='')}"
        try:
            rules = list(self._client.pages(path))
        except UpstreamError as refused:
            if refused.status in {403, 404}:
                return ()
            raise
        wanted = (rule for rule in rules if rule.get("type") == "required_status_checks")
        return tuple(
            check["context"]
            for rule in wanted
            for check in (rule.get("parameters") or {}).get("required_status_checks") or ()
        )

    def checks(self, sha: str) -> tuple[Check, ...]:
        """Check runs and statuses of the commit, Actions' ones with their workflow run."""
        suites = {
            run["check_suite_id"]: run
            for run in self._client.pages(f"{self._at}/actions/runs", "workflow_runs", head_sha=sha)
        }
        runs = self._client.pages(
            f"{self._at}/commits/{sha}/check-runs", "check_runs", filter="latest"
        )
        checks = [self._with_run(convert.check_run(data), suites) for data in runs]
        checks += [self._of_run(run) for run in suites.values() if _tells_more(run, checks)]
        combined = self._client.pages(f"{self._at}/commits/{sha}/status", "statuses")
        return (*checks, *(convert.status(data) for data in combined))

    def _with_run(self, check: Check, suites: dict[int, convert.Json]) -> Check:
        run = suites.get(check.suite_id)
        if run is None:
            return check
        # A job with job-level `continue-on-error` is red in a green run: the run decides.
        forgiven = check.conclusion == "failure" and run.get("conclusion") == "success"
        return replace(
            check,
            conclusion="neutral" if forgiven else check.conclusion,
            workflow_id=run["workflow_id"],
            event=run["event"],
            run_id=run["id"],
            ours=run["id"] == self._own_run,
        )

    def _of_run(self, run: convert.Json) -> Check:
        """A run that its jobs do not tell: none yet, more to come, or failed at start-up."""
        data = convert.run(run)
        return Check(
            name=data.name,
            status=data.status,
            conclusion=data.conclusion,
            url=data.url,
            app="github-actions",
            workflow_id=data.workflow_id,
            event=data.event,
            run_id=data.id,
            ours=data.id == self._own_run,
        )

    def _open_one(self, head: str, base: str) -> PullRequest | None:
        try:
            found = self.pull_requests_for(head, base=base)
        except UpstreamError as refused:
            if refused.status != 403:
                raise
            # Only the refusal of the creation itself means that creating is forbidden.
            raise UpstreamError(
                ErrorKind.GITHUB,
                refused.message,
                status=refused.status,
                detail=refused.detail,
                remedy=refused.remedy,
            ) from refused
        return found[-1] if found else None

    def _create(self, head: str, base: str, title: str, body: str, *, draft: bool) -> PullRequest:
        request = {"head": head, "base": base, "title": title, "body": body, "draft": draft}
        try:
            return convert.pull_request(self._client.post(f"{self._at}/pulls", request))
        except UpstreamError as refused:
            # Private repositories of some plans have no drafts: 422 "Draft pull requests are not
            # supported in this repository."
            if not draft or refused.status != 422 or "draft" not in refused.detail.raw.lower():
                raise
            return self._create(head, base, title, body, draft=False)


def _tells_more(run: convert.Json, checks: list[Check]) -> bool:
    """Whether a run says what its check runs do not: a job that waits for others has none yet."""
    own = [check for check in checks if check.run_id == run["id"]]
    if not own or run["status"] != "completed":
        return True
    return run["conclusion"] not in _PASSING and all(c.conclusion in _PASSING for c in own)
