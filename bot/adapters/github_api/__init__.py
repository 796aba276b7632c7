"""GitHub: implements `bot.ports.CodeHost`. Only `client` knows PyGithub."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager

from bot.adapters.github_api.client import Client
from bot.adapters.github_api.comments import CommentDesk
from bot.adapters.github_api.issues import IssueDesk
from bot.adapters.github_api.pulls import PullRequestDesk
from bot.adapters.github_api.runs import RunReader
from bot.adapters.job_logs import LogDownloads
from bot.model import Job, JobLog, MissingLog
from bot.ports import Clock


class GitHubApi(RunReader, PullRequestDesk, CommentDesk, IssueDesk):
    """All of GitHub for one repository and one token."""

    def __init__(
        self, *, api_url: str, token: str, full_name: str, clock: Clock, own_run: int = 0
    ) -> None:
        client = Client(api_url=api_url, token=token, clock=clock, user_agent="coder-fix")
        self.close = client.close
        RunReader.__init__(self, client, full_name)
        PullRequestDesk.__init__(self, client, full_name, own_run)
        CommentDesk.__init__(self, client, full_name)
        IssueDesk.__init__(self, client, full_name, self.viewer)

    @property
    def requests(self) -> int:
        """Requests sent so far, retries included."""
        return self._client.requests

    def logs(
        self, jobs: Sequence[Job], arrived: Callable[[JobLog], None] | None = None
    ) -> AbstractContextManager[tuple[Iterator[JobLog], Sequence[MissingLog]]]:
        """Download the jobs' logs; see `LogDownloads`."""
        return LogDownloads(self.log_address).fetch(jobs, arrived)
