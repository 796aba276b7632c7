"""Ansible and ansible-lint: `fatal: [host]: FAILED! => {...}` under `TASK [name]`, the recap.

https://docs.ansible.com/ansible/latest/playbook_guide/playbooks_error_handling.html
"""

from bot.log_formats.reading import Format, Pattern, Reading, Region
from bot.outcomes import FailureClass

_FATAL = Pattern(
    r"(?:fatal|failed): \[(?P<host>[^\]]+)\](?: \(item=.*\))?: (?P<kind>FAILED!"
    r"|UNREACHABLE!)(?: => (?P<body>.*))?"
    r"|fatal: \[(?P<host2>[^\]]+)\]: (?P<kind2>FAILED!|UNREACHABLE!)"
)
_TASK = Pattern(r"(?:TASK|RUNNING HANDLER|PLAY) \[(?P<name>.*?)\] \**$")
_IGNORED = Pattern(r"\.\.\.ignoring$")
_MESSAGE = Pattern(r".*?[\"']?msg[\"']?: ?[\"'](?P<text>(?:[^\"\\]|\\.)*)")
_STDERR = Pattern(r".*?\"stderr\": \"(?P<text>(?:[^\"\\]|\\.)+)")
_FIELD = Pattern(r"\s+(?:\"?(?:msg|stderr|module_stderr|reason)\"?): (?P<text>.*)")
_SYNTAX = Pattern(r"(?:ERROR! |\[ERROR\]: )(?P<text>\S.*)")
_AT = Pattern(
    r"(?:The error appears to be in '|Origin: )(?P<path>[^':]+)(?:': line "
    r"|:)(?P<line>\d+)(?:, column |:)(?P<column>\d+)"
)
_LINT = Pattern(r"(?P<rule>[a-z][\w-]*(?:\[[\w .-]+\])?): (?P<text>\S.*)$")
_LINT_AT = Pattern(
    r"(?P<path>[^\s:]+\.ya?ml):(?P<line>\d+)(?::(?P<column>\d+))?(?: (?:Task/Handler|\S).*)?$"
)
_LINT_ROW = Pattern(
    r"(?P<path>[^\s:]+\.ya?ml):(?P<line>\d+)(?::(?P<column>\d+))?: (?P<rule>[a-z][\w-]*(?:\[[\w "
    r".-]+\])?): (?P<text>.*)"
)
_RECAP = Pattern(r"\S+ +: ok=\d+ .*(?:unreachable=[1-9]|failed=[1-9])|Failed: \d+ failure\(s\)")


def _tasks(region: Region, reading: Reading) -> None:
    for index, found in region.matches(_FATAL):
        below = region.after(index, stop=_TASK, limit=40)
        if region.find(_IGNORED, below[:40]):
            reading.noise([index])
            continue
        task = region.find(_TASK, reversed(region.before(index, limit=120)))
        told = _MESSAGE.match(found["body"] or "")
        field = None if told else region.find(_FIELD, below)
        kind = found["kind"] or found["kind2"]
        text = told["text"] if told else field[1]["text"] if field else region[index].text
        if text == "non-zero return code" and (said := _STDERR.match(found["body"] or "")):
            text = said["text"].replace("\\n", " ")
        place = region.find(_AT, reversed(region.before(index, stop=_TASK, limit=14)))
        reading.add(
            text,
            title=task[0] if task else (),
            cause=[index, *([field[0]] if field else [])],
            frames=place[0] if place else (),
            detail=below[:6],
            path=place[1]["path"] if place else "",
            line=place[1]["line"] if place else 0,
            test=task[1]["name"] if task else "",
            rule=kind.strip("!"),
        )


def read(region: Region, reading: Reading) -> None:
    """Failed tasks, playbooks that do not load, lints, the recap."""
    _tasks(region, reading)
    for index, found in region.matches(_SYNTAX):
        if found["text"].startswith(("Task failed", "fatal")):
            continue
        place = region.find(_AT, region.after(index, limit=10))
        reading.add(
            found["text"],
            cause=index,
            frames=place[0] if place else (),
            path=place[1]["path"] if place else "",
            line=place[1]["line"] if place else 0,
            column=place[1]["column"] if place else 0,
            failure_class=FailureClass.CONFIG,
        )
    for index, found in region.matches(_LINT_ROW):
        reading.add(
            found["text"], cause=index, path=found["path"], line=found["line"], rule=found["rule"],
            column=found["column"] or 0, tool="ansible-lint", failure_class=FailureClass.LINT,
        )  # fmt: skip
    for index, at in region.matches(_LINT_AT):
        above = region.find(_LINT, region.before(index, limit=1))
        if above:
            reading.add(
                above[1]["text"], cause=above[0], frames=index, path=at["path"],
                line=at["line"], column=at["column"] or 0, rule=above[1]["rule"],
                tool="ansible-lint", failure_class=FailureClass.LINT,
            )  # fmt: skip
    for index, _ in region.matches(_RECAP):
        reading.summary(index)


FORMAT = Format(
    name="ansible",
    failure_class=FailureClass.CONFIG,
    anchors=(
        "FAILED!",
        "UNREACHABLE!",
        "ERROR! ",
        "[ERROR]: ",
        ".yml:",
        ".yaml:",
        "unreachable=",
        "failure(s)",
    ),
    read=read,
)
