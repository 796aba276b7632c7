"""Bundler and RubyGems: versions that do not resolve, lock files that do not fit, native gems.

https://bundler.io/man/bundle-install.1.html
"""

from bot.log_formats.reading import Format, Pattern, Reading, Region
from bot.outcomes import FailureClass

_HEAD = Pattern(
    r"(?P<message>Could not find (?:compatible versions?|gem ['\"].*|\S+-\d\S* in .*"
    r"|.* in (?:any of the sources|locally installed gems).*)"
    r"|Bundler could not find compatible versions for gem .*"
    r"|(?:Your bundle|The (?:gemfile|Gemfile|lockfile|dependencies in your gemfile"
    r"|gemspecs?)).*(?:chang|locked|lock file|lockfile|frozen|deployment|platform).*"
    r"|You (?:are trying to install in|have modified your Gemfile).*"
    r"|Your bundle only supports platforms .*"
    r"|Your Ruby version is .*, but your Gemfile specified .*"
    r"|(?:bundler: )?failed to load command: .*"
    r"|bundler: command not found: .*"
    r"|An error occurred while installing \S+ \(.*"
    r"|Gem::Ext::BuildError: .*"
    r"|\[!\] There was an error (?:parsing|while loading) `.*"
    r"|There was an error (?:parsing|while loading) `.*"
    r"|Could not locate Gemfile.*"
    r"|\S+ requires rubygems version .*|\S+-\S+ requires ruby version .*"
    r"|.*Bundler::GemNotFound.*)$"
)
_STOP = Pattern(r"(?:Took|Error: |travis_time:|Post job|Fetching |Installing )")
_WHY = Pattern(
    r"\s*(?:Because |So, because |and |thus, |version solving|In (?:Gemfile|snapshot)|\* "
    r"|Some dependencies"
    r"|You have (?:added|deleted|changed)|\S+ was resolved to|.*\bversions? \d|Run `)"
)
_EXTENSION = Pattern(
    r"(?:\S+:\d+:(?:\d+:)? (?:fatal )?error: .*|Can't find .*|\S.* (?:is|are) missing.*"
    r"|Unable to find .*"
    r"|mkmf\.rb can't .*|make: .*No such file.*)"
)
_CHECKING = Pattern(r"checking for .*\.\.\. no$")
_UNFINISHED = Pattern(r"[^.:]*[^.:]$")


def read(region: Region, reading: Reading) -> None:
    """Each head line is a finding; what explains it follows for a few lines."""
    last = -1
    for index, found in region.matches(_HEAD):
        if index <= last:
            continue
        block = region.after(index, stop=_STOP, limit=40)
        text = region[index].text
        cause = index
        if "Ext::BuildError" in text or text.startswith("An error occurred while installing"):
            above = region.before(index, limit=40)
            where = block if "Ext::" in text else above
            hit = region.find(_EXTENSION, where) or region.find(_CHECKING, reversed(where))
            cause = hit[0] if hit else index
        why = [i for i in block[:14] if _WHY.match(region[i].text)]
        last = why[-1] if why else index
        message = region[cause].text.strip() if cause != index else found["message"].rstrip(":")
        if cause == index and block and _UNFINISHED.match(found["message"]):
            message = f"{message} {region[block[0]].text.strip()}".strip()
        reading.add(
            message,
            title=() if cause == index else index,
            cause=cause,
            detail=why,
            tool="rubygems" if "Gem::" in text else "",
        )


FORMAT = Format(
    name="bundler",
    failure_class=FailureClass.DEPENDENCY,
    anchors=(
        "Could not find ", "ould not find compatible versions", "emfile", "lockfile", "Your bundle",
        "requires ruby", "requires rubygems", "Your Ruby version", "bundler: ", "Gem::Ext::BuildError",
        "while installing ", "Bundler::",
    ),
    read=read,
)  # fmt: skip
