"""Processes that were killed, crashed or ran out of memory.

Signals and exit codes: https://man7.org/linux/man-pages/man7/signal.7.html. Who is to blame is not
known: a leak in the project looks like a small machine.
"""

from bot.log_formats.reading import Format, Pattern, Reading, Region
from bot.log_formats.step_end import END_ANCHORS, StepEnds
from bot.outcomes import FailureClass

_MEMORY = Pattern(
    r"(?P<text>(?:FATAL ERROR: .*)?JavaScript heap out of memory|java\.lang\.OutOfMemoryError\b.*"
    r"|OutOfMemoryError: .*|Expiring Daemon because JVM heap space is exhausted|CUDA out of memory.*"
    r"|[Cc]annot allocate memory.*|fatal error: runtime: (?:out of memory"
    r"|cannot allocate memory).*|memory allocation of \d+ bytes failed"
    r"|Allowed memory size of \d+ bytes exhausted.*|Out of memory: Killed process.*"
    r"|virtual memory exhausted.*|MemoryError$"
    r"|std::bad_alloc.*|cc1plus: out of memory.*|LLVM ERROR: out of memory.*"
    r"|Gradle build daemon disappeared unexpectedly.*|The Gradle [Dd]aemon .*memory.*"
    r"|Fatal process out of memory.*|process exited with (?:code|status) 137.*|OOMKilled.*"
    r"|worker process .* (?:SIGKILL|out of memory).*)"
)
_SIGNAL = Pattern(
    r"(?:^|[ :])(?P<text>Segmentation fault|Killed|Aborted|Bus error|Illegal instruction"
    r"|Floating point exception|Trace/breakpoint trap|Trace\/BPT trap: \d+|Abort trap: \d+"
    r"|Terminated)"
    r"(?: +\(core dumped\)|: \d+)?(?:\s{2,}(?P<command>\S.*))?\s*$"
)
_RECEIVED = Pattern(
    r"(?P<text>(?:signal: \d+, SIG(?:SEGV|KILL|ABRT|BUS|ILL|FPE).*|(?:received|terminated by"
    r"|killed by|exited (?:with|due to)) signal:? \(?(?:SIG\w+|\d+).*"
    r"|Received signal: SIG\w+.*|terminating (?:due to|with) uncaught exception.*"
    r"|terminate called after throwing.*|Fatal Python error: .*"
    r"|A fatal error has been detected by the Java Runtime.*))"
)
_SANITIZER = Pattern(
    r"(?:==\d+==)?\s?(?P<level>ERROR|SUMMARY|WARNING): (?P<text>(?P<name>(?:HW)?(?:Address|Leak|Memory"
    r"|Thread|UndefinedBehavior)Sanitizer):? (?P<rule>[\w-]+(?: [a-z]\S*)*?)"
    r"(?: on (?:unknown )?address .*| \(pid.*| (?:\S*[/.]\S*|in \S).*|:.*)?)$"
)
_ACCESS = Pattern(
    r"(?:READ|WRITE) of size \d+|\s+(?:Write|Read|Atomic \w+) of size \d+|(?:Direct|Indirect) leak of"
)
_CALLED = Pattern(
    r"\s+#\d+ (?:0x[0-9a-f]+ )?(?:in )?(?P<function>\S.*?) (?P<path>[^\s()]+):(?P<line>\d+)"
    r"(?::(?P<column>\d+))?(?: \(.*)?$"
)
_FOREIGN = Pattern(r".*(?:sanitizer|compiler-rt|/sysdeps/|csu/libc|glibc|/usr/|<null>|/rustc/)")
_PLACE = Pattern(r".*? (?P<path>[^\s:()]+\.\w+):(?P<line>\d+)")
_EXIT = Pattern(r"Process completed with exit code (?P<code>13[2-9]|14[0-3]|124|-\d+)\.")
_NAMES = {"132": "SIGILL", "133": "SIGTRAP", "134": "SIGABRT", "135": "SIGBUS", "136": "SIGFPE", "137": "SIGKILL", "139": "SIGSEGV", "141": "SIGPIPE"}  # fmt: skip
_WIDE, _NEAR = 150, 12


def _told(region: Region, reading: Reading, index: int) -> bool:
    step = region[index].step
    return any(region[finding.first].step == step for finding in reading.findings[-20:])


def _code(region: Region, end: int | None) -> str:
    """`(exit code 137, SIGKILL)` where the step ended with the code of a signal."""
    found = _EXIT.match(region[end].text) if end is not None else None
    name = _NAMES.get(found["code"], "") if found else ""
    return f"(exit code {found['code']}, {name})" if found and name else ""


def _sanitizers(region: Region, reading: Reading) -> None:
    """Each report with its first frame in the project; the summary repeats it."""
    for index, found in region.searches(_SANITIZER):
        if found["level"] == "SUMMARY" and _told(region, reading, index):
            reading.summary(index)
            continue
        block = region.after(index, limit=60) if found["level"] != "SUMMARY" else range(0)
        calls = ((i, hit) for i in block if (hit := _CALLED.match(region[i].text)))
        frame = next((c for c in calls if not _FOREIGN.match(c[1]["path"])), None)
        place = frame[1] if frame else _PLACE.match(found["text"])
        where = f"{place['path']}:{place['line']}" if place else ""
        function = f" in {frame[1]['function']}" if frame else ""
        access = region.find(_ACCESS, block)
        reading.add(
            f"{found['name']}: {found['rule']}{function}",
            cause=index,
            frames=frame[0] if frame else (),
            detail=access[:1] if access else block[:2],
            path=place["path"] if place else "",
            line=place["line"] if place else 0,
            rule=found["rule"],
            frame=where if frame else "",
        )


def read(region: Region, reading: Reading) -> None:
    """Memory, sanitizers and signals that a line names; else the exit code alone."""
    ends = StepEnds(region)
    _sanitizers(region, reading)
    for pattern, limit in (
        (_MEMORY, _WIDE),
        (_RECEIVED, _WIDE),
        (_SIGNAL, _NEAR),
    ):
        for index, found in region.searches(pattern):
            if ends.behind(index, limit) is None:
                continue
            if pattern is _SIGNAL and _told(region, reading, index):
                continue  # what the process said of itself says more
            rule = "out of memory" if pattern is _MEMORY else ""
            command = found["command"] or "" if pattern is _SIGNAL else ""
            if pattern is _SIGNAL and not command:
                command = _code(region, ends.behind(index, limit))
            text = f"{found['text']} {command}".strip()
            reading.add(text, cause=index, detail=region.after(index, limit=2), rule=rule)
    for index, found in region.matches(_EXIT):
        name = _NAMES.get(found["code"], "")
        if region[index].marker == "error" and name and not _told(region, reading, index):
            reading.add(
                f"exit code {found['code']} ({name})",
                cause=index,
                detail=region.before(index, limit=3),
                rule=name,
            )


FORMAT = Format(
    name="signals",
    failure_class=FailureClass.UNKNOWN,
    anchors=(
        *END_ANCHORS,
        "out of memory", "OutOfMemoryError", "annot allocate memory", "memory allocation of",
        "Allowed memory size", "Out of memory", "memory exhausted", "MemoryError", "bad_alloc",
        "disappeared unexpectedly", "Segmentation fault", "Killed", "Aborted", "Bus error",
        "Illegal instruction", "Floating point exception", "breakpoint trap", "Abort trap", "Terminated",
        "signal", "terminate called after", "uncaught exception", "Fatal Python error",
        "Java Runtime", "Sanitizer", "OOMKilled", "heap space",
    ),
    read=read,
)  # fmt: skip
