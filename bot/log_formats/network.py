"""Services that did not answer: registries, mirrors and GitHub itself; rate limits.

A line is `infrastructure` when four things hold: it has the shape in which a tool gives up, a
well-known public service is named in it or beside it, the cause is one that passes (5xx, reset,
time-out, name resolution, rate limit), and the step fails close behind it. All others (404,
unknown hosts, hosts of the project) keep the class that asks for a look.
"""

from bot.log_formats.reading import Format, Pattern, Reading, Region
from bot.log_formats.step_end import END_ANCHORS, StepEnds
from bot.outcomes import FailureClass

_REGISTRY = Pattern(
    r"\b(?:registry\.npmjs\.org|registry\.yarnpkg\.com|repo\.yarnpkg\.com|nodejs\.org/d(?:ist"
    r"|ownload)|npm\.pkg\.github\.com"
    r"|pypi\.org|files\.pythonhosted\.org|bootstrap\.pypa\.io|conda\.anaconda\.org"
    r"|repo\.anaconda\.com"
    r"|crates\.io|static\.rust-lang\.org|sh\.rustup\.rs|proxy\.golang\.org|sum\.golang\.org"
    r"|dl\.google\.com"
    r"|repo1?\.maven\.(?:apache\.)?org|plugins\.gradle\.org|services\.gradle\.org"
    r"|downloads\.gradle\.org|maven\.google\.com"
    r"|central\.sonatype\.com|oss\.sonatype\.org|api\.nuget\.org|rubygems\.org|packagist\.org"
    r"|getcomposer\.org"
    r"|hex\.pm|hackage\.haskell\.org|pub\.dev|cran\.r-project\.org|cloud\.r-project\.org"
    r"|packagemanager\.posit\.co"
    r"|(?:archive|security|ports|azure\.archive|azure\.ports)\.ubuntu\.com|deb\.debian\.org"
    r"|dl-cdn\.alpinelinux\.org|apt\.llvm\.org"
    r"|packages\.microsoft\.com|download\.docker\.com|registry-1\.docker\.io|auth\.docker\.io"
    r"|index\.docker\.io"
    r"|production\.cloudflare\.docker\.com|ghcr\.io|quay\.io|mcr\.microsoft\.com|gcr\.io|pkg\.dev"
    r"|public\.ecr\.aws|registry\.k8s\.io"
    r"|codeload\.github\.com|objects\.githubusercontent\.com|actions\.githubusercontent\.com"
    r"|cdn\.playwright\.dev"
    r"|playwright\.azureedge\.net|download\.cypress\.io|formulae\.brew\.sh"
    r"|releases\.hashicorp\.com|registry\.terraform\.io"
    r"|cdn\.cocoapods\.org|download\.pytorch\.org|cache\.nixos\.org)\b"
)
# The name decides, not its last part: registries have several (npmjs.org and .com), mirrors more.
_NAMED = Pattern(
    r"(?<![\w-])(?:registry\.(?:npmjs|yarnpkg|terraform)|repo\.yarnpkg|files\.pythonhosted|pypi"
    r"|conda\.anaconda|repo\.anaconda|(?:static|index)\.crates|crates|static\.rust-lang|proxy\.golang"
    r"|repo1?\.maven(?:\.apache)?|(?:plugins|services)\.gradle|api\.nuget|(?:index\.)?rubygems"
    r"|(?:repo\.)?packagist|hackage\.haskell|cran\.r-project|deb\.debian"
    r"|(?:security|ports|(?:\w+\.)?archive)\.ubuntu|dl-cdn\.alpinelinux"
    r"|(?:registry-1|auth|index|download)\.docker)\.(?!lan\b|int\b|dev\b|svc\b)[a-z]{2,3}(?![\w-]|\.\w)"
)
# Named in links to documentation too, so only on the line of the error itself.
_SITE = Pattern(
    r"\b(?:github\.com|raw\.githubusercontent\.com|docker\.io|go\.dev|huggingface\.co)\b"
)
_PASSING = Pattern(
    r"(?i)(?:\b(?:HTTP(?:/\d(?:\.\d)?)?|status(?: code)?:?|error:?|code:?|received|returned"
    r"|\() ?:?(?:50[0234]|52\d|429)\b"
    r"|\b(?:50[0234]|52\d|429):? (?:Server Error|Service|Bad Gateway|Gateway|Internal|Too Many"
    r"|error)"
    r"|ECONNRESET|ETIMEDOUT|EAI_AGAIN|ERR_SOCKET_TIMEOUT|ESOCKETTIMEDOUT|socket hang up"
    r"|socket disconnected before secure"
    r"|connection (?:was )?reset|connection timed out|connect timed out|read timed out"
    r"|connection (?:was )?closed|operation timed out"
    r"|TLS handshake timeout|i/o timeout|timeout exceeded while awaiting|name resolution"
    r"|could not resolve host"
    r"|network is unreachable|no route to host|failed to connect to \S+ port"
    r"|couldn't connect to server|SSL_ERROR_SYSCALL"
    r"|remote end hung up|early EOF|unexpected EOF|RPC failed|INTERNAL_ERROR; received from peer"
    r"|not closed cleanly"
    r"|empty reply from server|server misbehaving|bad gateway|gateway time-?out"
    r"|service unavailable|internal server error"
    r"|recv failure|TLS connection was non-properly|Operation too slow|hash sum mismatch"
    r"|UND_ERR_\w*TIMEOUT"
    r"|too many requests|ConnectTimeoutError|ReadTimeoutError|IncompleteRead|Client network socket)"
)
_SHAPE = Pattern(
    r"(?:npm (?:ERR!|error)|.{0,4}YN\d{4}|error An unexpected error| ?ERR_PNPM|ERROR: |ERROR "
    r"|[Ee]rror: |fatal: |curl: \(|E: |Err:\d+"
    r"|go: |\S+\.go:\d+|\[ERROR\](?! https?:)|[> ]*(?:Could not|Failed to|Unable to) "
    r"|Error response from daemon|failed to |gyp ERR!"
    r"|(?:pip\._vendor\.)?(?:urllib3|requests)\.exceptions|(?:urllib\.error\.)?HTTPError"
    r"|Conda(?:HTTP)?Error|Gem::RemoteFetcher|Bundler::HTTPError"
    r"|Net::\w+|Network error|Could not|Curl error|\s*curl error \d+|The \"?https"
    r"|\s+\S+: .*dial tcp|Caused by: |Get \"https"
    r"|error TS0|error NU\d+|HTTP (?:error|Error)|Response status code|HttpRequestException"
    r"|Connect Timeout Error|× |  ╰─▶|  Caused by|"
    r"  unable to|remote: |warning: unable to access|wget: |.* failed: (?:Connection|Temporary)"
    r"|\d{4}-\d\d-\d\d .* ERROR \d+: |denied: )"
)
_LIMIT = Pattern(
    r"(?:toomanyrequests: |You have reached your (?:unauthenticated )?pull rate limit"
    r"|API rate limit exceeded for"
    r"|You have exceeded a secondary rate limit)"
)
_DOWNLOAD = Pattern(
    r"(?:Failed to download (?:archive|action) .* after \d+ attempts"
    r"|Failed to resolve action download info\. Error: (?:Service|Bad Gateway|Gateway|Internal"
    r"|5\d\d|The SSL|The HTTP)"
    r"|Unable to (?:make request|download artifact\(s\)): .*(?:ECONNRESET|ETIMEDOUT|ENOTFOUND)"
    r"|Failed to (?:CreateArtifact|FinalizeArtifact|ListArtifacts"
    r"|GetSignedArtifactURL): .*\(5\d\d\))"
)
_ONGOING = Pattern(
    r"(?i)(?:\bretry(?:ing)?\b|trying again|will try|attempt \d+ (?:of|/)|\bwarn(?:ing)?\b"
    r"|0 failed|\bnon-fatal)"
)
_LOCAL = Pattern(
    r"(?:localhost|127\.0\.0\.1|0\.0\.0\.0|\[::1\]|host\.docker\.internal|\.local\b|\.svc\b)"
)
_TESTED = Pattern(
    r"\s*(?:--- FAIL|FAIL\b|FAILED\b|not ok|=+ (?:FAILURES|short test summary)|Tests: +\d"
    r"|Failures:|test result:|\d+ (?:failed|failing)|Tests run:|E  )"
)
_NOT_FOUND = Pattern(
    r"\b(?:ERROR 404: Not Found|(?<!awaiting response\.\.\. )404 Not Found|returned error: 404"
    r"|code E404|status code:? 404)"
)
_GIT = Pattern(r"(?:error: RPC failed|fatal: (?:the remote end hung up|early EOF))")
_URL = Pattern(r"https?://[^\s'\"]+")
_NEAR = 40
_BESIDE = 3


