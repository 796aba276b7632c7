"""Set-up of GitHub Actions: actions that cannot be found, templates, inputs, file commands.

Messages of https://github.com/actions/runner and of the setup-* actions.
"""

from bot.log_formats.reading import Format, Pattern, Reading, Region
from bot.outcomes import FailureClass

_ACTION = Pattern(
    r"(?P<text>Unable to resolve action `?[^`,]+`?.*"
    r"|Can't find 'action\.yml', 'action\.yaml' or 'Dockerfile'.*"
    r"|An action could not be found at the URI .*|Could not find file '.*action\.ya?ml'.*"
    r"|This request has been automatically failed because it uses a deprecated version.*"
    r"|.*is not allowed (?:to be used )?in \S+.*(?:must be|Actions in this workflow).*"
    r"|Unable to find Node version .*|Version \S+ (?:with arch \S+ )?(?:was )?not found.*"
    r"|The version '.*' with architecture '.*' was not found.*"
    r"|Could not find satisfied version for SemVer.*|Unable to find (?:Go|Ruby|Python"
    r"|Java) version .*|Unknown version .* for ruby.*"
    r"|Dependencies lock file is not found in .*|Some specified paths were not resolved, unable "
    r"to cache dependencies.*"
    r"|No file in .* matched to \[.*|The specified (?:\w+ )?version file at: .* does not exist.*"
    r"|Unable to locate executable file: .*|No pnpm version is specified.*"
    r"|Multiple versions of pnpm specified.*"
    r"|File was unable to be removed.*|The `?(?:set-output|save-state|set-env"
    r"|add-path)`? command is (?:disabled|deprecated and will be disabled).*"
    r"|Not all required inputs? (?:is|are) .*|Unsupported (?:event|platform|runner).*"
    r"|Container action is only supported on Linux.*"
    r"|Docker (?:build|pull|create|start) failed with exit code \d+"
    r"|One or more containers failed to start.*|Failed to initialize container .*)"
)
_TEMPLATE = Pattern(
    r"(?P<text>The (?:template|workflow) is not valid\. ?(?P<path>\.github/\S+?\.ya?ml)?.*"
    r"|Error when evaluating '.*' for .*|Unrecognized (?:named-value|function): .*"
    r"|Unexpected (?:symbol|value|type) .*"
    r"|error parsing called workflow.*|Invalid workflow file.*)"
)
_PLACE = Pattern(r"\(Line: (?P<line>\d+), Col: (?P<column>\d+)\)")
_FILE_COMMAND = Pattern(r"(?P<text>Unable to process file command '.*' successfully\.)")
_REASON = Pattern(
    r"(?P<text>(?:Invalid format|Invalid value|Matching delimiter not found"
    r"|Missing file at path).*)"
)


def read(region: Region, reading: Reading) -> None:
    """What the runner or a set-up action marks as an error."""
    for index in region.hits:
        line = region[index]
        if line.marker not in {"error", ""}:
            continue
        found = _ACTION.match(line.text)
        if found and (line.marker == "error" or line.text.startswith("Unable to resolve action")):
            reading.add(found["text"], cause=index, detail=region.after(index, limit=1))
        elif line.marker == "error" and (template := _TEMPLATE.match(line.text)):
            place = _PLACE.search(line.text)
            reading.add(
                template["text"],
                cause=index,
                detail=region.after(index, limit=2),
                path=template["path"] or "",
                line=place["line"] if place else 0,
                column=place["column"] if place else 0,
            )
    for index, found in region.matches(_FILE_COMMAND):
        reason = region.find(_REASON, region.after(index, limit=2))
        reading.add(
            reason[1]["text"] if reason else found["text"],
            title=index if reason else (),
            cause=reason[0] if reason else index,
        )


FORMAT = Format(
    name="actions set-up",
    failure_class=FailureClass.CONFIG,
    anchors=(
        "Unable to resolve action", "Can't find 'action.yml'", "action could not be found",
        "automatically failed because", "not allowed ", "Unable to find ", "not found",
        "satisfied version", "unable to cache", "matched to [", "does not exist",
        "locate executable file", "pnpm version", "versions of pnpm", "command is d", "Unsupported ",
        "Not all required input", "only supported on Linux", "failed with exit code", "containers failed",
        "Failed to initialize container", "is not valid", "Error when evaluating", "Unrecognized ",
        "Unexpected ", "called workflow", "Invalid workflow file", "Unable to process file command",
        "Unknown version", "Could not find file",
    ),
    read=read,
)  # fmt: skip
