"""Yarn: classic ends with `error message` and `info Visit`; later ones print `➤ YN0028: message`.

https://yarnpkg.com/advanced/error-codes https://classic.yarnpkg.com/en/docs/cli/install
"""

from bot.log_formats.reading import Format, Pattern, Reading, Region
from bot.outcomes import FailureClass

_VISIT = Pattern(r"info Visit https://(?:classic\.)?yarnpkg\.com")
_ERROR = Pattern(r"error (?P<message>\S.+)")
_COMMAND = Pattern(r"error Command failed|info Visit")
_BUILD = Pattern(r"(?P<message>.*(?:\bfatal error: |\berror: |Error: |ERR! stack ).+)")
# The sign ahead of the code, and the bars behind it, look different on Windows.
_CODED = Pattern(r"\S{1,3} (?P<rule>YN\d{4}): (?:[│├└┌·] |\S[öÇ├]\S? )?(?P<message>\S.*)")
_DIFF = Pattern(r"[-+@ ]")
_FAILED = Pattern(r"\S{1,3} YN0000: \S{1,3} Failed with errors")
_USAGE = Pattern(r"(?P<kind>Usage|Internal) Error: (?P<message>.+)")
_PACKAGE_MANAGER = Pattern(
    r"error (?P<message>This project's package\.json defines \"packageManager\".*)"
)
# Codes that do not fail an install: progress, warnings, notes.
_HARMLESS = frozenset(
    f"YN{n:04}"
    for n in (
        0,
        2,
        3,
        5,
        6,
        7,
        8,
        13,
        19,
        25,
        32,
        50,
        57,
        60,
        61,
        65,
        68,
        69,
        74,
        75,
        76,
        84,
        85,
        86,
        87,
        89,
    )
)
_NETWORK = Pattern(
    r".*(?:ESOCKETTIMEDOUT|ETIMEDOUT|ECONNRESET|EAI_AGAIN|Request failed \"5\d\d|\b50[234]\b)"
)


def _class(message: str) -> FailureClass | None:
    return FailureClass.INFRASTRUCTURE if _NETWORK.match(message) else None


def _classic(region: Region, reading: Reading) -> None:
    for index, _ in region.matches(_VISIT):
        reading.noise([index])
        above = region.before(index, limit=300)
        at = next((i for i in reversed(above) if _ERROR.match(region[i].text)), None)
        if at is None:
            continue
        if _COMMAND.match(region[at].text):
            reading.noise([at])
            continue
        found = _ERROR.match(region[at].text)
        message = found["message"] if found else ""
        built = region.find(_BUILD, range(at + 1, index)) if message.endswith("failed.") else None
        kind = FailureClass.CONFIG if message.startswith('Command "') else _class(message)
        reading.add(
            built[1]["message"] if built else message,
            title=at if built else (),
            cause=built[0] if built else at,
            detail=range(at + 1, min(at + 7, index)),
            failure_class=kind,
        )


def _coded(region: Region, reading: Reading) -> None:
    """Each message once: on the runner a closed group is followed by its errors again."""
    seen: set[str] = set()
    for index, found in region.matches(_CODED):
        rule, message = found["rule"], found["message"].strip()
        if rule in _HARMLESS:
            continue
        if message in seen:
            reading.noise([index])
        elif rule == "YN0028" and _DIFF.match(message):
            seen.add(message)
        else:
            seen.add(message)
            changed = region.before(index, limit=12) if rule == "YN0028" else range(0)
            reading.add(
                message,
                cause=index,
                detail=[i for i in changed if "YN0028" in region[i].text][-6:],
                rule=rule,
                failure_class=_class(message),
            )
    for index, _ in region.matches(_FAILED):
        reading.summary(index)


def read(region: Region, reading: Reading) -> None:
    """Both generations, then errors of use."""
    _classic(region, reading)
    _coded(region, reading)
    for index, found in region.matches(_USAGE):
        kind = FailureClass.DEPENDENCY if "lockfile" in found["message"] else FailureClass.CONFIG
        reading.add(found["message"], cause=index, failure_class=kind)
    for index, found in region.matches(_PACKAGE_MANAGER):
        reading.add(found["message"], cause=index, failure_class=FailureClass.CONFIG)


FORMAT = Format(
    name="Yarn",
    failure_class=FailureClass.DEPENDENCY,
    anchors=(
        "info Visit https://",
        " YN0",
        "Usage Error: ",
        "Internal Error: ",
        'defines "packageManager"',
    ),
    read=read,
)
