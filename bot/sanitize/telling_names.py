"""Secrets that only their surroundings give away: `DB_PASSWORD=…`, headers, URLs, flags, netrc."""

import re
from collections.abc import Iterator

from bot.sanitize.secret_values import (
    is_basic_credential,
    is_key,
    is_named_password,
    is_password,
    is_random,
)
from bot.sanitize.secrets import Span

# A name is telling by its last word: `TOKEN`, `apiKey`, `DB_PASSWORD`, but not `token_count`.
# Short words need a boundary before them (`pass`, but not `bypass`); long ones may end any name.
# `PASS` alone is a test's result, so the short ones count in lower case or after a joiner.
_SPELLING = (
    r"passw(?:or)?d|passphrase|passwort|sshpass|storepass|keypass|"
    r"(?<=[_.-])(?:pass|pwd|pw)|(?<![A-Za-z])(?-i:pass|pwd|pw)"
)
_KEY = (
    r"(?:secret|token|credential)s?|secret[_-]?(?:access[_-]?)?key(?:[_-]?base)?|_auth(?:token)?|"
    r"(?:api|access|account|auth|private|signing|signature|encryption|master|shared|deploy|jwt|"
    r"licen[cs]e|storage|subscription|service|app|application|client|admin|cookie|session|hmac|"
    r"webhook|cipher|publish|upload|fastly)[_-]?key|key[_-]?data|"
    r"(?<![a-z])(?:auth|pat|sas|otp|jwt|sessionid|session[_-]?id)|"
    r"(?<=[?&, ])signature(?==)|(?<=[?&])(?:sig|key|code)|x-(?:amz|goog)-signature"
)
_SUFFIX = r"(?:[_-]?(?:b64|base64|raw|value|prod|production|staging|dev|test|ci|[0-9]{1,2}))?"
_NAMED = re.compile(
    rf"(?:(?P<password>{_SPELLING})|(?P<key>{_KEY})){_SUFFIX}"
    # Between the name and its value: quotes that close, then = : := =>; or the end of a tag.
    r"(?:\\?[\"'`\]]{0,2}[ \t]{0,8}(?:=>|:=|=(?!=)|:(?!:))[ \t]{0,8}|(?P<tag>>)(?=[^<\s])|"
    r"\((?=[\"'])|[\"'][ \t]{1,3}value=)(?:[bfru]{1,2}(?=[\"']))?(?=[^ \t\n])",
    re.IGNORECASE,
)
# Without a sign between name and value only what looks random counts. On lower case, for speed.
_LOOSE = re.compile(
    r"(?:passw(?:or)?d|passphrase|secret|token|credential|(?:api|access|secret|auth)[ _-]?key)s?"
    r"(?: (?:is|was|provided|used|given|value|for [\w.@-]{1,40}))?:?[ \t]{1,8}"
)
_OPEN_TAG = re.compile(r"<[\w:.-]*$")
_ENVIRONMENT = re.compile(r"(?:^|[\s\"'])(?:[A-Z][A-Z0-9]*_)*[A-Z0-9]+$")
_VALUE = re.compile(
    r"\\?(?P<quote>[\"'`])(?P<quoted>[^\n]{0,4096}?)\\?(?P=quote)|(?P<bare>[^\s\"'`<>]{1,4096})"
)
# Where an unquoted value ends although no blank follows: the next pair of a list, query or string.
_NEXT_PAIR = re.compile(r"[;&,](?=[ ]?[A-Za-z][\w. -]{0,40}[=:])|\\[nrt]")
_TRAILING = ",;)]}\\"

