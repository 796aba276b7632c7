"""git and actions/checkout: refs that do not exist, refused pushes, conflicts, submodules.

https://git-scm.com/docs
"""

from bot.log_formats.reading import Format, Pattern, Reading, Region
from bot.log_formats.step_end import END_ANCHORS, StepEnds
from bot.outcomes import FailureClass

_FATAL = Pattern(
    r"(?P<text>fatal: (?:[Cc]ouldn't find remote ref .*|[Rr]emote branch .* not found.*"
    r"|could not read (?:Username|Password) for .*"
    r"|[Aa]uthentication failed.*|repository '.*' not found|not a git repository.*"
    r"|detected dubious ownership.*"
    r"|refusing to merge unrelated histories|No url found for submodule path .*"
    r"|(?:remote error: )?upload-pack: not our ref.*|remote error: .*"
    r"|bad revision.*|ambiguous argument.*|[Nn]o (?:tag exactly matches|names found|such remote"
    r"|submodule mapping).*|[Nn]eed a single revision.*"
    r"|Unable to (?:find|checkout) .*|clone of .* failed|reference is not a tree.*"
    r"|invalid (?:reference|refspec).*|empty ident name.*|unable to auto-detect email.*"
    r"|path .* (?:does not exist|exists on disk).*|pathspec .* did not match.*"
    r"|tag '.*' already exists|Not possible to fast-forward.*"
    r"|unable to access '.*': The requested URL returned error: 40\d.*"
    r"|.* does not have a commit checked out.*|Exiting because of .*)"
    r"|error: (?:pathspec .* did not match any.*|Your local changes to the following files would "
    r"be overwritten.*"
    r"|The following untracked working tree files would be overwritten.*|patch failed: .*"
    r"|failed to push some refs to .*|src refspec .* does not match any"
    r"|Server does not allow request for unadvertised object.*|could not apply .*"
    r"|cannot lock ref.*)"
    r"|CONFLICT \(.*\): .*|remote: Repository not found\.|Author identity unknown"
    r"|Fetched in submodule path .*, but it did not contain .*|error: Submodule .*"
    r"|Encountered \d+ files? that should have been pointers.*"
    r"|batch response: .*|A branch or tag with the name '.*' could not be found"
    r"|Unable to determine if the repository .*)"
)
_REJECTED = Pattern(r"\s*! \[(?P<kind>(?:remote )?rejected)\]\s+(?P<text>.*)")
_TRAILER = Pattern(
    r"The process '.*git(?:\.exe)?' failed with exit code \d+|error: failed to push some refs"
)
_PLACE = Pattern(r"CONFLICT \([^)]*\): (?:Merge conflict in )?(?P<path>\S+)")
_PINNED = Pattern(r"Fetched in submodule path .*, but it did not contain ")
"""The commit that the project pins of another repository is not there."""
_NEAR = 40


def read(region: Region, reading: Reading) -> None:
    """What git gives up on, if the step ends soon after.

    Tests of tools that use git print such lines too.
    """
    ends = StepEnds(region)
    for index, found in region.matches(_REJECTED):
        reading.add(found["text"], cause=index, rule=found["kind"])
    for index, found in region.matches(_FATAL):
        if _TRAILER.match(region[index].text):
            reading.summary(index)
            continue
        if not ends.stopped(index, _NEAR):
            continue
        place = _PLACE.match(region[index].text)
        reading.add(
            found["text"],
            cause=index,
            path=place["path"] if place else "",
            failure_class=FailureClass.DEPENDENCY if _PINNED.match(region[index].text) else None,
        )
    for index, _ in region.matches(_TRAILER):
        reading.summary(index)


FORMAT = Format(
    name="git",
    failure_class=FailureClass.CONFIG,
    anchors=(
        *END_ANCHORS,
        "fatal: ", "error: pathspec", "would be overwritten", "patch failed", "push some refs",
        "src refspec", "unadvertised object", "could not apply", "cannot lock ref", "CONFLICT (",
        "Repository not found", "Author identity unknown", "in submodule path", "error: Submodule",
        "should have been pointers", "batch response", "A branch or tag with", "rejected]", "git' failed with",
        "git.exe' failed with",
    ),
    read=read,
)  # fmt: skip
