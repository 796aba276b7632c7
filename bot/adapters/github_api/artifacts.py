"""Test and analysis reports among a run's artifacts: JUnit XML and SARIF, inside of zips."""

from __future__ import annotations

import re
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from bot.adapters.blobs import Blobs, NoBlobError, anonymous
from bot.adapters.github_api.client import Client
from bot.errors import ConfigurationError, UpstreamError
from bot.evidence.archive import sound_members
from bot.evidence.reports import MOST_BYTES, Report

MOST_ARTIFACTS: Final = 4
LARGEST: Final = 32 * 1024 * 1024
"""Bytes of one artifact as it is packed; a larger one is no report."""

LONGEST: Final = 30.0
_TELLING = re.compile(r"(?i)junit|surefire|sarif|xunit|test|report|result|lint|check")
_REPORT = re.compile(r"(?i).+\.(?:xml|sarif(?:\.json)?)")


class ArtifactDesk:
    """Implements the part of `bot.ports.Runs` that is about artifacts."""

    def __init__(self, client: Client, full_name: str) -> None:
        self._client = client
        self._at = f"/repos/{full_name}"

    def reports(self, run_id: int) -> tuple[Report, ...]:
        """One request, and two for each artifact whose name promises a report; at most four.

        A hint: what cannot be had, or is not sound, is left out.
        """
        path = f"{self._at}/actions/runs/{run_id}/artifacts"
        try:
            listed = list(self._client.pages(path, "artifacts"))
        except UpstreamError as refused:
            if refused.status in {403, 404}:
                return ()
            raise
        wanted = [one for one in listed if _may_hold_reports(one)]
        newest = {str(one["name"]): one for one in sorted(wanted, key=lambda one: int(one["id"]))}
        found: list[Report] = []
        with tempfile.TemporaryDirectory(prefix="coder-fix-") as folder, anonymous() as client:
            blobs = Blobs(client, largest=LARGEST, longest=LONGEST)
            for one in list(newest.values())[:MOST_ARTIFACTS]:
                target = Path(folder) / str(int(one["id"]))
                with suppress(UpstreamError, NoBlobError, ConfigurationError, OSError):
                    status, address = self._client.location(
                        f"{self._at}/actions/artifacts/{int(one['id'])}/zip"
                    )
                    if status == 302 and not blobs.save(address, target):
                        found += _unpacked(target)
        return tuple(found)


def _may_hold_reports(artifact: dict[str, Any]) -> bool:
    size = int(artifact.get("size_in_bytes") or 0)
    telling = _TELLING.search(str(artifact.get("name", "")))
    return bool(telling) and not artifact.get("expired") and 0 < size <= LARGEST


def _unpacked(path: Path) -> Iterator[Report]:
    """The report files, up to the size that is read at all."""
    left = MOST_BYTES
    with path.open("rb") as file:
        members = sound_members(lambda: path.open("rb"))
        with zipfile.ZipFile(file) as archive:
            for member in members:
                if not _REPORT.fullmatch(member.filename) or member.file_size > left:
                    continue
                with suppress(zipfile.BadZipFile, EOFError), archive.open(member) as packed:
                    data = packed.read(left)
                    left -= len(data)
                    yield Report(member.filename, data)