_FLAG = re.compile(
    rf"(?<![\w-])--?(?:[a-z0-9]+-)*(?:(?P<password>{_SPELLING})|(?P<key>{_KEY}))[ \t]{{1,4}}(?!-)",
    re.IGNORECASE,
)
_NETRC = re.compile(r"\blogin[ \t]+\S{1,100}[ \t\n]+password[ \t]+(?P<value>\S{1,200})")
_LOGIN = re.compile(
    r"\b(?:sshpass[ \t]+-p[ \t]*|mysql(?:dump|admin)?[ \t][^\n]{0,200}?[ \t]-p)"
    r"(?P<attached>[^\s-]\S*)|"
    r"^[\w.*-]{1,100}:(?:[0-9]{2,5}|\*):[\w*-]{1,60}:[\w*-]{1,60}:(?P<pgpass>\S+)$|"
    r"(?<![\w-])(?:-u|--user|--creds|--proxy-user)[ =]{1,4}[\"']?[^\s:\"']{1,80}:"
    r"(?P<user>[^\s\"']+)",
    re.IGNORECASE,
)
_POWERSHELL = re.compile(r"ConvertTo-SecureString[ \t]+(?:-String[ \t]+)?", re.IGNORECASE)
_HEADER = re.compile(
    r"authorization[\"']?[ \t]{0,4}[:=][ \t]{0,4}[\"']?"
    r"(?P<scheme>[a-z][a-z0-9-]{2,20}[ \t]{1,4})?(?P<value>[A-Za-z0-9._~+/=:-]{8,})",
    re.IGNORECASE,
)
_SCHEME = re.compile(
    r"\b(?P<scheme>basic|bearer)[ \t]{1,4}(?P<value>[A-Za-z0-9._~+/-]{10,}={0,2})", re.IGNORECASE
)
_COOKIE = re.compile(r"cookie[\"']?[ \t]{0,4}:[ \t]{0,4}(?P<pairs>[^\n]+)", re.IGNORECASE)
_PAIR = re.compile(r"[\w.-]{1,60}=(?P<value>[^;\s\"',]+)")
_URL = re.compile(
    r"(?<![a-z0-9+.-])[a-z][a-z0-9+.-]{1,20}://(?P<user>[^\s/:@\"'<>`]*)"
    r"(?::(?P<password>[^\s/\"'<>`]+))?@(?=[A-Za-z0-9_\[.$*-])",
    re.IGNORECASE,
)
_AWS_ID = re.compile(r"(?:AKIA|ASIA)[A-Z0-9]{16}")
_AWS_KEY = re.compile(r"(?<![A-Za-z0-9+/=])[A-Za-z0-9+/]{40}(?![A-Za-z0-9+/=])")
_STEMS = (
    *("pass", "pwd", "pw", "secret", "token", "key", "auth", "credential"),
    *("jwt", "otp", "pat=", "pat:", "pat ", 'pat"', "sas", "sig=", "session", "signature="),
    *("?code=", "&code="),
)


def named_spans(text: str) -> Iterator[Span]:
    """Every value that its surroundings call a secret and that is none of the usual stand-ins."""
    if "login" in text:
        yield from _logins(text, _NETRC)
    offset = 0
    for line in text.split("\n"):
        for start, end, name in _line_spans(line):
            yield offset + start, offset + end, name
        offset += len(line) + 1
    if "AKIA" in text or "ASIA" in text:
        yield from _beside_aws_ids(text)


def _line_spans(line: str) -> Iterator[Span]:
    """Cheap looks first: most lines of a log have none of these words."""
    lowered = _lower(line)
    if any(stem in lowered for stem in _STEMS):
        if any(sign in line for sign in "=:>("):
            yield from _assigned(line)
        yield from _loose(line, lowered)
        yield from _flags(line)
    if "basic" in lowered or "bearer" in lowered or "authorization" in lowered:
        yield from _headers(line)
    if " -" in line or line.count(":") > 3:
        yield from _logins(line, _LOGIN)
    if "cookie" in lowered:
        yield from _cookies(line)
    if "://" in line:
        yield from _urls(line)


def _lower(line: str) -> str:
    """Lower case of the same length: some letters become two."""
    lowered = line.lower()
    if len(lowered) == len(line):
        return lowered
    return "".join(c.lower() if c.isascii() else c for c in line)


def _value(text: str, position: int) -> tuple[int, int] | None:
    match = _VALUE.match(text, position)
    if not match:
        return None
    if match["quote"] and match["quoted"] is not None:
        return match.span("quoted")
    start, end = match.span("bare")
    cut = _NEXT_PAIR.search(text, start, min(end, start + 1024))
    end = cut.start() if cut else end
    while end > start and text[end - 1] in _TRAILING and not _is_closed(text[start:end]):
        end -= 1
    return start, end


