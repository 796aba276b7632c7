"""OCaml: `File "bin/a.ml", line 1, characters 22-29:`, the code, `Error: text`; Alcotest's failures.

https://ocaml.org/manual/comp.html, https://github.com/mirage/alcotest
"""

from bot.log_formats.reading import Format, Pattern, Reading, Region
from bot.outcomes import FailureClass

_FILE = Pattern(
    r'File "(?P<path>[^"]+)", lines? (?P<line>\d+)(?:-\d+)?(?:, characters (?P<column>\d+)-\d+)?:$'
)
_ERROR = Pattern(r"Error(?: \((?:warning|alert) (?P<rule>[^)]+)\)| \(\S.*\))?: (?P<message>.+)")
_MORE = Pattern(r"       +\S")
_ALCOTEST = Pattern(r"│ \[FAIL\] +(?P<suite>\S.*?) {2,}(?P<number>\d+) +(?P<test>\S.*?)\. *│$")
_FAIL = Pattern(
    r"(?:ASSERT|FAIL) (?P<message>.+)|\[exception\] (?P<raised>.+)|.*exception (?P<other>.+)"
)
_WANTED = Pattern(r"\s+(?:Expected|Received): ")
_COUNTS = Pattern(r"\d+ failures?! in [\d.]+s\. \d+ tests? run\.")


def read(region: Region, reading: Reading) -> None:
    """Errors of the compiler, then failed tests of Alcotest."""
    for index, found in region.matches(_FILE):
        block = region.after(index, stop=_FILE, limit=20)
        error = region.find(_ERROR, block)
        if error is None:
            continue  # a warning, or a frame of a backtrace
        more = [i for i in region.after(error[0], limit=4) if _MORE.match(region[i].text)]
        reading.add(
            " ".join([error[1]["message"], *(region[i].text.strip() for i in more)]),
            cause=error[0],
            frames=index,
            detail=[*range(index + 1, error[0]), *more],
            path=found["path"],
            line=found["line"],
            column=found["column"] or 0,
            rule=error[1]["rule"] or "",
        )
    for index, found in region.matches(_ALCOTEST):
        block = region.after(index, stop=_ALCOTEST, limit=40)
        said = next((i for i in reversed(block[:6]) if region[i].text.startswith("FAIL ")), None)
        told = region.find(_FAIL, block)
        at = said if said is not None else told[0] if told else None
        more = [i for i in block if _WANTED.match(region[i].text)][:2]
        text = region[at].text if at is not None else f"{found['test']} failed"
        reading.add(
            " ".join([text, *(region[i].text.strip() for i in more)]),
            title=index,
            cause=at if at is not None else (),
            detail=more,
            test=f"{found['suite']} {found['test']}",
            tool="Alcotest",
            failure_class=FailureClass.TEST,
        )
    reading.summary(*(index for index, _ in region.matches(_COUNTS)))


FORMAT = Format(
    name="OCaml",
    failure_class=FailureClass.COMPILE,
    anchors=(", characters ", "│ [FAIL]", " tests run.", " test run."),
    read=read,
)
