"""Helm and chart-testing: `Error: …`, `[ERROR] templates/: …` of lint.

https://helm.sh/docs/helm/
"""

from bot.log_formats.reading import Format, Pattern, Reading, Region
from bot.outcomes import FailureClass

_ERROR = Pattern(
    r"Error: (?P<message>(?:(?:UPGRADE|INSTALLATION|ROLLBACK|UNINSTALL) FAILED: |execution error at \(|template: "
    r"|parse error (?:at|in) |YAML parse error on |values don't meet the spec|chart |Chart\.yaml|cannot (?:load|patch|re-use)"
    r"|failed to (?:download|fetch|parse|install|authorize|pull)|found in Chart|an error occurred while checking"
    r"|release |repo |no (?:chart|cached repo|repositor)|Kubernetes cluster unreachable|unable to build kubernetes"
    r"|looks like |timed out waiting|context deadline exceeded|rendered manifests|failed (?:linting|processing)"
    r"|validation: |open .*(?:values|Chart)|plugin |could not (?:find|download|resolve)|path \"|non-absolute URLs"
    r"|query: failed|the lock file|dependencies |pre-|post-).*)"
)
_LINT = Pattern(
    r"\[ERROR\] (?P<path>(?:templates/|values|Chart\.yaml|[\w./-]+\.ya?ml)[^\s:]*): (?P<message>.+)"
)
_LINTED = Pattern(r"==> Linting (?P<chart>\S+)")
_COUNT = Pattern(r"Error: \d+ chart\(s\) linted, \d+ chart\(s\) failed")
_TEMPLATE = Pattern(
    r".*?(?:\(|template: |on |at )(?P<path>[\w.-]+(?:/[\w.-]+)*\.(?:ya?ml|tpl|txt)):?(?P<line>\d*):?(?P<column>\d*)"
)
_MORE = Pattern(r"(?:- |\s+\S|[\w.-]+:$)")
_LATE = Pattern(r".*(?:timed out waiting|context deadline exceeded)")
_MISSING = Pattern(
    r".*(?:failed to (?:download|fetch|pull)|repo \S+ not found|no cached repo|no repositor|chart .* not found"
    r"|missing in charts/|could not download|the lock file)"
)


def _kind(message: str) -> FailureClass:
    if _LATE.match(message):
        return FailureClass.TIMEOUT
    return FailureClass.DEPENDENCY if _MISSING.match(message) else FailureClass.CONFIG


def read(region: Region, reading: Reading) -> None:
    """What helm could not render, install or fetch; findings of lint."""
    for index, found in region.matches(_LINT):
        chart = region.find(_LINTED, reversed(region.before(index, limit=40)))
        place = _TEMPLATE.match(found["message"])
        reading.add(
            found["message"],
            title=chart[0] if chart else (),
            cause=index,
            path=place["path"] if place else found["path"],
            line=place["line"] if place else 0,
            column=place["column"] if place else 0,
            failure_class=FailureClass.LINT,
        )
    for index, found in region.matches(_ERROR):
        message = found["message"]
        place = _TEMPLATE.match(message)
        more = []
        for i in region.after(index, limit=6):
            if not _MORE.match(region[i].text):
                break
            more.append(i)
        reading.add(
            message,
            cause=index,
            detail=more,
            path=place["path"] if place else "",
            line=place["line"] if place else 0,
            column=place["column"] if place else 0,
            failure_class=_kind(message),
        )
    for index, _ in region.matches(_COUNT):
        reading.summary(index)


FORMAT = Format(
    name="helm",
    failure_class=FailureClass.CONFIG,
    anchors=("Error: ", "[ERROR] "),
    read=read,
)
