"""The runner's own words: lost, shut down, canceled, timed out, out of disk.

Taken from the messages of https://github.com/actions/runner and the limits documented at
https://docs.github.com/en/actions/reference/limits. `infrastructure` stands only where no change
to the project could have helped.
"""

from bot.log_formats.reading import Format, Pattern, Reading, Region
from bot.log_formats.step_end import END_ANCHORS, StepEnds
from bot.outcomes import FailureClass

_LOST = Pattern(
    r"(?P<text>The runner has received a shutdown signal"
    r"|The (?:hosted|self-hosted) runner:? .*lost communication with the server"
    r"|The hosted runner (?:encountered an error while running your job|lost communication)"
    r"|The job was not acquired by Runner of type"
    r"|The job was not started because (?:recent account payments|your account)"
    r"|GitHub Actions has encountered an internal error"
    r"|Failed to (?:initialize|connect to) the (?:runner|actions) service"
    r"|Runner \S+ did not connect to the server within)"
)
_TIMED_OUT = Pattern(
    r"The (?:action|job running on runner) .* has (?:timed out after \d+"
    r"|exceeded the maximum execution time)"
    r"|The job (?:running .* )?(?:has )?exceeded the maximum (?:execution time|time limit)"
    r"|No output has been received in the last \d+"
    r"|The command \".*timeout.*\" exited with 124"
)
_TIMEOUT_TOOL = Pattern(r"(?:timeout: sending signal \w+ to command|make: .*Error 124$)")
_CANCELED = Pattern(
    r"(?:The operation was cancel+ed\.|Canceling since a (?:higher priority|deadlock)"
    r"|The run was cancel+ed by)"
)
_DISK = Pattern(
    r"(?i)\b(?:no space left on device|there is not enough space on the disk|disk quota exceeded)"
)
_WATCHERS = Pattern(r"(?i)(?:file watchers|inotify|/dev/shm|tmpfs|shm)")
_QUIET = Pattern(
    r"(?i)\s*(?:warn|\[?warning|note|info|debug|ok\b|pass|✓|√|not ok|E  |FAILED |---|test )"
)
_LOW_DISK = Pattern(r"You are running out of disk space\.")
_NEAR = 60


def read(region: Region, reading: Reading) -> None:
    """The runner lost, time limits, a full disk; a cancel is told and not judged."""
    ends = StepEnds(region)
    for index, _ in region.matches(_LOST):
        reading.add(
            region[index].text, cause=index, failure_class=FailureClass.INFRASTRUCTURE, rule="lost"
        )
    for pattern in (_TIMED_OUT, _TIMEOUT_TOOL):
        for index, _ in region.matches(pattern):
            reading.add(
                region[index].text,
                cause=index,
                failure_class=FailureClass.TIMEOUT,
                rule="time limit",
            )
    for index, _ in region.matches(_CANCELED):
        if region[index].marker == "error" and not reading.findings:
            reading.add(region[index].text, cause=index, rule="canceled")
    for index, _ in region.searches(_DISK):
        text = region[index].text
        if _WATCHERS.search(text) or _QUIET.match(text) or not ends.stopped(index, _NEAR):
            continue
        reading.add(text, cause=index, failure_class=FailureClass.INFRASTRUCTURE, rule="disk full")
    for index, _ in region.matches(_LOW_DISK):
        reading.summary(index)


FORMAT = Format(
    name="runner",
    failure_class=FailureClass.UNKNOWN,
    anchors=(
        *END_ANCHORS,
        "received a shutdown signal", "lost communication", "The hosted runner encountered",
        "was not acquired by Runner", "The job was not started", "encountered an internal error",
        "has timed out after", "exceeded the maximum", "The operation was cancel",
        "Canceling since a", "o space left on device", "not enough space on the disk",
        "running out of disk space", "Disk quota exceeded", "No output has been received",
        "exited with 124", "Error 124", "sending signal", "did not connect to the server within",
    ),
    read=read,
)  # fmt: skip
