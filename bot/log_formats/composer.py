"""Composer: `Problem 1` lists, boxed exceptions, lock files out of date.

https://getcomposer.org/doc/articles/troubleshooting.md
"""

from bot.log_formats.reading import Format, Pattern, Reading, Region
from bot.outcomes import FailureClass

_PROBLEM = Pattern(r"\s+Problem \d+$")
_HEAD = Pattern(r"Your requirements could not be resolved to an installable set of packages\.")
_POINT = Pattern(r"\s+- (?P<text>\S.*)")
_END = Pattern(r"\s+Problem \d+$|\s*$|\S")
_BOX = Pattern(
    r"\s*(?:In (?P<file>\w+\.php) line \d+:|\[(?P<rule>(?:[A-Z]\w*\\)*\w*(?:Exception"
    r"|Error))\])\s*$"
)
_TEXT = Pattern(r"\s*\S")
_LOCK = Pattern(
    r"(?:- )?(?P<text>(?:Required package .* is not present in the lock file"
    r"|The lock file is not up to date.*"
    r"|Your lock file does not contain a compatible set of packages.*"
    r"|.*does not match the expected JSON schema.*"
    r"|Required \(in require(?:-dev)?\) package .* (?:is not present|is in the lock file as).*"
    r"|Script .* handling the .* event returned with error code \d+"
    r"|Could not (?:find a (?:matching|version)|authenticate|scan for classes|delete"
    r"|parse version).*"
    r"|Root composer\.json requires .*|Composer could not find a composer\.json.*"
    r"|.*blocked by your \"allow-plugins\".*|\S+ contains a Composer plugin which is (?:currently "
    r"not in your|blocked).*))"
)


def _boxes(region: Region, reading: Reading) -> None:
    for index, found in region.matches(_BOX):
        block = region.after(index, limit=8)
        text = region.find(_TEXT, block)
        if text is None or (found["file"] and not _is_composer(region, index)):
            continue
        reading.add(
            region[text[0]].text,
            title=index,
            cause=text[0],
            detail=range(text[0] + 1, min(text[0] + 3, block.stop)),
            rule=(found["rule"] or "").rpartition("\\")[2],
        )


def _is_composer(region: Region, index: int) -> bool:
    """Every Symfony console prints `In File.php line n:`; Composer ends it with its usage."""
    block = region.after(index, limit=20)
    return any("--prefer-" in region[i].text or "--no-" in region[i].text for i in block)


def read(region: Region, reading: Reading) -> None:
    """Problems of the solver, exceptions, complaints about the lock file."""
    for index, _ in region.matches(_PROBLEM):
        block = region.after(index, stop=_END, limit=30)
        points = [i for i in block if _POINT.match(region[i].text)]
        if points:
            reading.add(
                region[points[0]].text.strip(" -"),
                title=index,
                cause=points[0],
                detail=points[1:6],
            )
    for index, _ in region.matches(_HEAD):
        reading.summary(index)
    _boxes(region, reading)
    for index, found in region.matches(_LOCK):
        if _POINT.match(region[index].text) and region.find(
            _PROBLEM, region.before(index, limit=30)
        ):
            continue
        script = found["text"].startswith("Script ")
        if script:
            reading.summary(index)
        else:
            reading.add(found["text"], cause=index)


FORMAT = Format(
    name="composer",
    failure_class=FailureClass.DEPENDENCY,
    anchors=(
        "  Problem ", "Your requirements could not", "Exception]", ".php line ", "lock file",
        "Root composer.json", "returned with error code", "Composer plugin", "composer.json",
        "Could not ",
    ),
    read=read,
)  # fmt: skip