def _is_closed(value: str) -> bool:
    """The bracket at the end was opened within: it belongs to the value."""
    opener = {")": "(", "]": "[", "}": "{"}.get(value[-1])
    return opener is not None and opener in value


def _assigned(text: str) -> Iterator[Span]:
    position = 0
    while match := _NAMED.search(text, position):
        position = match.end()
        found = _value(text, position)
        if not found:
            continue
        value = text[slice(*found)]
        if "@" in value and _in_address(text, match.start()):
            continue  # `https://ci-token:…@host`: the address says where its password ends
        if match["tag"] and not _is_tag(text, match.start()):
            continue  # `google-auth>=2.15`
        if match["key"]:
            is_secret = is_key(value) or is_basic_credential(value)
        else:
            is_secret = is_password(value)
            is_secret |= _is_environment(text, match) and is_named_password(value)
        if is_secret:
            yield *found, "secret" if match["key"] else "password"
            position = found[1]


def _is_tag(text: str, position: int) -> bool:
    return _OPEN_TAG.search(text, max(0, position - 60), position) is not None


def _in_address(text: str, position: int) -> bool:
    before = text[max(0, position - 100) : position].rpartition("://")
    return bool(before[1]) and not re.search(r"[\s/@]", before[2])


def _is_environment(text: str, match: re.Match[str]) -> bool:
    """`NAME=value` as a shell prints it: a claim that the value is the password, however weak."""
    name = text[max(0, match.start() - 60) : match.end("password")]
    return match.group().endswith("=") and _ENVIRONMENT.search(name) is not None


def _loose(text: str, lowered: str) -> Iterator[Span]:
    for match in _LOOSE.finditer(lowered):
        found = _value(text, match.end())
        if found and is_random(text[slice(*found)]):
            yield *found, "secret"


def _flags(text: str) -> Iterator[Span]:
    for match in _FLAG.finditer(text):
        found = _value(text, match.end())
        if not found:
            continue
        value = text[slice(*found)]
        if is_password(value) if match["password"] else is_key(value):
            yield *found, "password" if match["password"] else "secret"


def _logins(text: str, pattern: re.Pattern[str]) -> Iterator[Span]:
    for match in _POWERSHELL.finditer(text):
        found = _value(text, match.end())
        if found and is_named_password(text[slice(*found)]):
            yield *found, "password"
    for match in pattern.finditer(text):
        group = match.lastgroup or "value"
        value = match[group]
        if is_named_password(value) if group in {"value", "attached"} else is_password(value):
            yield *match.span(group), "password"


def _headers(text: str) -> Iterator[Span]:
    for match in _HEADER.finditer(text):
        if is_key(match["value"]):
            yield *match.span("value"), "authorization"
    for match in _SCHEME.finditer(text):
        value = match["value"]
        basic = match["scheme"].lower() == "basic"
        if is_basic_credential(value) if basic else is_key(value):
            yield *match.span("value"), "basic-auth" if basic else "bearer-token"


def _cookies(text: str) -> Iterator[Span]:
    for header in _COOKIE.finditer(text):
        for match in _PAIR.finditer(text, *header.span("pairs")):
            if len(match["value"]) >= 12 and is_key(match["value"]):
                yield *match.span("value"), "cookie"


def _urls(text: str) -> Iterator[Span]:
    for match in _URL.finditer(text):
        user, password = match["user"], match["password"]
        if password is None:
            if len(user) >= 16 and is_key(user):
                yield *match.span("user"), "secret"
        elif password != user and is_named_password(password):
            yield *match.span("password"), "password"
            if len(user) >= 16 and is_random(user):
                yield *match.span("user"), "secret"


def _beside_aws_ids(text: str) -> Iterator[Span]:
    """The secret key close to its id, on the same line or the next one."""
    for match in _AWS_ID.finditer(text):
        start, end = max(0, match.start() - 120), match.end() + 160
        for key in _AWS_KEY.finditer(text, start, end):
            if is_random(key.group()):
                yield *key.span(), "aws-secret-key"
