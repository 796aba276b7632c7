"""swift build, swift test: compiler errors, XCTest and Swift Testing failures, packages.

https://github.com/swiftlang/swift-corelibs-xctest, https://github.com/swiftlang/swift-testing
"""

from bot.log_formats.reading import Format, Pattern, Reading, Region
from bot.outcomes import FailureClass

_PLACE = r"(?P<path>(?:[A-Za-z]:)?[^\s:][^:]*\.(?:swift|mm?|h)):(?P<line>\d+)"
_XCTEST = Pattern(
    r"(?:"
    + _PLACE
    + r"|<\w+>:\d+):(?: (?:Fatal )?error:)? (?:error: )?(?P<test>-\[[^\]]+\]|[\w.]+\.\w+) : (?P<message>.+)"
)
_COMPILER = Pattern(
    r"(?:❌ +)?"
    + _PLACE
    + r"(?::(?P<column>\d+))?: (?:(?:fatal )?error: )(?P<message>.+?)(?: \[(?P<rule>#\w+)\])?$"
)
_PRETTY = Pattern(r"❌ +" + _PLACE + r":(?P<column>\d+): (?P<message>.+)")
_TESTING = Pattern(
    r"\S+ +Test (?P<test>\"[^\"]*\"|\S+?)(?: with .*?)? recorded an issue(?: with .*?)? at (?P<path>[^\s:]+):(?P<line>\d+)"
    r"(?::(?P<column>\d+))?: (?P<message>.+)"
)
_FAILED = Pattern(
    r"Test Case '(?P<test>[^']+)' failed \(|\s*✖ (?P<pretty>\w+(?:, .+| \([\d.]+ seconds\)))"
)
_MORE = Pattern(r"↳|\s+\S|\s*\d* ?\|")
_CRASH = Pattern(
    r"(?:"
    + _PLACE
    + r": )?(?:[\w/]+\.swift:\d+: )?(?:Swift runtime failure|Fatal error|Precondition failed|Assertion failed): (?P<message>.+)"
)
_PACKAGE = Pattern(
    r"(?:xcodebuild: )?error: (?P<message>(?:'[^']+': .+|[Dd]ependencies could not be resolved.*|no such module .*|root manifest not found"
    r"|Could not resolve package dependencies.*|package .*|the package .*|product '.*|target '.*|terminated\(\d+\).*|unable to (?:load|find|attach).*"
    r"|failed to (?:clone|retrieve|parse).*|Failed to clone.*|no tests found.*|Source files for target .*|invalid custom path.*|unknown (?:argument|option).*))"
)
_DEPENDENCY = Pattern(r".*(?:[Dd]ependenc|resolve|clone|retrieve|product '|package )")
_COUNT = Pattern(
    r"\s*Executed \d+ tests?, with (?:\d+ tests? skipped and )?[1-9]\d* failures?|\S+ +Test run with .* failed after|error: fatalError"
)
_LINT = Pattern(_PLACE + r":(?P<column>\d+): error: (?P<message>.+) \((?P<rule>[a-z_]+)\)$")


def _compiler(region: Region, reading: Reading, taken: set[int]) -> None:
    seen: set[tuple[str, ...]] = set()
    for pattern in (_LINT, _COMPILER, _PRETTY):
        for index, found in region.matches(pattern):
            if index in taken:
                continue
            taken.add(index)
            key = (found["path"], found["line"], found["column"] or "", found["message"])
            if key in seen:
                reading.noise((index,))  # once for each module or architecture
                continue
            seen.add(key)
            detail = []
            for i in region.after(index, limit=4):
                if not _MORE.match(region[i].text) or i in taken:
                    break
                detail.append(i)
            lint = pattern is _LINT
            reading.add(
                found["message"],
                cause=index,
                detail=detail,
                path=found["path"],
                line=found["line"],
                column=found["column"] or 0,
                rule=found.groupdict().get("rule") or "",
                tool="swiftlint" if lint else "",
                failure_class=FailureClass.LINT if lint else FailureClass.COMPILE,
            )


def _tests(region: Region, reading: Reading, taken: set[int]) -> None:
    told: set[str] = set()
    for pattern in (_XCTEST, _TESTING):
        for index, found in region.matches(pattern):
            taken.add(index)
            test = found["test"].strip('"').removeprefix("-[").removesuffix("]")
            told.add(test)
            detail = []
            for i in region.after(index, limit=4):
                if not _MORE.match(region[i].text):
                    break
                detail.append(i)
            reading.add(
                found["message"],
                cause=index,
                detail=detail,
                path=found["path"] or "",
                line=found["line"] or 0,
                test=test,
                frame=f"{found['path']}:{found['line']}" if found["path"] else "",
                tool="swift test",
                failure_class=FailureClass.TEST,
            )
    for index, found in region.matches(_FAILED):
        test = (found["test"] or found["pretty"]).removeprefix("-[").removesuffix("]")
        if test in told:
            reading.noise((index,))
        else:
            told.add(test)
            name, _, why = test.partition(", ")
            name = name.partition(" (")[0]
            reading.add(
                why or f"{name} failed",
                title=index,
                test=name,
                tool="swift test",
                failure_class=FailureClass.TEST,
            )


def read(region: Region, reading: Reading) -> None:
    """Tests first, for their lines look like the compiler's; then crashes, packages, counts."""
    taken: set[int] = set()
    _tests(region, reading, taken)
    for index, found in region.matches(_CRASH):
        taken.add(index)
        reading.add(
            found["message"],
            cause=index,
            detail=region.after(index, limit=3),
            path=found["path"] or "",
            line=found["line"] or 0,
            tool="swift test",
            failure_class=FailureClass.TEST,
        )
    _compiler(region, reading, taken)
    for index, found in region.matches(_PACKAGE):
        kind = (
            FailureClass.DEPENDENCY if _DEPENDENCY.match(found["message"]) else FailureClass.CONFIG
        )
        reading.add(
            found["message"], cause=index, detail=region.after(index, limit=3), failure_class=kind
        )
    for index, _ in region.matches(_COUNT):
        reading.summary(index)


FORMAT = Format(
    name="swift",
    failure_class=FailureClass.COMPILE,
    anchors=(
        ".swift:",
        "<EXPR>:",
        "<unknown>:",
        "recorded an issue",
        "Test Case '",
        "✖ ",
        "Fatal error: ",
        "Precondition failed: ",
        "error: ",
        " failures",
        " failure (",
        "Test run with",
        "❌ ",
    ),
    read=read,
)
