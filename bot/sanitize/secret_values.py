"""Whether a value looks like a secret, or like the words, masks and code in its place."""

import base64
import re
from itertools import pairwise

_STAND_IN = re.compile(
    r"[*xX.•·_#?-]{2,}|"  # masks
    r"\*+.*|.*\*{3,}|"  # `***`, and values that a runner masked in part
    r"(?:\[[^\]\n]*\])+|<[^>\n]*|\([^)\n]*\)?|"  # [hidden], <your token>, (none)
    r".*\[(?:[a-z]+-)*(?:token|key|password|secret|auth|cookie|jwt)\].*|"  # redacted in part
    r".*(?:\$\{|\$\(|\{\{|\}\}|#\{|%\().*|"  # ${TOKEN}, ${{ secrets.X }}, #{x}, %(x)s
    r"\$[A-Za-z_]\w*(?::\w+)?.*|%[A-Za-z_]\w*%|%[sdvq]|\{[\w.!:]*\}|\{|"  # $TOKEN, %TOKEN%, {token}
    r"https?://.*|(?:\.{0,2}/|~/|[A-Za-z]:\\)[\w.@/\\ -]*[\w@-]+\.[a-z]{1,5}(?::[0-9:]+)?|"
    r"/(?:[a-z][a-z0-9._-]*/)+[\w.-]*|"  # paths
    r"(?:sha(?:1|224|256|384|512)|md5)[-:][A-Za-z0-9+/=]+",  # a hash that says so
)
_EVERYBODYS = re.compile(
    r"admin|admin123|app|bar|baz|change[-_]?(?:me|it)|default|dummy|empty|example|fake|false|foo|"
    r"foobar|guest|hidden|hunter2|invalid|letmein|masked|missing|(?:my|app|root|test|super|user|db)"
    r"[-_]?(?:password|secret|token|pass|key)|my-?secret-?password|nil|no|none|not[-_]set|notset|"
    r"null|omitted|ok|pass|passw0rd|password(?:1|12|123)?|placeholder|postgres|redacted|removed|"
    r"required|root|root123|s3cr3t|sa|sample|secret|secret123|string|test|test123|tester|testing|"
    r"token|true|undefined|unset|user|wrong|yes|your.*",
    re.IGNORECASE,
)
# Identifiers and calls: `user.password`, `os.environ["X"]`, `getToken()`, `Option<String>`.
_CODE = re.compile(
    r"[A-Za-z_$@&!][A-Za-z_]*[0-9]?(?:(?:\.|->|::|\?\.)[A-Za-z_$][A-Za-z_]*[0-9]?)*"
    r"(?:[(\[<{].*)?[,;]?"
)
_CASED_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
_PARTS = re.compile(r"[-_./:@+ ]+")
_WORD = re.compile(
    r"(?:[a-z]{1,18}|[A-Z]{1,18}|[A-Z][a-z]{1,18}|(?:[A-Z]?[a-z]{2,12}){2,4})[0-9]{0,2}|[0-9]{1,4}|"
)
_NUMBER = re.compile(r"[0-9][0-9.,:_]*(?:ms|s|m|h|d|%|x|[KMGT]?i?B|bytes|chars)?")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}.*")


_SAMPLE = 128
"""Characters that are enough to judge by."""


def is_stand_in(value: str) -> bool:
    """A mask, a placeholder, a variable, a path, a word that everyone knows."""
    return len(value) < 4 or bool(_EVERYBODYS.fullmatch(value) or _STAND_IN.fullmatch(value))


def is_named_password(value: str) -> bool:
    """Something that is said to be a password, where even a plain word may be one."""
    return not is_stand_in(value)


def is_password(value: str) -> bool:
    """A password by its looks: letters with digits or symbols, no prose and no code."""
    value = value[:_SAMPLE]
    if is_stand_in(value) or " " in value or _DATE.fullmatch(value):
        return False
    if _CODE.fullmatch(value):
        return len(value) >= 10 and value.isalpha() and not reads_as_words(value)
    if _NUMBER.fullmatch(value):
        return value.isdigit() and len(value) >= 6
    if _is_wordy(value):
        return False
    has_symbol = any(not c.isalnum() and c not in "-_.:/," for c in value)
    return len(value) >= 6 and (has_symbol or any(map(str.isdigit, value)) or is_random(value))


def is_key(value: str) -> bool:
    """A key or token by its looks: long enough, no words, no number, no code."""
    value = value[:_SAMPLE]
    if len(value) < 8 or is_stand_in(value) or " " in value:
        return False
    if _NUMBER.fullmatch(value) or _DATE.fullmatch(value) or _CODE.fullmatch(value):
        return is_random(value)
    if _is_wordy(value) or len(set(value)) < 5:
        return False
    return any(map(str.isdigit, value)) or is_random(value)


def is_random(value: str) -> bool:
    """At least 16 characters that change their kind as often as random ones do."""
    value = value[:_SAMPLE]
    kinds = ["0" if c.isdigit() else "A" if c.isupper() else "a" for c in value if c.isalnum()]
    if len(kinds) < 16 or " " in value or is_stand_in(value) or len(set(kinds)) < 2:
        return False
    changes = sum(a != b for a, b in pairwise(kinds))
    return changes * 100 >= 38 * len(kinds) and not _is_wordy(value)


def reads_as_words(letters: str) -> bool:
    """`getAuthTokenForUser`: letters whose case changes where words begin, not by chance."""
    return len(letters) >= 3.5 * len(_CASED_WORD.findall(letters))


def is_basic_credential(value: str) -> bool:
    """Base64 of `user:password`, printable."""
    try:
        decoded = base64.b64decode(value + "=" * (-len(value) % 4), validate=True)
    except ValueError:  # binascii.Error is one; letters beyond ASCII raise it plainly
        return False
    return b":" in decoded and all(0x20 <= byte < 0x7F for byte in decoded)


def _is_wordy(value: str) -> bool:
    """Words and small numbers with separators: `my-app-tls-2`, `refresh_token`, `Expected`."""
    return all(map(_WORD.fullmatch, _PARTS.split(value)))
