"""xcodebuild, CocoaPods, fastlane: what is left of them beside the compiler and the tests.

https://developer.apple.com/library/archive/technotes/tn2339/
"""

from bot.log_formats.reading import Format, Pattern, Reading, Region
from bot.outcomes import FailureClass

_PROJECT = Pattern(
    r"(?P<path>\S.*?\.(?:xcodeproj|xcworkspace|xcassets|storyboard|xib|plist|entitlements|pbxproj))(?::\d+)*: error: (?P<message>.+?)"
    r"(?: \(in target '(?P<target>[^']+)' from project '[^']+'\))?$"
)
_OWN = Pattern(r"xcodebuild: error: (?P<message>.+)")
_PLAIN = Pattern(
    r"error: (?P<message>(?:Signing for|No profiles for|No signing certificate|Provisioning profile|Multiple commands produce|Build input file"
    r"|No account for|unable to spawn|Unable to find a (?:target|destination)|The file .* couldn.t be opened|module |Sandbox: |PhaseScriptExecution).+?)"
    r"(?: \(in target '(?P<target>[^']+)' from project '[^']+'\))?$"
)
_COMMANDS = Pattern(r"The following build commands failed:|Failing tests:|Testing failed:")
_LISTED = Pattern(r"\t+(?P<text>\S.*)")
_LISTED_SHOWN = 6
_RESULT = Pattern(
    r"\*\* (?:BUILD|TEST|ARCHIVE|CLEAN|EXPORT|TEST BUILD|TEST EXECUTE|BUILD FOR TESTING) (?:FAILED|INTERRUPTED) \*\*"
)
_SCRIPT = Pattern(r"Command (?P<command>\w+) failed with a nonzero exit code")
_PODS = Pattern(
    r"\[!\] (?P<message>(?:CocoaPods could not find|Unable to (?:find|satisfy)|Error installing|The `|No podspec|Invalid `|Could not|Oh no).+)"
)
_FASTLANE = Pattern(r"\[!\] \S")
_SIGNING = Pattern(r".*(?:[Ss]igning|[Pp]rofile|destination|scheme|certificate)")


def _errors(region: Region, reading: Reading) -> None:
    for pattern in (_PROJECT, _OWN, _PLAIN):
        for index, found in region.matches(pattern):
            parts = found.groupdict()
            config = _SIGNING.match(found["message"])
            reading.add(
                found["message"],
                cause=index,
                detail=region.after(index, limit=4) if pattern is _OWN else (),
                path=parts.get("path") or "",
                test=parts.get("target") or "",
                failure_class=FailureClass.CONFIG if config else None,
            )


def _scripts(region: Region, reading: Reading) -> None:
    """Build phases of shell script: what they printed stands above."""
    for index, found in region.matches(_SCRIPT):
        if found["command"] == "PhaseScriptExecution":
            reading.add(
                region[index].text,
                title=index,
                detail=reversed(region.before(index, limit=5)),
                failure_class=FailureClass.UNKNOWN,
            )


def read(region: Region, reading: Reading) -> None:
    """Errors of projects and pods; lists of failed commands and tests."""
    _errors(region, reading)
    _scripts(region, reading)
    for index, found in region.matches(_PODS):
        reading.add(
            found["message"],
            cause=index,
            detail=region.after(index, limit=8),
            tool="cocoapods",
            failure_class=FailureClass.DEPENDENCY,
        )
    for index, _ in region.matches(_FASTLANE):
        if not _PODS.match(region[index].text):
            reading.summary(index)
    for index, _ in region.matches(_COMMANDS):
        listed = []
        for i in region.after(index, limit=40):
            if not _LISTED.match(region[i].text):
                break
            listed.append(i)
        reading.summary(index, *listed[:_LISTED_SHOWN])
    for index, _ in region.matches(_RESULT):
        reading.summary(index)


FORMAT = Format(
    name="xcodebuild",
    failure_class=FailureClass.COMPILE,
    anchors=(
        ": error: ",
        "xcodebuild: error",
        "error: ",
        "The following build commands failed",
        "Failing tests:",
        "Testing failed:",
        " FAILED **",
        "INTERRUPTED **",
        "failed with a nonzero exit code",
        "[!] ",
    ),
    read=read,
)
