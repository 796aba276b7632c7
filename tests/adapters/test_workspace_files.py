"""Files of the failing job: what is read, and what hostile files and paths come to."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

from bot.adapters import workspace_files
from bot.adapters.workspace_files import WorkspaceFiles
from bot.evidence.recorded import Recorded, RecordedLog


def content(log: RecordedLog) -> bytes:
    """All of it."""
    with log.open() as file:
        return file.read()


def read(root: Path, *patterns: str) -> tuple[list[bytes], list[str], dict[str, str]]:
    """The logs' bytes, the reports' names, and what was refused with its reason."""
    with WorkspaceFiles(root, patterns).recorded() as found:
        logs = [content(log) for log in found.logs]
        assert [len(data) for data in logs] == [log.size for log in found.logs]
        refused = {m.job.raw: m.reason for m in found.refused}
        return logs, [report.name for report in found.reports], refused


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A workspace below which nothing else may be reached."""
    (tmp_path / "secret.log").write_text("secret\n")
    made = tmp_path / "work"
    for name in ("ci.log", "logs/a.log", "logs/deep/b.log", "out/junit.xml", "out/scan.sarif"):
        (made / name).parent.mkdir(parents=True, exist_ok=True)
        (made / name).write_text(f"{name}\n")
    return made


@pytest.mark.parametrize(
    ("pattern", "logs", "reports"),
    [
        ("ci.log", ["ci.log"], []),
        ("./logs//a.log", ["logs/a.log"], []),
        ("logs/*.log", ["logs/a.log"], []),
        ("**/*.log", ["ci.log", "logs/a.log", "logs/deep/b.log"], []),
        ("logs/**", ["logs/a.log", "logs/deep/b.log"], []),
        ("**/**/deep/?.log", ["logs/deep/b.log"], []),
        ("logs/[ab].log", ["logs/a.log"], []),
        ("out/*", [], ["out/junit.xml", "out/scan.sarif"]),
    ],
)
def test_paths_and_globs(root, pattern, logs, reports):
    """Plain files are logs, JUnit XML and SARIF reports; `**` is any folders, none as well."""
    found, names, refused = read(root, pattern)

    assert [data.decode().strip() for data in found] == logs
    assert (names, refused) == (reports, {})


def test_an_absolute_path_in_the_workspace(root):
    """As `${{ github.workspace }}/ci.log` arrives."""
    assert read(root, f"{root}/ci.log")[0] == [b"ci.log\n"]


def test_a_file_is_read_once(root):
    """Whatever fits it."""
    assert len(read(root, "ci.log", "*.log", "**/ci.log")[0]) == 1


@pytest.mark.parametrize(
    ("pattern", "reason"),
    [
        ("../secret.log", "leads out of the workspace"),
        ("logs/../../secret.log", "leads out of the workspace"),
        ("/etc/passwd", "lies outside of the workspace"),
        ("a\0b", "no path"),
        ("x" * 5000, "no path"),
        (".", "names no file"),
        ("absent.log", "no such file"),
        ("absent/x.log", "no such file"),
        ("*.txt", "matches no file"),
        ("absent/*.log", "matches no file"),
        ("logs", "no plain file"),
        ("ci.log/x", "cannot be read"),
    ],
)
def test_paths_that_are_refused(root, pattern, reason):
    """Each is said with its reason, and nothing is read for it."""
    logs, reports, refused = read(root, pattern)

    assert (logs, reports) == ([], [])
    assert [reason in why for why in refused.values()] == [True]


@pytest.mark.parametrize("pattern", ["link.log", "*.log", "**/*.log", "folder/secret.log"])
def test_no_link_is_followed(root, pattern):
    """Neither a file's nor a folder's, neither named nor matched."""
    (root / "ci.log").unlink()
    (root / "link.log").symlink_to("../secret.log")
    (root / "folder").symlink_to("..")
    logs, _, refused = read(root, pattern)

    assert b"secret\n" not in logs
    assert any("symbolic link" in why for why in refused.values())


