"""Nix: `error: builder for '…drv' failed`, its last log lines behind `> `, evaluation errors.

Since 2.29 `error: Cannot build '…drv'.` with `Reason: …`. What depends on it fails after it.
https://nix.dev/manual/nix/stable/
"""

from bot.log_formats.reading import Format, Pattern, Reading, Region
from bot.outcomes import FailureClass

_DRV = r"'(?:/nix/store/)?(?:[a-z0-9]{32}-)?(?P<name>[^']+?)(?:\.drv)?'"
_BUILDER = Pattern(r"\s*(?:error: )+builder for " + _DRV + r" failed (?P<how>.+?);?$")
_CANNOT = Pattern(r"\s*(?:error: )+Cannot build " + _DRV + r"\.")
_REASON = Pattern(r"\s+Reason: (?P<how>.+)")
_QUOTED = Pattern(r"\s+> ?(?P<text>.*)")
_HASH = Pattern(r"\s*error: hash mismatch in fixed-output derivation " + _DRV)
_CASCADE = Pattern(
    r"\s*error: (?:\d+ dependenc\w+ (?:of derivation|failed)|build of .* failed|some builds failed|Build failed due to)"
    r"|\s+Reason: \d+ dependenc"
)
_EVAL = Pattern(r"\s*error: (?P<message>\S.+)")
_AT = Pattern(r"\s+at (?P<path>\S+?\.nix|«[^»]+»):(?P<line>\d+):(?P<column>\d+):")
_REFUSED = Pattern(
    r"\s*error: (?P<message>(?:Package ‘.*|experimental Nix feature .*|unable to download .*|flake .*|path .*"
    r"|getting status of .*|opening (?:file|lock file) .*|a '.*' with features .*|Package '.*).*)"
)
_OUTSIDE = Pattern(r"(?:error|warning): |building '|these \d+|\S+> ")
_PROBLEM = Pattern(
    r".*(?i:\berrors?\b|fatal|\bfail|not found|no such|cannot|missing|unable|exception|expected|panic)"
)


def _builder(region: Region, reading: Reading, index: int, name: str, how: str) -> None:
    below = region.after(index, stop=_OUTSIDE, limit=60)
    quoted = [i for i in below if _QUOTED.match(region[i].text)]
    if quoted:
        told = region.find(_PROBLEM, quoted)
        cause = told[0] if told else quoted[-1]
    else:  # older versions and --print-build-logs print the output above
        above = [i for i in region.before(index, stop=_OUTSIDE, limit=40) if region[i].text.strip()]
        told = region.find(_PROBLEM, above)
        cause = told[0] if told else above[-1] if above else index
        quoted = above[-10:]
    text = _QUOTED.match(region[cause].text)
    reading.add(
        f"{name}: {how}" if cause == index else (text["text"] if text else region[cause].text),
        title=index,
        cause=cause,
        detail=reversed(quoted[-12:]),
        test=name,
        failure_class=FailureClass.UNKNOWN,
    )


def _evaluation(region: Region, reading: Reading) -> None:
    for index, found in region.matches(_EVAL):
        text = region[index].text
        if _BUILDER.match(text) or _CANNOT.match(text) or _CASCADE.match(text) or _HASH.match(text):
            continue
        near = region.after(index, stop=_OUTSIDE, limit=4)
        place = region.find(_AT, near)
        refused = _REFUSED.match(text)
        if place is None and refused is None:
            continue
        reading.add(
            found["message"],
            cause=index,
            frames=place[0] if place else (),
            detail=region.after(index, stop=_OUTSIDE, limit=9),
            path=place[1]["path"] if place else "",
            line=place[1]["line"] if place else 0,
            column=place[1]["column"] if place else 0,
        )


def read(region: Region, reading: Reading) -> None:
    """Builders that failed, wrong hashes, errors of evaluation; what only depends is noise."""
    for index, found in region.matches(_BUILDER):
        _builder(region, reading, index, found["name"], found["how"])
    for index, found in region.matches(_CANNOT):
        reason = region.find(_REASON, region.after(index, limit=3))
        if reason and _CASCADE.match(region[reason[0]].text):
            reading.noise((index, reason[0]))
            continue
        _builder(region, reading, index, found["name"], reason[1]["how"] if reason else "failed")
    for index, found in region.matches(_HASH):
        reading.add(
            "hash mismatch in fixed-output derivation",
            cause=index,
            detail=region.after(index, limit=3),
            test=found["name"],
            failure_class=FailureClass.DEPENDENCY,
        )
    _evaluation(region, reading)
    reading.noise(index for index, _ in region.matches(_CASCADE))


FORMAT = Format(
    name="nix",
    failure_class=FailureClass.CONFIG,
    anchors=(
        "error: builder for",
        "error: Cannot build '",
        "hash mismatch in fixed-output",
        "error: ",
        "failed to build",
        "some builds failed",
    ),
    read=read,
)
