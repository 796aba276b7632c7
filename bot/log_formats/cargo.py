"""cargo and rustup: manifests, versions, lock file, toolchains; errors without a place in code.

The root of an error is the last `Caused by:`. https://doc.rust-lang.org/cargo/
"""

from bot.log_formats.reading import Format, Pattern, Reading, Region
from bot.outcomes import FailureClass

_ERROR = Pattern(
    r"error: (?P<message>(?:"
    r"(?P<dependency>failed to select a version|no matching package|failed to (?:get|load source|download)"
    r"|cannot update the lock file|the lock file .* needs to be updated|cyclic package dependency"
    r"|package `[^`]+` cannot be built because it requires|rustc \S+ is not supported|could not download file"
    r"|failed to (?:fetch|update|sync|query)|unable to update|checksum for|two packages named"
    r"|package collision|no such dependency|Unable to update)"
    r"|(?P<config>failed to parse|failed to read|failed to load manifest|invalid (?:manifest|character)"
    r"|no such (?:sub)?command|could not find `Cargo|package ID specification|the package '"
    r"|Package `|package `[^`]+` (?:does not|is not|not found)|no (?:\w+ )?target named|no targets"
    r"|toolchain '|component '|the '|can't find |none of the selected packages|feature `"
    r"|current package believes|multiple workspace roots|target was empty|unexpected argument"
    r"|environment variable |unable to (?:find|create)|the manifest|virtual manifests"
    r"|failed to (?:find|create|open|determine|install|compile))"
    r").*)"
)
_MANIFEST = Pattern(r"error: (?P<message>.+)")
_PLACE = Pattern(r" *--> (?P<path>(?:[^:]*[/\\])?[\w.-]+\.toml):(?P<line>\d+):(?P<column>\d+)")
_CAUSED = Pattern(r"Caused by:$")
_TEXT = Pattern(r" {2,}\S")
_END = Pattern(r"(?:error|warning): |$")
_SUMMARY_ERROR = Pattern(r"error: (?:could not compile|aborting|test failed|doctest failed)")
_FOREIGN = Pattern(r"failed to parse manifest at `\S*[/\\]\.cargo[/\\](?:registry|git)[/\\]")
_DOWN = Pattern(
    r".*(?:failed to download from `https?://|could not download file from 'https?://|crates\.io index)"
)
_TRANSIENT = Pattern(
    r".*(?:got 50[0234]|HTTP/2 stream|\[(?:7|28|35|52|55|56|92)\]|spurious|[Tt]imeout|timed out)"
)


def _roots(region: Region, block: range) -> list[int]:
    """The first line below each `Caused by:`, in order."""
    return [
        text[0]
        for i in block
        if _CAUSED.match(region[i].text) and (text := region.find(_TEXT, region.after(i, limit=2)))
    ]


def read(region: Region, reading: Reading) -> None:
    """Errors in manifests have a place; of the others the chain of causes is the finding."""
    for index, found in region.matches(_MANIFEST):
        if place := region.find(_PLACE, region.after(index, limit=2)):
            reading.add(
                found["message"],
                cause=index,
                frames=place[0],
                detail=region.after(place[0], stop=_END, limit=8),
                path=place[1]["path"],
                line=place[1]["line"],
                column=place[1]["column"],
                failure_class=FailureClass.CONFIG,
            )
    for index, found in region.matches(_ERROR):
        near = region.after(index, stop=_SUMMARY_ERROR, limit=40)
        if region.find(_PLACE, near[:2]):
            continue
        roots = _roots(region, near)
        root = roots[-1] if roots else None
        message = found["message"]
        if root is not None:
            message = f"{message.rstrip(':')}: {region[root].text.strip()}"
        kind = FailureClass.DEPENDENCY if found["dependency"] else FailureClass.CONFIG
        if _FOREIGN.match(message):
            kind = FailureClass.DEPENDENCY  # of a later edition than this cargo knows
        whole = [index, *near]
        if region.find(_DOWN, whole) and region.find(_TRANSIENT, whole):
            kind = FailureClass.INFRASTRUCTURE
        told = region.after(index, stop=_END, limit=12)
        reading.add(
            message,
            cause=[index, root] if root is not None else index,
            detail=[*told, *roots, *(region.after(root, stop=_END, limit=6) if root else ())],
            failure_class=kind,
        )


FORMAT = Format(
    name="cargo",
    failure_class=FailureClass.DEPENDENCY,
    anchors=("error: ", "error"),
    read=read,
)
