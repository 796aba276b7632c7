"""A run's log archive is read in place; tricks are refused."""

import io
import stat
import zipfile

import pytest

from bot.errors import ConfigurationError
from bot.evidence import archive
from bot.evidence.archive import archived_logs


def _zip(members, pack=zipfile.ZIP_DEFLATED):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", pack) as archive:
        for name, data in members:
            archive.writestr(name, data)
    return lambda: io.BytesIO(buffer.getvalue())


def _read(log):
    with log.open() as file:
        return file.read()


def test_job_files_are_the_logs():
    """One log for each job, step files only for jobs without one, in the order of the steps."""
    members = [
        ("0_test (ubuntu).txt", b"a"), ("test (ubuntu)/1_Set up.txt", b"x"),
        ("build/10_Late.txt", b"c"), ("build/2_Early.txt", b"b"), ("build/system.txt", b"s"),
    ]  # fmt: skip
    found = [(log.job.name.raw, _read(log), log.size) for log in archived_logs(_zip(members))]
    assert [("test (ubuntu)", b"a", 1), ("build", b"b", 1), ("build", b"c", 1)] == found


def test_other_archives_give_their_texts():
    """An archive that is not GitHub's gives its text files."""
    found = archived_logs(_zip([("out/build.log", b"a"), ("image.png", b"b")]))
    assert ["out/build.log"] == [log.job.name.raw for log in found]


def _link():
    info = zipfile.ZipInfo("0_job.txt")
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    return info


@pytest.mark.parametrize(
    ("opened", "word"),
    [
        (_zip([("../0_job.txt", b"a")]), "leaves"),
        (_zip([("/etc/0_job.txt", b"a")]), "leaves"),
        (_zip([("..\\0_job.txt", b"a")]), "leaves"),
        (_zip([("C:/0_job.txt", b"a")]), "leaves"),
        (_zip([(_link(), b"/etc/passwd")]), "link"),
        (_zip([("0_job.txt", b"\0" * 10_000_000)]), "weighs"),
        (lambda: io.BytesIO(b"PK\x03\x04 broken"), "cannot be read"),
        (lambda: io.BytesIO(b""), "cannot be read"),
    ],
    ids=["up", "absolute", "backslash", "drive", "link", "bomb", "broken", "empty"],
)
def test_tricks_are_refused(monkeypatch, opened, word):
    """Where nothing else is in it, names that leave the archive, links and bombs are told."""
    monkeypatch.setattr(archive, "_FREE", 1_000_000)
    with pytest.raises(ConfigurationError, match=word):
        archived_logs(opened)


def test_tricks_do_not_hide_the_failure():
    """Beside names that leave the archive and links, the logs of the jobs are read."""
    members = [("../0_x.txt", b"x"), ("/1_y.txt", b"y"), (_link(), b"../.."), ("1_test.txt", b"a")]
    found = [(log.job.name.raw, _read(log)) for log in archived_logs(_zip(members))]
    assert [("test", b"a")] == found
