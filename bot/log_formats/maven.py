"""Maven: `Failed to execute goal`, `COMPILATION ERROR`, poms that cannot be read.

A compiler's errors are printed twice, then a page of help. https://maven.apache.org/guides/
"""

from bot.log_formats.reading import Format, Pattern, Reading, Region
from bot.outcomes import FailureClass

_SOURCE = Pattern(
    r"\[(?P<level>ERROR|WARNING)\] (?P<path>\S.*?\.(?:java|kt|groovy|scala|aj)):\[(?P<line>\d+)(?:,(?P<column>\d+))?\] "
    r"(?:error: )?(?:\((?P<category>\w+)\) (?P<rule>\w+): )?(?P<message>.+)"
)
_STYLE = Pattern(
    r"\[(?:ERROR|WARN)\] (?P<path>\S.*?\.\w+):(?P<line>\d+)(?::(?P<column>\d+))?: "
    r"(?P<message>.+) \[(?P<rule>[A-Z]\w+)\]$"
)
"""Checkstyle's own listener, `<consoleOutput>`; also of its command line and of Ant."""
_MORE = Pattern(r"(?:\[ERROR\] )?  +\S")
_GOAL = Pattern(
    r"\[ERROR\] Failed to execute goal (?:(?P<plugin>[\w.-]+(?::[\w.-]+){1,2}):(?P<goal>[\w-]+) )?"
    r"(?:\((?P<execution>[^)]*)\) )?on project (?P<project>[^\s:]+): ?(?P<message>.*)"
)
_HELP = Pattern(r"\[ERROR\] +(?:-> )?\[Help \d+\]|\[ERROR\] *$")
_LINE = Pattern(r"\[ERROR\] (?P<message>.*\S)|(?P<plain>\S.*)")
_POM = Pattern(
    r"\[(?:ERROR|FATAL)\] +(?P<message>(?:'[\w.]+' .*|Non-(?:resolvable|parseable|readable) .*|Malformed POM.*"
    r"|Child module .*|Could not find the selected project.*|The goal you specified .*"
    r"|Unknown lifecycle phase .*|No plugin found for prefix .*|Unresolveable build extension.*"
    r"|Plugin .* or one of its dependencies could not be resolved.*|Missing artifact .*))"
)
_TRAILER = Pattern(
    r"\[ERROR\] (?:\[Help \d+\]|Re-run Maven|To see the full stack|For more information about the errors"
    r"|After correcting the problems|  mvn <args>|See dump files|-> \[Help|See \S+ for the individual)"
)
_MODULE = Pattern(r"\[INFO\] \S.* \.+ FAILURE(?: \[.*)?$")
_KINDS = (
    (FailureClass.INFRASTRUCTURE, Pattern(r".*Could not transfer .*(?:status(?: code)?:? 50[0234]|[Tt]imed? ?out|Connection reset)")),
    (FailureClass.DEPENDENCY, Pattern(r".*(?:resolve dependencies|Could not (?:find artifact|transfer|resolve)|Failed to collect|could not be resolved|Missing artifact|Non-resolvable)")),
    (FailureClass.LINT, Pattern(r".*(?:Checkstyle|PMD|SpotBugs|spotless|format violations|License errors|Too many files with unapproved|sortpom|detekt|ktlint)")),
    (FailureClass.TIMEOUT, Pattern(r".*There was a timeout")),
    (FailureClass.TEST, Pattern(r".*(?:test failures|Coverage checks)")),
    (FailureClass.COMPILE, Pattern(r".*(?:Compilation failure|maven-compiler|javadoc|An error has occurred in)")),
    (FailureClass.CONFIG, Pattern(r".*(?:[Ee]nforcer|Rule \d+:|Unknown lifecycle|No plugin found|parameters .* are missing|is missing|Malformed|invalid)")),
)  # fmt: skip
_TOLD_ELSEWHERE = Pattern(
    r"(?:Compilation failure|There are test failures|There was \d|\d+ errors?$|You have \d+ Checkstyle)"
)


def _kind(text: str) -> FailureClass:
    return next((k for k, pattern in _KINDS if pattern.match(text)), FailureClass.UNKNOWN)


def _sources(region: Region, reading: Reading, *, violations: bool) -> None:
    """Errors of compilers and Checkstyle; the repeated ones are noise."""
    seen: set[tuple[str, ...]] = set()
    for index, found in region.matches(_SOURCE):
        warning = found["level"] == "WARNING"
        if warning and not (found["category"] and violations):
            continue
        more = []
        for i in region.after(index, limit=4):
            if not _MORE.match(region[i].text):
                break
            more.append(i)
        key = (found["path"], found["line"], found["message"])
        if key in seen:
            reading.noise([index, *more])
            continue
        seen.add(key)
        reading.add(
            found["message"],
            cause=index,
            detail=more,
            path=found["path"],
            line=found["line"],
            column=found["column"] or 0,
            rule=found["rule"] or "",
            tool="checkstyle" if found["category"] else "javac",
            failure_class=FailureClass.LINT if found["category"] else FailureClass.COMPILE,
        )


def _style(region: Region, reading: Reading) -> None:
    for index, found in region.matches(_STYLE):
        reading.add(
            found["message"],
            cause=index,
            path=found["path"],
            line=found["line"],
            column=found["column"] or 0,
            rule=found["rule"],
            tool="checkstyle",
            failure_class=FailureClass.LINT,
        )


def _goals(region: Region, reading: Reading) -> None:
    for index, found in region.matches(_GOAL):
        message = found["message"].partition(" -> [Help")[0].strip()
        elsewhere = _TOLD_ELSEWHERE.match(message) and reading.findings
        if elsewhere or "surefire" in (found["plugin"] or ""):
            reading.summary(index)
            continue
        block = region.after(index, stop=_HELP, limit=20) if "[Help" not in found["message"] else ()
        words = [message] if message else []
        texts = [text for i in block if (text := _LINE.match(region[i].text))]
        words += [(text["message"] or text["plain"]).strip() for text in texts]
        whole = " ".join(words)
        reading.add(
            whole,
            cause=index,
            detail=block,
            rule=":".join((found["plugin"] or "").split(":")[1:2]),
            test=found["project"],
            failure_class=_kind(f"{found['plugin']} {whole}"),
        )


def read(region: Region, reading: Reading) -> None:
    """Compiler errors, goals that failed, poms; the reactor's failed modules; help is noise."""
    goals = [i for i, _ in region.matches(_GOAL)]
    _sources(region, reading, violations=any("violation" in region[i].text for i in goals))
    _style(region, reading)
    _goals(region, reading)
    for index, found in region.matches(_POM):
        text = found["message"].partition(" -> [Help")[0]
        kind = _kind(text)
        reading.add(
            text,
            cause=index,
            failure_class=FailureClass.CONFIG if kind is FailureClass.UNKNOWN else kind,
        )
    for index, _ in region.matches(_MODULE):
        reading.summary(index)
    reading.noise(index for index, _ in region.matches(_TRAILER))


FORMAT = Format(
    name="maven",
    failure_class=FailureClass.UNKNOWN,
    anchors=(
        "Failed to execute goal",
        ":[",
        " FAILURE",
        "[ERROR] ",
        "[FATAL] ",
        "Re-run Maven",
        "For more information about the errors",
    ),
    read=read,
)
