"""actions/upload-artifact, download-artifact and cache: what is missing, refused or full.

https://github.com/actions/toolkit/tree/main/packages/artifact
"""

from bot.log_formats.reading import Format, Pattern, Reading, Region
from bot.outcomes import FailureClass

_PROBLEM = Pattern(
    r"(?P<text>(?:Unable to download artifact\(s\): )?(?:Artifact not found for name: .*"
    r"|Unable to find (?:any artifacts|an artifact).*"
    r"|No artifacts? found.*|Artifact has expired.*|.*artifact with this name already exists.*)"
    r"|No files were found with the provided path: .*|The artifact name is not valid: .*"
    r"|The path for one of the files in artifact is not valid: .*|Path does not exist .*"
    r"|Provided artifact name input during validation is not valid.*"
    r"|Artifact download failed.*|Unable to extract artifact.*|Invalid pattern .*"
    r"|Fail(?:ed)? to restore cache entry.*|Failed to restore cache.*)"
)
_QUOTA = Pattern(r"(?P<text>.*Artifact storage quota has been hit\..*)")
_HINT = Pattern(r"\s*(?:Please ensure|For more information|Consider |- )")


def read(region: Region, reading: Reading) -> None:
    """Only lines that are marked as an error: a missing file is often just a warning."""
    for index in region.hits:
        line = region[index]
        if line.marker != "error":
            continue
        hints = [i for i in region.after(index, limit=2) if _HINT.match(region[i].text)]
        if quota := _QUOTA.match(line.text):
            reading.add(
                quota["text"],
                cause=index,
                detail=hints,
                rule="quota",
                failure_class=FailureClass.INFRASTRUCTURE,
            )
        elif found := _PROBLEM.match(line.text):
            reading.add(found["text"], cause=index, detail=hints)


FORMAT = Format(
    name="artifacts",
    failure_class=FailureClass.CONFIG,
    anchors=(
        "rtifact",
        "No files were found",
        "Path does not exist",
        "restore cache",
        "Invalid pattern",
    ),
    read=read,
)
