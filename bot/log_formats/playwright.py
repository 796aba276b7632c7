"""Playwright Test: ` 1) [project] › file:line:column › title ──`, the error, its call log, the list.

A retried test repeats its block, and the `github` reporter prints each block as an annotation, so
the first block of a test counts. https://playwright.dev/docs/test-reporters
"""

from bot.log_formats.reading import Format, Pattern, Reading, Region
from bot.outcomes import FailureClass

# `›` and its look in the logs of Windows shells.
_TITLE = Pattern(
    r"\s*\d+\) (?P<test>(?:\[[^\]]+\] \S{1,3} )?(?P<path>\S[^›]*?):(?P<line>\d+):(?P<column>\d+) \S{1,3} .*?)"
    r"(?: [─-]{2,}| (?:\SöÇ){2,}.*|\s*)[─\s]*$"
)
_LISTED = Pattern(
    r"\s+(?P<test>(?:\[[^\]]+\] \S{1,3} )?\S[^›]*?:\d+:\d+ \S{1,3} .*?)(?: [─-]{2,}.*| (?:\SöÇ){2,}.*|\s*)$"
)
_INLINE = Pattern(
    r"\s*(?:✘|x|\S£ÿ|\S{1,3})\s+\d+ (?P<test>(?:\[[^\]]+\] \S{1,3} )?\S+:\d+:\d+ \S{1,3} .+?)(?: \(retry #\d+\))?(?: \([\d.]+m?s\))?$"
)
_RETRY = Pattern(r"\s*Retry #\d+ ")
_COUNT = Pattern(
    r"\s*\d+ (?P<kind>failed|flaky|interrupted|did not run|skipped|passed)\b(?: \(.+\))?$"
)
_ERROR = Pattern(r"\s*(?P<message>(?:\w*Error|Test timeout|Error Context|\w+ hook timeout).*)")
_VALUE = Pattern(
    r"\s*(?:Expected|Received)\b.*:|\s*Locator: |\s*Timeout: |\s+- (?:waiting for|unexpected value|locator resolved)|\s*-  unexpected value"
)
_AT = Pattern(r"\s+at (?:.*\()?(?P<path>[^()\s][^()]*?):(?P<line>\d+):(?P<column>\d+)\)?$")
_SERVER = Pattern(
    r"\s*(?:Error: )?(?P<message>(?:Timed out waiting \d+ms from|Process from) config\.webServer.*)"
)
_SERVER_SAID = Pattern(
    r"\[WebServer\] .*(?:[Ee]rror|ERR|[Rr]equired|[Cc]annot|[Ff]ailed|not found|EADDR)"
)
_NONE = Pattern(r"\s*(?P<message>Error: No tests found\b.*)")
_PLACE = Pattern(r"(?P<head>(?:\[[^\]]+\] \S{1,3} )?\S[^›]*?):\d+:\d+ (?P<rest>.+)$")


def _id(test: str) -> str:
    """The title without the test's line and column, which move."""
    found = _PLACE.match(test)
    return f"{found['head']} {found['rest']}" if found else test


def _listed(region: Region) -> dict[str, str]:
    """What the lists at the end say of each test: failed, flaky, interrupted."""
    kinds: dict[str, str] = {}
    for index, found in region.matches(_COUNT):
        for at in region.after(index, stop=_COUNT, limit=500):
            if not (named := _LISTED.match(region[at].text)):
                break
            kinds.setdefault(_id(named["test"]), found["kind"])
    return kinds


def _failure(region: Region, reading: Reading, index: int, test: str, *, flaky: bool) -> None:
    block = region.after(index, stop=_TITLE, limit=200)
    first = next((i for i in block if _RETRY.match(region[i].text)), block.stop)
    block = range(block.start, min(first, block.stop))
    shown = [i for i in block if region[i].text.strip()]
    found = _TITLE.match(region[index].text)
    if not shown or not found:
        return
    cause = shown[0]
    if "timeout" in region[cause].text and (after := region.find(_ERROR, shown[1:])):
        cause = after[0] if "Error Context" not in region[after[0]].text else cause
    message = region[cause].text.strip()
    values = [i for i in shown if _VALUE.match(region[i].text)][:6]
    if "expect(" in message:
        message += "".join(f" {region[i].text.strip()}" for i in values[:2])
    frames = ((i, hit) for i in block if (hit := _AT.match(region[i].text)))
    own = next((f for f in frames if "node_modules" not in f[1]["path"]), None)
    place = own[1] if own else found
    missing = "Executable doesn't exist" in message
    reading.add(
        message.removeprefix("Error: "),
        title=index,
        cause=[cause, shown[0]] if cause != shown[0] else cause,
        frames=own[0] if own else (),
        detail=values,
        path=place["path"],
        line=place["line"],
        column=place["column"],
        test=test,
        frame=f"{place['path']}:{place['line']}" if own else "",
        failure_class=FailureClass.FLAKY if flaky else FailureClass.CONFIG if missing else None,
    )


def _tests(region: Region, reading: Reading) -> None:
    kinds = _listed(region)
    red = any(kind != "flaky" for kind in kinds.values())
    seen: set[str] = set()
    for index, found in region.matches(_TITLE):
        test = _id(found["test"])
        flaky = kinds.get(test) == "flaky"
        if test in seen or (flaky and red):
            block = region.after(index, stop=_TITLE, limit=200)
            again = (
                i for i in block if _ERROR.match(region[i].text) or _VALUE.match(region[i].text)
            )
            reading.noise([index, *again])
            continue
        seen.add(test)
        _failure(region, reading, index, test, flaky=flaky)
    for index, found in region.matches(_INLINE):
        if seen:
            reading.noise([index])
        elif "✘" in region[index].text or "£ÿ" in region[index].text:
            reading.add("failed", title=index, test=_id(found["test"]))


def read(region: Region, reading: Reading) -> None:
    """Failed tests, a web server that does not start, the counts."""
    _tests(region, reading)
    for index, found in region.matches(_SERVER):
        said = [i for i in region.before(index, limit=400) if _SERVER_SAID.search(region[i].shown)]
        reading.add(
            region[said[0]].text if said else found["message"],
            title=index,
            cause=said[0] if said else (),
            detail=said[1:4],
            failure_class=FailureClass.CONFIG,
        )
    for index, found in region.matches(_NONE):
        reading.add(found["message"], cause=index, failure_class=FailureClass.CONFIG)
    for index, found in region.matches(_COUNT):
        if found["kind"] in {"failed", "flaky", "interrupted", "did not run"}:
            reading.summary(index)


FORMAT = Format(
    name="Playwright",
    failure_class=FailureClass.TEST,
    anchors=(
        "› ",
        "Ç║ ",
        " failed",
        " flaky",
        " interrupted",
        " did not run",
        "config.webServer",
        "Error: No tests found",
    ),
    read=read,
)
