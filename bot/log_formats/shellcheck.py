"""ShellCheck: `In file line n:`, the code and `^-- SC2086 (info): message`; the gcc form.

https://github.com/koalaman/shellcheck/blob/master/shellcheck.1.md
"""

from bot.log_formats.reading import Format, Pattern, Reading, Region
from bot.outcomes import FailureClass

_IN = Pattern(r"In (?P<path>\S.*?) line (?P<line>\d+):$")
_CARET = Pattern(r"\s*\^-*\^? (?:-- )?(?P<rule>SC\d+)(?: \((?P<level>\w+)\))?: (?P<text>.*)")
_GCC = Pattern(
    r"(?P<path>[^\s:][^:]*):(?P<line>\d+):(?P<column>\d+): (?P<level>error|warning"
    r"|note): (?P<text>.*) \[(?P<rule>SC\d+)\]$"
)
_SHORT = Pattern(r"(?P<text>.+) \[(?P<rule>SC\d+)\]$|(?P<rule2>SC\d+): (?P<text2>.+)$")
_MORE = Pattern(r"For more information:|\s+https://www\.shellcheck\.net/wiki/")


def read(region: Region, reading: Reading) -> None:
    """One diagnostic for each code; several may stand under one line of the script."""
    for index, found in region.matches(_CARET):
        above = region.before(index, limit=12)
        head = region.find(_IN, reversed(above))
        code = head[0] + 1 if head and head[0] + 1 < index else None
        reading.add(
            found["text"],
            title=head[0] if head else (),
            cause=index,
            detail=[code] if code is not None else (),
            path=head[1]["path"] if head else "",
            line=head[1]["line"] if head else 0,
            rule=found["rule"],
        )
    for index, found in region.matches(_GCC):
        reading.add(
            found["text"],
            cause=index,
            path=found["path"],
            line=found["line"],
            column=found["column"],
            rule=found["rule"],
        )
    for index in region.hits:
        line = region[index]
        short = _SHORT.match(line.text) if line.marker in {"error", "warning"} else None
        if short and not _GCC.match(line.text):
            reading.add(
                short["text"] or short["text2"], cause=index, rule=short["rule"] or short["rule2"]
            )
    for index, _ in region.matches(_MORE):
        reading.noise([index])


FORMAT = Format(
    name="shellcheck",
    failure_class=FailureClass.LINT,
    anchors=(" SC1", " SC2", " SC3", "[SC", "SC2", "For more information:"),
    read=read,
)
