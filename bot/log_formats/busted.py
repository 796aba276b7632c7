"""busted (Lua): `Failure -> spec/a_spec.lua @ 1`, the test's name, then place and message.

https://lunarmodules.github.io/busted/
"""

from bot.log_formats.reading import Format, Pattern, Reading, Region
from bot.outcomes import FailureClass

_HEAD = Pattern(r"(?:Failure|Error) (?:->|→) (?P<path>\S.*?) @ (?P<line>\d+)$")
_SAID = Pattern(r"(?P<path>\S+?\.lua):(?P<line>\d+): (?P<message>.+)")
_COUNTS = Pattern(r"\d+ success(?:es)? / \d+ failures? / \d+ errors? / \d+ pending")


def read(region: Region, reading: Reading) -> None:
    """One diagnostic for each failure and error."""
    for index, found in region.matches(_HEAD):
        block = region.after(index, stop=_HEAD, limit=30)
        block = range(block.start, next((i for i in block if region[i].marker), block.stop))
        if not block:
            continue
        said = region.find(_SAID, block[1:4])
        at = said[0] if said else block[min(1, len(block) - 1)]
        more = [i for i in block if i > at and region[i].text.strip()][:6]
        message = said[1]["message"] if said else region[at].text
        reading.add(
            " ".join([message, *(region[i].text.strip() for i in more[:4])]),
            title=[index, block[0]],
            cause=at,
            detail=more,
            path=said[1]["path"] if said else found["path"],
            line=said[1]["line"] if said else found["line"],
            test=region[block[0]].text.strip(),
        )
    reading.summary(*(index for index, _ in region.matches(_COUNTS)))


FORMAT = Format(
    name="busted",
    failure_class=FailureClass.TEST,
    anchors=("Failure -> ", "Error -> ", "Failure → ", "Error → ", " pending"),
    read=read,
)