def test_a_workspace_behind_a_link(root, tmp_path):
    """The root itself may be one: the runner chose it."""
    (tmp_path / "alias").symlink_to(root)

    assert read(tmp_path / "alias", "ci.log")[0] == [b"ci.log\n"]


def test_what_is_no_plain_file_is_not_opened(root):
    """A named pipe without a writer would hang, a socket cannot be read."""
    os.mkfifo(root / "pipe.log")
    with socket.socket(socket.AF_UNIX) as bound:
        here = Path.cwd()
        os.chdir(root)  # a socket's path is short
        try:
            bound.bind("sock.log")
        finally:
            os.chdir(here)
        _, _, refused = read(root, "pipe.log", "sock.log")

    assert "no plain file" in refused["pipe.log"]
    assert "cannot be read" in refused["sock.log"]


def test_a_device_is_not_read():
    """`/dev/zero` has no end."""
    logs, _, refused = read(Path("/dev"), "zero")

    assert logs == []
    assert "no plain file" in refused["zero"]


def test_of_a_huge_file_the_end_is_read(root, monkeypatch):
    """Whole lines, and that is said."""
    monkeypatch.setattr(workspace_files, "LARGEST_LOG", 1024)
    (root / "ci.log").write_text("".join(f"line {n}\n" for n in range(1000)))
    (data,), _, refused = read(root, "ci.log")

    assert data.startswith(b"line ")
    assert data.endswith(b"line 999\n")
    assert len(data) <= 1024
    assert "only its last" in refused["ci.log"]


def test_a_hole_of_a_terabyte_costs_nothing(root, monkeypatch):
    """A sparse file is as long as it says."""
    monkeypatch.setattr(workspace_files, "LARGEST_LOG", 1024)
    with (root / "ci.log").open("wb") as file:
        file.truncate(1 << 40)
        file.seek(0, os.SEEK_END)
        file.write(b"\nthe end\n")

    assert read(root, "ci.log")[0] == [b"the end\n"]


def test_a_huge_report_is_refused(root, monkeypatch):
    """Half a report is none."""
    monkeypatch.setattr(workspace_files, "LARGEST_REPORT", 4)
    _, reports, refused = read(root, "out/junit.xml")

    assert reports == []
    assert "more than" in refused["out/junit.xml"]


def test_no_more_than_so_many_files(root, monkeypatch):
    """The rest is counted by one sentence."""
    monkeypatch.setattr(workspace_files, "MOST_FILES", 2)
    logs, _, refused = read(root, "**/*.log")

    assert len(logs) == 2
    assert refused == {"logs/deep/b.log": "`log-file`: only the first 2 files are read"}


def test_a_glob_over_very_many_names_ends(root, monkeypatch):
    """What was found before stays."""
    monkeypatch.setattr(workspace_files, "MOST_LOOKED_AT", 3)
    _, _, refused = read(root, "**/*.log", "ci.log")

    assert refused == {"**/*.log": "`log-file`: the glob looks at more than 3 names"}


def test_gits_own_files_are_left_out(root):
    """A glob means what the job wrote."""
    (root / ".git").mkdir()
    (root / ".git" / "x.log").write_text("x")

    assert "x" not in [data.decode() for data in read(root, "**/*.log")[0]]


def test_no_workspace(tmp_path):
    """Nothing was checked out: said, and no error."""
    assert "cannot be read" in read(tmp_path / "none", "ci.log")[2]["ci.log"]


def test_copies_are_gone_afterwards(root):
    """And a file that changes meanwhile changes nothing."""
    with WorkspaceFiles(root, ["ci.log"]).recorded() as found:
        (root / "ci.log").write_text("other\n")
        assert content(found.logs[0]) == b"ci.log\n"
    with pytest.raises(FileNotFoundError):
        content(found.logs[0])


def test_nothing_asked_for(root):
    """No input, no files."""
    with WorkspaceFiles(root, ()).recorded() as found:
        assert found == Recorded()
