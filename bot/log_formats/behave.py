"""behave: scenarios as they run, then `Failing scenarios:` (since 1.3 also `Errored scenarios:`).

A scenario's line ends with its place, `# features/cart.feature:3`; the list names the same places.
https://behave.readthedocs.io/en/latest/behave/
"""

from bot.log_formats.reading import Format, Pattern, Reading, Region
from bot.outcomes import FailureClass

_LIST = Pattern(r"(?:Failing|Errored) scenarios:$")
_LISTED = Pattern(r"  (?P<path>\S.*?\.feature):(?P<line>\d+)  (?P<test>\S.*?)\s*$")
_SCENARIO = Pattern(r"\s+\S[^#]*: .*# (?P<where>\S.*?\.feature:\d+)$")
_NEXT = Pattern(r"\s+\S[^#]*: .*# \S.*?\.feature:\d+$|\S|\s+@\w")
_SAID = Pattern(r"\s+(?P<message>(?:ASSERT FAILED|Assertion Failed|HOOK-ERROR in .*?): ?.*)$")
_STEP = Pattern(r"\s+(?P<step>\S.*?)\s+# (?P<where>\S+\.py:\d+|None)(?: \d+\.\d+s)?\s*$")
_TRACEBACK = Pattern(r"\s+Traceback \(most recent call last\)")
_FILE = Pattern(r'\s+File "(?P<path>[^"]+)", line (?P<line>\d+)')
_EXCEPTION = Pattern(r"\s+(?P<message>(?P<rule>[A-Za-z_][\w.]*)(?:: .*)?)$")
_COUNTS = Pattern(r"\d+ (?:features?|scenarios?|steps?) passed, ")
_FOREIGN = ("site-packages", "dist-packages", "/lib/python", "\\lib\\", "<frozen")


def _depth(text: str) -> int:
    return len(text) - len(text.lstrip())


def _raised(region: Region, block: range) -> tuple[int, str] | None:
    """The line that ends the last traceback of the block, and its text."""
    start = next((i for i in reversed(block) if _TRACEBACK.match(region[i].text)), None)
    if start is None:
        return None
    depth = _depth(region[start].text)
    for index in range(start + 1, block.stop):
        text = region[index].text
        if text.strip() and _depth(text) <= depth and (found := _EXCEPTION.match(text)):
            return index, found["message"]
    return None


def _cause(region: Region, block: range) -> tuple[int, str] | None:
    if said := region.find(_SAID, block):
        return said[0], said[1]["message"]
    if raised := _raised(region, block):
        return raised
    for index in block:  # steps behind a failed one have no place either: the first counts
        if (step := _STEP.match(region[index].text)) and step["where"] == "None":
            return index, f"undefined step: {step['step']}"
    return None


def _scenario(region: Region, reading: Reading, listed: int, start: int | None) -> None:
    found = _LISTED.match(region[listed].text)
    if found is None:
        return
    test = f"{found['path']} › {found['test']}"
    block = range(0) if start is None else region.after(start, stop=_NEXT, limit=200)
    cause = _cause(region, block)
    if start is None or cause is None:
        reading.add(
            f"{found['test']} failed",
            title=listed,
            path=found["path"],
            line=found["line"],
            test=test,
        )
        return
    at, message = cause
    files = [(i, hit) for i in block if i < at and (hit := _FILE.match(region[i].text))]
    own = [f for f in files if not any(word in f[1]["path"] for word in _FOREIGN)]
    steps = [i for i in block if i < at and _STEP.match(region[i].text)]
    code = _STEP.match(region[steps[-1]].text) if steps else None
    where = code["where"] if code and not message.startswith("undefined step") else ""
    frame = f"{own[-1][1]['path']}:{own[-1][1]['line']}" if own else where
    reading.add(
        message,
        title=[start, *steps[-1:]],
        cause=at,
        frames=own[-1][0] if own else (),
        detail=[listed, *range(at + 1, min(at + 4, block.stop))],
        frame=frame,
        path=found["path"],
        line=found["line"],
        test=test,
    )


def read(region: Region, reading: Reading) -> None:
    """One diagnostic for each scenario of the final lists, counts."""
    starts = {found["where"]: index for index, found in region.matches(_SCENARIO)}
    for head, _ in region.matches(_LIST):
        for index in region.after(head, limit=500):
            found = _LISTED.match(region[index].text)
            if found is None:
                break
            start = starts.get(f"{found['path']}:{found['line']}")
            _scenario(region, reading, index, start)
    reading.summary(*(index for index, _ in region.matches(_COUNTS)))


FORMAT = Format(
    name="behave",
    failure_class=FailureClass.TEST,
    anchors=("Failing scenarios:", "Errored scenarios:", ".feature:", " passed, "),
    read=read,
)
