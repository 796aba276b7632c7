"""The index of a log: made ahead and side by side, and how much of a log is read by it."""

from concurrent.futures import ThreadPoolExecutor

from bot.evidence import distill, index_of
from bot.evidence.distiller import read_log
from bot.evidence.scan import Index, scanner
from tests.evidence.logs import failed_step, job_log, shown, stamped

ANY = [f"[{n:4}%] Building CXX object module_{n}.cpp.o" for n in range(25_000)]


def _large(number):
    """A log that is too large to be read completely."""
    output = [*ANY, f"src/a{number}.c:3:1: error: expected ';' before '}}' token", *ANY]
    return job_log(stamped(failed_step("make", output)), name=f"leg {number}", number=number)


def test_threads_index_side_by_side():
    """Each log's index is the one that it has alone."""
    logs = [_large(number) for number in range(1, 4)]
    with ThreadPoolExecutor(3) as pool:
        assert list(pool.map(index_of, logs)) == [index_of(log) for log in logs]


def test_an_index_made_ahead_tells_the_same():
    """The evidence is that of the log without it; and the index is what decides what is read."""
    log = _large(1)
    ahead = distill([log], budget_chars=4000, indexes={1: index_of(log)})
    assert ahead == distill([log], budget_chars=4000)
    assert any("src/a1.c:3:1" in line for line in shown(ahead))
    nothing = distill([log], budget_chars=4000, indexes={1: Index()})
    assert shown(nothing) == []


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
