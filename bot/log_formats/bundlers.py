"""webpack, Rollup, Vite (on Rollup or Rolldown) and esbuild: what does not resolve or parse.

webpack: `ERROR in ./src/index.js 4:0`, its text below. Rollup: `[!] RollupError: …`, the place below;
Vite: `error during build:` and the same, or Rolldown's `[MISSING_EXPORT] …` over `╭─[ file:1:10 ]`.
esbuild: `✘ [ERROR] text`, then `    file:2:10:`. https://webpack.js.org/api/stats/,
https://rollupjs.org/troubleshooting/, https://esbuild.github.io/api/#log-level
"""

from bot.log_formats.reading import Format, Pattern, Reading, Region
from bot.outcomes import FailureClass

_WEBPACK = Pattern(
    r"ERROR in (?P<path>\.{0,2}/?[\w@./\[\]-]+\.\w+)(?: (?P<line>\d+):(?P<column>\d+))?"
)
_WEBPACK_PLAIN = Pattern(r"ERROR in (?P<path>\S+)$")
_WEBPACK_END = Pattern(r"(?:ERROR|WARNING) in |webpack \d\S* compiled |\d+ errors? ")
_ROLLUP = Pattern(r"(?:\[!\] )?(?P<rule>RollupError|\(plugin [^)]*\) \w*Error): (?P<message>.+)")
_ROLLUP_PLACE = Pattern(
    r"(?:file: )?(?P<path>[\w@./-]+\.\w+)(?::(?P<line>\d+):(?P<column>\d+)| \((?P<row>\d+):(?P<at>\d+)\))?$"
)
_VITE = Pattern(r"error during build:$")
_VITE_SAID = Pattern(r"(?!Build failed with )(?P<message>(?:\[vite[^\]]*\]:? |[\w.]*Error: )\S.*)")
_ROLLDOWN = Pattern(r"\[(?P<rule>[A-Z][A-Z_]+)\] (?P<message>.+)")
_ROLLDOWN_PLACE = Pattern(r"\s*╭─+\[ (?P<path>\S+?):(?P<line>\d+):(?P<column>\d+) \]")
_ESBUILD = Pattern(r"(?:✘|X) \[ERROR\] (?P<message>.+)")
_ESBUILD_PLACE = Pattern(r"    (?P<path>\S.*?):(?P<line>\d+):(?P<column>\d+):$")
_STACK = Pattern(r"\s+at ")
_COUNTS = Pattern(r"webpack \d\S* compiled with \d+ errors?|\d+ errors?$")


def _webpack(region: Region, reading: Reading) -> None:
    for index, found in [*region.matches(_WEBPACK)] or [*region.matches(_WEBPACK_PLAIN)]:
        block = region.after(index, stop=_WEBPACK_END, limit=12)
        if not block or not region[block[0]].text.strip():
            continue
        place = found.groupdict()
        reading.add(
            region[block[0]].text,
            title=index,
            cause=block[0],
            detail=block[1:6],
            path=found["path"].removeprefix("./"),
            line=place.get("line") or 0,
            column=place.get("column") or 0,
            tool="webpack",
        )


def _rollup(region: Region, reading: Reading) -> None:
    for index, found in region.searches(_ROLLUP):
        block = region.after(index, stop=_STACK, limit=8)
        at, place = region.find(_ROLLUP_PLACE, block) or (None, None)
        reading.add(
            found["message"],
            cause=index,
            frames=() if at is None else at,
            detail=block,
            path=place["path"] if place else "",
            line=(place["line"] or place["row"] or 0) if place else 0,
            column=(place["column"] or place["at"] or 0) if place else 0,
            rule=found["rule"] if "plugin" not in found["rule"] else "",
            tool="Rollup",
        )
    for index, found in region.matches(_ROLLDOWN):
        at, place = region.find(_ROLLDOWN_PLACE, region.after(index, limit=4)) or (None, None)
        if at is None or place is None:
            continue
        reading.add(
            found["message"],
            cause=index,
            frames=at,
            detail=region.after(at, stop=_STACK, limit=10),
            path=place["path"],
            line=place["line"],
            column=place["column"],
            rule=found["rule"],
            tool="Rolldown",
        )
    if reading.findings:
        return
    for index, _ in region.matches(_VITE):
        block = region.after(index, limit=6)
        if said := region.find(_VITE_SAID, block):
            at, place = region.find(_ROLLUP_PLACE, block) or (None, None)
            reading.add(
                said[1]["message"],
                title=index,
                cause=said[0],
                frames=() if at is None else at,
                detail=block,
                path=place["path"] if place else "",
                line=(place["line"] or 0) if place else 0,
                column=(place["column"] or 0) if place else 0,
                tool="Vite",
            )


def _esbuild(region: Region, reading: Reading) -> None:
    for index, found in region.matches(_ESBUILD):
        block = region.after(index, stop=_ESBUILD, limit=8)
        at, place = region.find(_ESBUILD_PLACE, block) or (None, None)
        if place is None and not found["message"].startswith("Could not resolve "):
            continue  # wrangler words all that it says like this
        reading.add(
            found["message"],
            cause=index,
            frames=() if at is None else at,
            detail=block if at is None else range(at + 1, min(at + 4, block.stop)),
            path=place["path"] if place else "",
            line=place["line"] if place else 0,
            column=place["column"] if place else 0,
            tool="esbuild",
        )


def read(region: Region, reading: Reading) -> None:
    """One diagnostic for each module or import that a bundler objects to."""
    _webpack(region, reading)
    _rollup(region, reading)
    _esbuild(region, reading)
    reading.summary(*(index for index, _ in region.matches(_COUNTS)))


FORMAT = Format(
    name="webpack",
    failure_class=FailureClass.COMPILE,
    anchors=(
        "ERROR in ",
        " compiled with ",
        "RollupError: ",
        "(plugin ",
        "error during build:",
        "[UNRESOLVED_",
        "[MISSING_EXPORT] ",
        "[PARSE_ERROR] ",
        "[ERROR] ",
    ),
    read=read,
)
