"""kubectl, kustomize, kind: `error: …`, `Error from server (Reason): …`, failing pods' events.

https://kubernetes.io/docs/reference/kubectl/
"""

from bot.log_formats.reading import Format, Pattern, Reading, Region
from bot.outcomes import FailureClass

_SERVER = Pattern(
    r"Error from server(?: \((?P<rule>\w+)\))?: (?:error when \w+ \"(?P<path>[^\"]+)\": )?(?P<message>.+)"
)
_ERROR = Pattern(
    r"(?:error: |Error: |(?P<klog>E\d{4} .*?err=\"))(?P<message>(?:timed out waiting for|deployment \"|unable to recognize|error validating"
    r"|error parsing|error converting|error when|resource mapping not found|no matches for kind|no context exists"
    r"|the (?:server|path|namespace)|You must be logged in|context \"|invalid (?:object|configuration)|no objects passed"
    r"|accumulating resources|loading KV pairs|no (?:matching|kind)|must (?:build|specify)|map: |merging from|trouble "
    r"|unable to (?:read|upgrade|forward|find|load)|cannot (?:delete|exec)|exec plugin|arguments in resource|statefulset|daemonset"
    r"|rollout).*)"
)
_INVALID = Pattern(r"The (?P<kind>\w+) \"(?P<name>[^\"]*)\" is invalid:(?P<message>.*)")
_UNREACHABLE = Pattern(
    r"(?P<message>The connection to the server \S+ was refused.*|Unable to connect to the server: .+)"
)
_EVENT = Pattern(
    r"\s*(?:\S+ +)?(?:Warning|Error) +(?P<rule>Failed\w*|BackOff|ErrImagePull|ImagePullBackOff|Unhealthy|FailedScheduling"
    r"|FailedMount|OOMKilling|Evicted|FailedCreate)\s+(?:\w+ (?:\(x\d+ over \w+\) )? *[\w-]+ +)?(?P<message>\S.*)"
)
_POD = Pattern(
    r"(?:\S+ +)?(?P<pod>[a-z0-9.-]+) +\d+/\d+ +(?P<message>CrashLoopBackOff|ImagePullBackOff|ErrImagePull|OOMKilled|Error"
    r"|CreateContainerConfigError|InvalidImageName|Init:\w*Error|Init:CrashLoopBackOff) "
)
_KIND = Pattern(r"ERROR: (?P<message>failed to create cluster: .+)")
_FILE = Pattern(r".*?(?:\"|in File: |'|from )(?P<path>[\w./-]+\.ya?ml)")
_BULLET = Pattern(r"(?:\* |\s+\S)")


def read(region: Region, reading: Reading) -> None:
    """What the server refused, what kubectl could not read, why pods do not run."""
    for index, found in region.matches(_SERVER):
        reading.add(
            found["message"], cause=index, path=found["path"] or "", rule=found["rule"] or ""
        )
    for index, found in region.matches(_ERROR):
        late = found["message"].startswith("timed out") or "progress deadline" in found["message"]
        place = _FILE.match(found["message"])
        reading.add(
            found["message"].removesuffix('"') if found["klog"] else found["message"],
            cause=index,
            path=place["path"] if place else "",
            failure_class=FailureClass.TIMEOUT if late else None,
        )
    for index, found in region.matches(_INVALID):
        more = []
        for i in region.after(index, limit=6):
            if not _BULLET.match(region[i].text):
                break
            more.append(i)
        told = found["message"].strip() or (region[more[0]].text if more else "is invalid")
        reading.add(told, cause=index, detail=more, test=f"{found['kind']} {found['name']}")
    for pattern in (_UNREACHABLE, _KIND):
        for index, found in region.matches(pattern):
            reading.add(found["message"], cause=index)
    for index, found in region.matches(_EVENT):
        reading.add(found["message"], cause=index, rule=found["rule"])
    for index, found in region.matches(_POD):
        reading.add(found["message"], cause=index, test=found["pod"])


FORMAT = Format(
    name="kubectl",
    failure_class=FailureClass.CONFIG,
    anchors=(
        "Error from server",
        "error: ",
        "Error: accumulating",
        'err="',
        " is invalid:",
        "The connection to the server",
        "Unable to connect to the server",
        "BackOff",
        "ErrImagePull",
        "OOMKilled",
        "Warning  ",
        "failed to create cluster",
    ),
    read=read,
)
