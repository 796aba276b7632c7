"""Everything about one repository, over a client that others may share."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager

from bot.adapters.github_api.alerts import AlertDesk
from bot.adapters.github_api.artifacts import ArtifactDesk
from bot.adapters.github_api.client import Client
from bot.adapters.github_api.comments import CommentDesk
from bot.adapters.github_api.files import file_on_default_branch
from bot.adapters.github_api.issues import IssueDesk
from bot.adapters.github_api.pulls import PullRequestDesk
from bot.adapters.github_api.runs import RunReader
from bot.adapters.job_logs import LogDownloads
from bot.model import Job, JobLog, MissingLog
from bot.untrusted import Untrusted


class GitHubRepository(RunReader, ArtifactDesk, PullRequestDesk, CommentDesk, IssueDesk, AlertDesk):
    """Implements `bot.ports.CodeHost`."""

    def __init__(self, client: Client, full_name: str, own_run: int = 0) -> None:
        RunReader.__init__(self, client, full_name)
        ArtifactDesk.__init__(self, client, full_name)
        PullRequestDesk.__init__(self, client, full_name, own_run)
        CommentDesk.__init__(self, client, full_name)
        IssueDesk.__init__(self, client, full_name, self.viewer)
        AlertDesk.__init__(self, client, full_name)

    @property
    def full_name(self) -> str:
        """`owner/name`."""
        return self._full_name

    @property
    def requests(self) -> int:
        """Requests sent so far, retries included."""
        return self._client.exchanges.count

    def file_on_default_branch(
        self, repository: str, path: str, *, largest: int
    ) -> Untrusted | None:
        """The file there, of this repository or another; see `files`."""
        return file_on_default_branch(self._client, repository, path, largest=largest)

    def logs(
        self, jobs: Sequence[Job]
    ) -> AbstractContextManager[tuple[Iterator[JobLog], Sequence[MissingLog]]]:
        """Download the jobs' logs; see `LogDownloads`."""
        return LogDownloads(self.log_address).fetch(jobs)