def _stops(region: Region, ends: StepEnds, index: int) -> bool:
    """Whether the step ends close behind this line, with no report of tests around it."""
    if region[index].marker == "error":
        return True
    end = ends.behind(index, _NEAR)
    if end is None:
        return False
    around = [*region.before(index, limit=10), *range(index + 1, end)]
    return region.find(_TESTED, around) is None


def _service(region: Region, index: int) -> bool:
    """Whether a public service is named in this line or beside it, and no local one in it."""
    if _LOCAL.search(region[index].text):
        return False
    if _SITE.search(region[index].text):
        return True
    if _GIT.match(region[index].text):  # git names the remote when it is added, not when it fails
        return any(_SITE.search(region[i].text) for i in region.before(index, limit=_NEAR))
    beside = [index, *region.before(index, limit=_BESIDE), *region.after(index, limit=_BESIDE)]
    return any(_is_registry(region[i].text) for i in beside)


def _is_registry(text: str) -> bool:
    return bool(_REGISTRY.search(text) or _NAMED.search(text))


def names_public_service(text: str) -> bool:
    """Whether the line names a registry, a mirror or a site that half the world uses."""
    return _is_registry(text) or bool(_SITE.search(text))


def read(region: Region, reading: Reading) -> None:
    """Services that failed, limits, downloads of the runner; then files that do not exist."""
    ends = StepEnds(region)
    for index in region.hits:
        text = region[index].text
        limited = _LIMIT.search(text)
        if _ONGOING.search(text) or not (limited or _DOWNLOAD.match(text) or _PASSING.search(text)):
            continue
        if limited or _DOWNLOAD.match(text):
            certain = _stops(region, ends, index)
        else:
            if not _SHAPE.match(text) or not _stops(region, ends, index):
                continue
            certain = _service(region, index)
        reading.add(
            text,
            cause=index,
            detail=region.after(index, limit=2),
            rule="rate limit" if limited else "",
            failure_class=FailureClass.INFRASTRUCTURE if certain else FailureClass.UNKNOWN,
        )
    for index, found in region.searches(_NOT_FOUND):
        if not _stops(region, ends, index) or _ONGOING.search(region[index].text):
            continue
        near = [index, *reversed(region.before(index, limit=6))]
        url = next(((i, hit) for i in near if (hit := _URL.search(region[i].text))), None)
        reading.add(
            f"{found[0]}: {url[1][0]}" if url else region[index].text,
            title=url[0] if url else (),
            cause=index,
            failure_class=FailureClass.DEPENDENCY,
        )


