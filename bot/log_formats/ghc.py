"""GHC: `src/A.hs:4:5: error: [GHC-88464]` and the indented message below; `-Werror`.

https://downloads.haskell.org/ghc/latest/docs/users_guide/using.html
"""

from bot.log_formats.reading import Format, Pattern, Reading, Region
from bot.outcomes import FailureClass

_ERROR = Pattern(
    r"\s*(?P<path>[^\s:][^:\n]*\.(?:l?hs|hsc|hs-boot|chs"
    r"|cabal)):(?:(?P<line>\d+):(?P<column>\d+)(?:-\d+)?"
    r"|\((?P<line2>\d+),(?P<column2>\d+)\)-\(\d+,\d+\)): "
    r"(?:fatal )?error:(?: \[(?P<codes>[^\]]*)\](?:, ?\[[^\]]*\])?)?(?: \[[^\]]*\])?(?P<text>.*)$"
)
_TEXT = Pattern(r"\s+(?:• |ΓÇó |\* )?(?P<text>[^\s|].*)")
_END = Pattern(r"\s*$|\S")
_NUMBERED = Pattern(r"\s*\d* +\||\s*\|")
_RULE = Pattern(r".*?(?P<rule>GHC-\d+|-W[\w-]+)")


def read(region: Region, reading: Reading) -> None:
    """One diagnostic for each error; the message may begin on the next line."""
    for index, found in region.matches(_ERROR):
        block = region.after(index, stop=_END, limit=30)
        first = None if found["text"].strip() else region.find(_TEXT, block)
        rule = _RULE.match(region[index].text.rpartition("-Werror=")[2]) or _RULE.match(
            found["codes"] or ""
        )
        werror = region[index].text.partition("-Werror=")[2].partition("]")[0]
        text = first[1]["text"] if first else found["text"].strip()
        reading.add(
            text or "error",
            title=index if first else (),
            cause=first[0] if first else index,
            detail=[i for i in block if not _NUMBERED.match(region[i].text)][:8],
            path=found["path"],
            line=found["line"] or found["line2"],
            column=found["column"] or found["column2"],
            rule=f"-W{werror}" if werror else (rule["rule"] if rule else ""),
        )


FORMAT = Format(
    name="ghc",
    failure_class=FailureClass.COMPILE,
    anchors=("hs:", "error:", ".hsc:"),
    read=read,
)
