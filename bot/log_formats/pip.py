"""pip: `ERROR: No matching distribution found`, conflicts, failed builds, hashes.

https://pip.pypa.io/en/stable/topics/dependency-resolution/
"""

from bot.log_formats.reading import Format, Pattern, Reading, Region
from bot.outcomes import FailureClass

_ERROR = Pattern(
    r"\s*ERROR: (?P<message>(?:No matching distribution found|Cannot install |Could not install packages"
    r"|Could not open requirements file|Invalid requirement|Package '.+' requires a different Python"
    r"|THESE PACKAGES DO NOT MATCH|Hashes are required|Can not (?:combine|perform)|Directory '.+' is not installable"
    r"|\S+ is not a supported wheel|Exception:|Could not find an activated|Ignored the following|Double requirement"
    r"|Unsatisfied requirement|.+ has inconsistent |Cannot (?:uninstall|unpack|determine)).*)"
)
_CONSTRAINT = Pattern(r"\s*ERROR: Could not find a version that satisfies")
_HINTED = Pattern(
    r"\s*(?:ERROR: )?(?P<message>ResolutionImpossible:.*|ResolutionTooDeep.*)|error: (?P<bare>resolution-too-deep|externally-managed-environment)"
)
_REASON = Pattern(
    r"\s+(?:The user requested|\S.* depends on |Expected sha|\s*Got )|The conflict is caused by"
)
_BUILD = Pattern(
    r"\s*(?:error: subprocess-exited-with-error|(?:ERROR|error): (?:Command errored out|metadata-generation-failed))"
)
_WHAT = Pattern(r"\s*(?:×|x|├ù|\S{1,3}) (?P<message>\S.* did not run successfully\.?)")
_SAID = Pattern(
    r"\s*(?P<message>(?:\S+:\d+:(?:\d+:)? )?fatal error: .+|\S+:\d+:(?:\d+:)? error: .+|(?!subprocess)\w*(?:Error|Exception): .+"
    r"|error: (?!subprocess|metadata|Command '|legacy).+|.+: command not found|E: .+)"
)
_OUTPUT_END = Pattern(r"\s*\[end of output\]|\s*----")
_FAILED = Pattern(r"\s*(?:ERROR: )?(?:Failed (?:building wheel|to build)|Could not build wheels)")
_NETWORK = Pattern(
    r".*(?:Max retries exceeded|Read timed out|Connection (?:reset|aborted|broken)|Temporary failure in name|No space left|\b50[234] )"
)
_RETRY = Pattern(r"\s*WARNING: Retrying \(Retry\(")
_NOISE = Pattern(
    r"WARNING: Retrying |\s*note: This (?:error originates|is an issue)|hint: See above|\[notice\] |ERROR: pip's dependency resolver"
)
_CONFIG = (
    "Could not open requirements",
    "Invalid requirement",
    "Directory '",
    "Could not find an activated",
)


def _requirements(region: Region, reading: Reading) -> None:
    for index, found in region.matches(_ERROR):
        message = found["message"]
        above = region.before(index, limit=6)
        constraint = region.find(_CONSTRAINT, above)
        # Without a network there are no versions to choose from either.
        retries = [i for i in region.before(index, limit=12) if _RETRY.match(region[i].text)]
        retried = message.startswith("No matching") and bool(retries)
        kind = FailureClass.DEPENDENCY
        if retried or (message.startswith("Could not install") and _NETWORK.match(message)):
            kind = FailureClass.INFRASTRUCTURE
        elif message.startswith(_CONFIG):
            kind = FailureClass.CONFIG
        below = region.after(index, limit=10)
        reading.add(
            message,
            title=retries[-1:],
            cause=[index, *([] if constraint is None else [constraint[0]])],
            detail=[i for i in below if _REASON.match(region[i].text)],
            failure_class=kind,
        )
    for index, found in region.matches(_HINTED):
        if found["bare"]:
            reading.add(found["bare"], cause=index, detail=region.after(index, limit=6))
        else:
            reading.summary(index)


def _builds(region: Region, reading: Reading) -> None:
    """A package that does not build: the cause stands in what its build printed."""
    for index, _ in region.matches(_BUILD):
        block = region.after(index, stop=_OUTPUT_END, limit=400)
        what = region.find(_WHAT, block[:4])
        said = region.find(_SAID, block)
        if what is None and said is None:
            continue
        reading.add(
            said[1]["message"] if said else what[1]["message"] if what else "",
            title=[index] if what is None else what[0],
            cause=said[0] if said else (),
            detail=range(said[0] + 1, min(said[0] + 4, block.stop)) if said else block[:6],
        )


def read(region: Region, reading: Reading) -> None:
    """Requirements that cannot be met, packages that do not build."""
    _builds(region, reading)
    _requirements(region, reading)
    for index, _ in region.matches(_FAILED):
        reading.summary(index)
    reading.noise(index for index, _ in region.matches(_NOISE))


FORMAT = Format(
    name="pip",
    failure_class=FailureClass.DEPENDENCY,
    anchors=(
        "ERROR: ",
        "error: subprocess-exited-with-error",
        "error: metadata-generation-failed",
        "error: resolution-too-deep",
        "error: externally-managed-environment",
        "ResolutionImpossible",
        "ResolutionTooDeep",
        "Failed building wheel",
        "Failed to build",
        "Retrying (Retry(",
        "note: This ",
        "[notice] ",
    ),
    read=read,
)