FORMAT = Format(
    name="network",
    failure_class=FailureClass.UNKNOWN,
    anchors=(
        *END_ANCHORS,
        "ECONNRESET", "ETIMEDOUT", "EAI_AGAIN", "TIMEOUT", "socket hang up", "socket disconnected",
        "onnection reset", "timed out", "onnection closed", "connection was", "TLS handshake",
        "i/o timeout", "awaiting headers", "name resolution", "esolve host", "unreachable",
        "route to host", "ailed to connect", "Couldn't connect", "SSL_ERROR_SYSCALL", "hung up",
        " EOF", "RPC failed", "INTERNAL_ERROR", "closed cleanly", "Empty reply", "misbehaving",
        "Bad Gateway", "bad gateway", "Gateway Time", "Service Unavailable", "unavailable",
        "nternal Server Error", "oo many requests", "Too Many Requests", "toomanyrequests",
        "ate limit exceeded", "pull rate limit", "secondary rate limit", " 500", " 502", " 503",
        " 504", " 429", "E429", "E500", "E502", "E503", "E504", "(500", "(502", "(503", "(504", "(429", "rror: 5",
        "Hash Sum mismatch", "Failed to download ", "TimeoutError", "IncompleteRead", " 404", "E404",
        "Failed to resolve action download", "non-properly", "too slow", "ecv failure",
    ),
    read=read,
)  # fmt: skip
