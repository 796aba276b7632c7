"""GitHub's items become files, hunks and numbered lines."""

from bot.diff_policy import Line, read_files
from bot.diff_policy.diff import MAX_LINES


def _file(**item):
    return read_files([{"filename": "a.py", "status": "modified", **item}])[0]


def test_lines_are_numbered_on_their_own_side():
    """A removed line has a number on the old side, an added one on the new side."""
    patch = "@@ -3,3 +3,3 @@ def f():\n a\n-b\n+c\n d"
    (hunk,) = _file(patch=patch).hunks

    assert hunk.section == "def f():"
    assert hunk.lines == (
        Line(" ", 3, 3, "a"),
        Line("-", 4, 0, "b"),
        Line("+", 0, 4, "c"),
        Line(" ", 5, 5, "d"),
    )


def test_several_hunks_and_no_newline_at_the_end():
    """Each header counts anew; Git's note about the missing newline is no line."""
    patch = "@@ -1 +1 @@\n-a\n\\ No newline at end of file\n+b\n@@ -9,0 +9,1 @@\n+z"
    first, second = _file(patch=patch).hunks

    assert [line.text for line in first.lines] == ["a", "b"]
    assert second.lines == (Line("+", 0, 9, "z"),)


def test_only_newlines_end_lines():
    """A form feed or a line separator inside a line does not make a line without a mark."""
    patch = "@@ -1 +1 @@\n+a\u2028-b\x0c+c\r"
    (hunk,) = _file(patch=patch).hunks

    assert [line.text for line in hunk.lines] == ["a\u2028-b\x0c+c"]


def test_a_line_of_the_file_cannot_pose_as_a_header():
    """Text that looks like a header has a mark before it."""
    patch = "@@ -1 +1,2 @@\n+@@ -1 +1 @@\n+x"
    (hunk,) = _file(patch=patch).hunks

    assert [line.new for line in hunk.lines] == [1, 2]


def test_no_patch_is_not_an_empty_one():
    """Without a patch nothing is known of the lines."""
    assert _file().hunks is None
    assert _file(patch="").hunks == ()


def test_items_with_nothing_in_them():
    """Fields may be missing or null."""
    file = read_files([{"filename": None, "patch": None, "additions": None}])[0]

    assert (file.path, file.status, file.additions, file.hunks) == ("", "", 0, None)


def test_reading_ends_at_the_limit():
    """What lies beyond is not read, and the file says so."""
    patch = "@@ -0,0 +1 @@\n" + "+x\n" * (MAX_LINES + 10)
    first, second = read_files([{"filename": name, "patch": patch} for name in "ab"])

    assert not first.complete
    assert sum(len(hunk.lines) for hunk in first.hunks or ()) == MAX_LINES - 1
    assert not second.complete
