"""PHPStan and Larastan: a table for each file (`Line   src/File.php`), raw lines, the count.

https://phpstan.org/user-guide/output-format
"""

from bot.log_formats.reading import Format, Pattern, Reading, Region
from bot.outcomes import FailureClass

_HEAD = Pattern(
    r"\s*Line {2,}(?P<path>\S.*?\.(?:php|phtml|inc|module|stub))(?: \(in context of .*)?\s*$"
)
_END = Pattern(r"\s*Line {2,}\S|\s*\[(?:ERROR|OK|WARNING)\]|\s*(?:Error|Script) |##")
_ROW = Pattern(r"\s*:?(?P<line>\d+|-) {2,}(?P<message>\S.*)")
_MORE = Pattern(r" {6,}(?P<text>[^\s🪪💡].*)")
_RULE = Pattern(r"\s*(?:🪪 +|\(?[^\w\s]{1,8} *)(?P<rule>[a-z]\w*(?:\.\w+)+)\)?")
_RAW = Pattern(
    r"(?P<path>[^\s:]+\.php)(?: \(in context of .*\))?:(?P<line>\d+):(?P<message>[A-Z].*?)(?: "
    r"\[identifier=(?P<rule>[\w.]+)\])?$"
)
_COUNTS = Pattern(r"\s*\[ERROR\] (?P<text>Found \d+ errors?.*)|\s*Found \d+ errors?$")
_SETUP = Pattern(
    r"\s*(?:\[ERROR\] )?(?P<text>(?:Ignored error pattern|Invalid configuration|Unexpected item"
    r"|Service '.*' |Bootstrap file|Neon file|At least one path|Child process error"
    r"|Internal error|PHPStan process crashed|Allowed memory size|Result is incomplete).*)"
)


def _table(region: Region, reading: Reading, head: int, path: str) -> None:
    block = region.after(head, stop=_END, limit=400)
    rows = [(i, hit) for i in block if (hit := _ROW.match(region[i].text))]
    for position, (index, row) in enumerate(rows):
        end = rows[position + 1][0] if position + 1 < len(rows) else block.stop
        text, rule, last = row["message"].strip(), "", index
        for i in range(index + 1, min(end, index + 8)):
            if hit := _RULE.match(region[i].text):
                rule, last = hit["rule"], i
                break
            more = _MORE.match(region[i].text)
            if not more or set(more["text"].strip()) <= {"-", " "}:
                break
            text, last = f"{text} {more['text'].strip()}", i
        reading.add(
            text,
            title=head,
            cause=index,
            detail=range(index + 1, last + 1),
            path=path,
            line=row["line"],
            rule=rule,
        )


def read(region: Region, reading: Reading) -> None:
    """Tables, raw lines, what keeps PHPStan from running, counts."""
    for index, found in region.matches(_HEAD):
        _table(region, reading, index, found["path"])
    for index, found in region.matches(_RAW):
        reading.add(
            found["message"],
            cause=index,
            path=found["path"],
            line=found["line"],
            rule=found["rule"] or "",
        )
    for index, found in region.matches(_SETUP):
        reading.add(found["text"], cause=index, failure_class=FailureClass.CONFIG)
    for index, _ in region.matches(_COUNTS):
        reading.summary(index)


FORMAT = Format(
    name="phpstan",
    failure_class=FailureClass.TYPE,
    anchors=(
        " Line  ", ".php:", "[ERROR]", "Found 1 error", "Ignored error pattern",
        "Child process error", "Internal error", "Result is incomplete", "PHPStan process",
    ),
    read=read,
)  # fmt: skip
