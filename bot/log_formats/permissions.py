"""Tokens, secrets and rights: what GitHub, clouds and registries refuse.

https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax#permissions
"""

from bot.log_formats.reading import Format, Pattern, Reading, Region
from bot.outcomes import FailureClass

_REFUSED = Pattern(
    r"(?P<text>"
    r"Resource not accessible by (?:integration|personal access token).*"
    r"|Permission to \S+ denied to \S+.*|refusing to allow (?:a"
    r"|an) .* to create or update workflow.*"
    r"|Input required and not supplied: \S+.*|Parameter token or opts\.auth is required.*"
    r"|Bad credentials.*"
    r"|Could not load credentials from any providers.*|Credentials could not be loaded.*"
    r"|The security token included in the request is (?:invalid|expired).*"
    r"|User: arn:\S+ is not authorized to perform: .*"
    r"|An error occurred \((?:AccessDenied|UnauthorizedOperation|InvalidClientTokenId"
    r"|ExpiredToken\w*|SignatureDoesNotMatch|UnrecognizedClientException)\w*\).*"
    r"|Not authorized to perform sts:\S+.*|Unable to get ACTIONS_ID_TOKEN_REQUEST_URL.*"
    r"|Did you mean to grant id-token: write permission.*"
    r"|AADSTS\d+: .*|Login failed with Error: .*|google-github-actions/auth failed with: .*"
    r"|PERMISSION_DENIED: .*"
    r"|(?:requested access to the resource is denied"
    r"|installation not allowed to Create organization package"
    r"|permission_denied: \S+.*|authentication required).*|unauthorized: .*"
    r"|no basic auth credentials.*"
    r"|GH00[0-9]: .*|GH013: .*|protected branch hook declined.*"
    r"|Permission denied \(publickey.*\).*|Host key verification failed.*"
    r"|Invalid username or (?:password|token).*|Support for password authentication was removed.*"
    r"|Username and password required|Password required|must have (?:admin|push|write) (?:rights"
    r"|access).*"
    r"|Advanced Security must be enabled for this repository.*|Code scanning is not enabled.*"
    r"|Dependency review is not supported.*"
    r"|Token required.*tokenless.*|You are not authorized to .*|invalid_grant.*"
    r"|Not authorized\..*)$"
)
_EMPTY = Pattern(
    r"(?P<text>URL rejected.*|URL using bad/illegal format or missing URL.*"
    r"|(?:\b[\w-]+ )?\b(?:secret|token|password|credential|API key)s?\b.{0,60}\b(?:is|are"
    r"|was) (?:not (?:set|provided|defined|configured)|missing|required|empty).*)"
)
_ONGOING = Pattern(r"(?i)\s*(?:warn|\[?warning|note|info|debug|ok\b|✓|✔|pass)")


def read(region: Region, reading: Reading) -> None:
    """One diagnostic for each refusal."""
    for index in region.hits:
        text = region[index].text
        if _ONGOING.match(text) or region[index].marker in {"warning", "notice", "group"}:
            continue
        found = _REFUSED.search(text)
        if found is None and region[index].marker == "error":
            found = _EMPTY.search(text)
        if found:
            reading.add(
                found["text"], cause=index, detail=region.after(index, limit=2), rule="permission"
            )


FORMAT = Format(
    name="permissions",
    failure_class=FailureClass.CONFIG,
    anchors=(
        "Resource not accessible", " denied to ", "refusing to allow", "required and not supplied",
        "opts.auth is required", "Bad credentials", "load credentials", "could not be loaded",
        "security token", "is not authorized", "AccessDenied", "UnauthorizedOperation",
        "InvalidClientTokenId", "ExpiredToken", "SignatureDoesNotMatch", "Not authorized", "UnrecognizedClient",
        "ID_TOKEN_REQUEST", "id-token: write", "AADSTS", "Login failed with", "auth failed with",
        "PERMISSION_DENIED", "resource is denied", "organization package", "permission_denied",
        "authentication required", "unauthorized: ", "basic auth", "GH00", "GH013", "branch hook declined",
        "(publickey", "Host key verification", "Invalid username or", "password authentication was",
        "Username and password required", "Password required", "must have ", "Advanced Security",
        "Code scanning is not", "Dependency review is not", "tokenless", "not authorized to", "URL rejected", "missing URL",
        "invalid_grant", " is not set", "not provided", " is missing", " is required",
    ),
    read=read,
)  # fmt: skip
