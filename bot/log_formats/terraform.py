"""Terraform, OpenTofu, Terragrunt, tflint: the box from `Error:` to `╵`.

https://developer.hashicorp.com/terraform/cli/commands
"""

from bot.log_formats.reading import Format, Pattern, Reading, Region
from bot.outcomes import FailureClass

_EDGE = r"[^│|]{0,80}(?:│|Γöé|\|)"
_BAR = rf"(?:{_EDGE})? *"
_BOX = Pattern(_EDGE + r" (?P<message>Error: .+)")
_PLAIN = Pattern(r"(?P<message>(?:Error|Warning|Notice): .+?)(?: \((?P<rule>[a-z0-9_]+)\))?$")
_END = Pattern(r".*?(?:╵|Γò╡|╷|Γò╖)\s*$|.*(?:│|Γöé) (?:Error|Warning): |(?:Error|Warning): ")
_PLACE = Pattern(_BAR + r"on (?P<path>\S+?):? line (?P<line>\d+)(?:, in (?P<block>.+?))?:")
_WITH = Pattern(_BAR + r"with (?P<address>[^\s,]+(?: [^\s,]+)*),")
_CODE = Pattern(rf"(?:{_EDGE} )? {{2,}}\S")
_EMPTY = Pattern(rf"(?:{_EDGE})? *$")
_TEXT = Pattern(_BAR + r"(?P<text>\S.*)")
_FMT = Pattern(r"--- old/(?P<path>\S+\.(?:tf|tfvars|hcl|tofu|tftest\.hcl))")
_ISSUES = Pattern(r"\d+ issue\(s\) found:")
_COUNT = Pattern(r"(?:Failure! \d+ passed, \d+ failed|.*Terraform exited with code [1-9])")
_DEPENDENCY = Pattern(
    r".*(?:Failed to (?:query available provider|install provider|download module)|Module not installed"
    r"|[Ii]nconsistent dependency lock|Could not (?:retrieve|download)|Unresolvable module)"
)


def _add(region: Region, reading: Reading, index: int, message: str, rule: str) -> None:
    block = region.after(index, stop=_END, limit=60)
    place = region.find(_PLACE, block)
    address = region.find(_WITH, block)
    after_place = place[0] + 1 if place else block.start
    body = [
        i
        for i in range(after_place, block.stop)
        if not _EMPTY.match(region[i].text)
        and not _CODE.match(region[i].text)
        and not _WITH.match(region[i].text)
    ]
    words = [hit["text"] for i in body[:3] if (hit := _TEXT.match(region[i].text))]
    kind = FailureClass.DEPENDENCY if _DEPENDENCY.match(message) else None
    named = address[1]["address"] if address else place[1]["block"] or "" if place else ""
    reading.add(
        ": ".join([message.removeprefix("Error: "), " ".join(words)]).removesuffix(": "),
        cause=[index, *body[:1]],
        title=address[0] if address else (),
        frames=place[0] if place else (),
        detail=[*body[1:6], *(i for i in block[:10] if not _EMPTY.match(region[i].text))],
        path=place[1]["path"] if place else "",
        line=place[1]["line"] if place else 0,
        rule=rule,
        test=named,
        tool="tflint" if rule else "",
        failure_class=FailureClass.LINT if rule else kind,
    )


def read(region: Region, reading: Reading) -> None:
    """Each error with its place and text; files that are not formatted."""
    for index, found in region.matches(_BOX):
        _add(region, reading, index, found["message"], "")
    issues = any(True for _ in region.matches(_ISSUES))
    for index, found in region.matches(_PLAIN):
        near = region.after(index, stop=_END, limit=6)
        rule = found["rule"] or ""
        error = found["message"].startswith("Error: ") and (not rule or issues)
        if (error or (rule and issues)) and region.find(_PLACE, near):
            _add(region, reading, index, found["message"], rule if issues else "")
    for index, found in region.matches(_FMT):
        reading.add(
            "not formatted as terraform fmt would",
            cause=index,
            detail=region.after(index, limit=8),
            path=found["path"],
            tool="terraform fmt",
            failure_class=FailureClass.LINT,
        )
    for index, _ in region.matches(_COUNT):
        reading.summary(index)


FORMAT = Format(
    name="terraform",
    failure_class=FailureClass.CONFIG,
    anchors=(
        "Error: ",
        "issue(s) found",
        "Warning: ",
        "Notice: ",
        "--- old/",
        "Failure! ",
        "Terraform exited with code",
    ),
    read=read,
)
