"""How much of a log is read, by its index."""

from bot.evidence.distiller import read_log
from bot.evidence.scan import scanner
from tests.evidence.logs import job_log, stamped

ANY = [f"[{n:4}%] Building CXX object module_{n}.cpp.o" for n in range(25_000)]


def test_short_lines_count_for_more_than_their_bytes():
    """Memory goes by lines: of a log of two-byte lines fewer bytes are read."""
    lines = 1_000_000
    (job,) = read_log(job_log("x\n" * lines + "error: the end\n"), scanner())
    assert job.lines == lines + 1
    assert 1000 < len(job.cut.lines) < 60_000
    assert job.cut.lines[-1].text == "error: the end"


def test_the_end_is_read_of_every_log():
    """However many logs came before it, and however little is read of it."""
    log = job_log(stamped([*ANY, *ANY, "error: the end"]))
    (job,) = read_log(log, scanner(), position=40)
    assert job.cut.lines[-1].text == "error: the end"
