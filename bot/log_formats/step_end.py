"""Where failed steps end, for formats whose lines mean something only right before that."""

from bisect import bisect_left

from bot.log_formats.reading import Pattern, Region

END_ANCHORS = ("Process completed with exit code", "exited with ", "failed with exit code")
"""A format that asks for ends has these among its anchors."""

_END = Pattern(
    r"Process completed with exit code -?[1-9]|The process '.*' failed with exit code [1-9]"
    r"|The command \".*\" (?:exited with [1-9]|failed)|\" exited with [1-9]"
)


class StepEnds:
    """The lines by which failed steps of a region end."""

    __slots__ = ("_ends", "_region")

    def __init__(self, region: Region) -> None:
        self._region = region
        self._ends = [index for index, _ in region.matches(_END)]

    def behind(self, index: int, limit: int) -> int | None:
        """The index of the line that ends the step within `limit` lines of `index`, or None."""
        position = bisect_left(self._ends, index)
        if position == len(self._ends):
            return None
        end = self._ends[position]
        here, there = self._region[index], self._region[end]
        near = there.number - here.number <= limit and there.step == here.step
        return end if near else None

    def stopped(self, index: int, limit: int) -> bool:
        """Whether the line at `index` is marked as an error, or its step ends that soon."""
        return self._region[index].marker == "error" or self.behind(index, limit) is not None
