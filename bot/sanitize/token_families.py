"""Tokens that can be told by their shape alone, one family a line.

Sources: the vendors' documentation of their token formats and the shapes that secret scanners
publish. Each has a needle, a literal that every member holds: text without it costs nothing.
"""

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

from bot.sanitize.secret_values import reads_as_words
from bot.sanitize.secrets import Span

_W = r"[A-Za-z0-9_-]"
_HEX = r"[0-9a-f]"


class Family(NamedTuple):
    """A kind of token: what redacted text calls it, a literal in all its members, its shape."""

    name: str
    needle: str
    pattern: re.Pattern[str]


def _family(name: str, needle: str, shape: str, before: str = "(?<![A-Za-z0-9])") -> Family:
    return Family(name, needle, re.compile(before + shape))


FAMILIES: tuple[Family, ...] = (
    # GitHub. Installation tokens have two shapes: 36 characters, and since 2026 ghs_<app id>_<JWT>.
    _family("github-token", "ghs_", r"ghs_[A-Za-z0-9][A-Za-z0-9._-]{28,}[A-Za-z0-9_-]"),
    _family("github-token", "gh", r"gh[pour]_[A-Za-z0-9]{30,}"),
    _family("github-token", "github_pat_", r"github_pat_[A-Za-z0-9_]{22,}"),
    _family(
        "gitlab-token",
        "gl",
        r"gl(?:pat|dt|rt|cbt|ptt|ft|soat|imt|agent|oas)-[A-Za-z0-9_.-]{20,}",
    ),
    _family("gitlab-token", "glffct-", rf"glffct-{_W}{{20,}}"),
    _family("bitbucket-token", "AT", r"AT(?:ATT3|CTT3|BB)[A-Za-z0-9_=-]{24,}"),
    # Clouds.
    _family("aws-access-key-id", "A", r"(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}(?![A-Za-z0-9])"),
    _family("aws-session-token", "FwoGZXIvYXdz", r"FwoGZXIvYXdz[A-Za-z0-9+/=]{40,}"),
    _family("aws-session-token", "IQoJb3JpZ2lu", r"IQoJb3JpZ2lu[A-Za-z0-9+/=]{40,}"),
    _family("aws-bedrock-key", "ABSK", r"ABSK[A-Za-z0-9+/]{80,}={0,2}"),
    _family("google-api-key", "AIza", rf"AIza{_W}{{35}}"),
    _family("google-token", "ya29.", r"ya29\.[A-Za-z0-9_.-]{20,}"),
    _family("google-client-secret", "GOCSPX-", rf"GOCSPX-{_W}{{20,}}"),
    _family("google-refresh-token", "1//0", rf"1//0{_W}{{30,}}"),
    _family("azure-client-secret", "Q~", r"[A-Za-z0-9_~.-]{3}[0-9]Q~[A-Za-z0-9_~.-]{30,34}"),
    _family("azure-devops-token", "AZDO", r"[A-Za-z0-9]{76}AZDO[A-Za-z0-9]{4}"),
    _family(
        "azure-storage-key", "+AS", r"[A-Za-z0-9+/]{76,}\+AS(?:t|Rm|bB)[A-Za-z0-9+/]{4,}={0,2}"
    ),
    _family("alibaba-access-key-id", "LTAI", r"LTAI[A-Za-z0-9]{17,24}(?![A-Za-z0-9])"),
    _family("digitalocean-token", "_v1_", rf"do[oprt]_v1_{_HEX}{{64}}"),
    _family("heroku-token", "HRKU-", rf"HRKU-{_W}{{30,}}"),
    _family("cloudflare-token", "v1.0-", rf"v1\.0-{_HEX}{{24}}-{_HEX}{{100,}}"),
    _family("fly-token", "fm", r"fm[12][ar]?_[A-Za-z0-9+/=]{60,}"),
    _family("netlify-token", "nfp_", r"nfp_[A-Za-z0-9]{36,}"),
    _family("supabase-token", "sb", rf"sb(?:p_{_HEX}{{40}}|_secret_{_W}{{20,}})"),
    # Registries.
    _family("npm-token", "npm_", r"npm_[A-Za-z0-9]{30,}"),
    _family("pypi-token", "pypi-", rf"pypi-(?=[A-Za-z_-]{{0,60}}[0-9]){_W}{{50,}}"),
    _family("rubygems-token", "rubygems_", rf"rubygems_{_HEX}{{40,}}"),
    _family("crates-token", "cio", r"cio[A-Za-z0-9]{32}(?![A-Za-z0-9])"),
    _family("nuget-key", "oy2", r"oy2[a-z0-9]{43}(?![A-Za-z0-9])"),
    _family("docker-token", "dckr_", rf"dckr_(?:pat|oat)_{_W}{{20,}}"),
    _family("clojars-token", "CLOJARS_", r"CLOJARS_[a-z0-9]{60}"),
    _family("artifactory-key", "AKCp", r"AKCp[A-Za-z0-9]{60,}"),
    _family("artifactory-token", "cmVmd", r"cmVmd[A-Za-z0-9]{59}(?![A-Za-z0-9])"),
    # Models.
    _family("anthropic-key", "sk-ant-", rf"sk-ant-{_W}{{20,}}"),
    _family("openrouter-key", "sk-or-", rf"sk-or-{_W}{{32,}}"),
    _family("model-key", "sk-", rf"sk-(?={_W}{{0,60}}[0-9])(?={_W}{{0,60}}[A-Z]){_W}{{20,}}"),
    _family("model-key", "sk-", rf"sk-(?:[a-z]{{2,8}}-){{0,2}}{_HEX}{{32,}}(?![A-Za-z0-9])"),
    _family("groq-key", "gsk_", r"gsk_[A-Za-z0-9]{40,}"),
    _family("xai-key", "xai-", r"xai-[A-Za-z0-9]{60,}"),
    _family("perplexity-key", "pplx-", r"pplx-[A-Za-z0-9]{40,}"),
    _family("replicate-token", "r8_", r"r8_[A-Za-z0-9]{36,}"),
    _family("huggingface-token", "hf_", r"(?:api_org|hf)_[A-Za-z0-9]{30,}"),
    _family("langsmith-key", "lsv2_", rf"lsv2_(?:pt|sk)_{_HEX}{{32}}_{_HEX}{{10}}"),
    _family("tavily-key", "tvly-", rf"tvly-(?={_W}{{0,40}}[0-9]){_W}{{24,}}"),
    # Messaging and mail.
    _family("slack-token", "xox", r"xox[a-z](?:\.xox[a-z])?-[A-Za-z0-9-]{10,}"),
    _family("slack-token", "xapp-", r"xapp-[0-9]-[A-Za-z0-9-]{20,}"),
    _family("slack-token", "xwfp-", r"xwfp-[A-Za-z0-9-]{20,}"),
    _family("discord-token", ".", rf"[MNO][A-Za-z0-9]{{23,27}}\.{_W}{{6}}\.{_W}{{27,}}"),
    _family("telegram-token", ":AA", rf"[0-9]{{8,10}}:AA{_W}{{32,34}}", before="(?<![0-9])"),
    _family("sendgrid-key", "SG.", rf"SG\.{_W}{{20,24}}\.{_W}{{39,50}}"),
    _family("mailgun-key", "key-", rf"(?<![_-])key-{_HEX}{{32}}(?![A-Za-z0-9])"),
    _family("mailchimp-key", "-us", rf"{_HEX}{{32}}-us[0-9]{{1,2}}(?![A-Za-z0-9])"),
    _family("twilio-key", "SK", rf"SK{_HEX}{{32}}(?![A-Za-z0-9])"),
    # Money.
    _family("stripe-key", "k_", r"[sr]k_(?:live|test|prod)_[A-Za-z0-9]{10,}"),
    _family("webhook-secret", "whsec_", r"whsec_[A-Za-z0-9+/=]{20,}"),
    _family("square-token", "sq0", rf"sq0[a-z]{{3}}-{_W}{{22,}}"),
    _family("shopify-token", "shp", r"shp(?:at|ca|pa|ss)_[A-Fa-f0-9]{32}"),
    # Operations.
    _family("vault-token", "hv", rf"hv[sbr]\.{_W}{{20,}}"),
    _family("terraform-token", ".atlasv1.", rf"[A-Za-z0-9]{{14}}\.atlasv1\.{_W}{{50,}}"),
    _family(
        "grafana-token", "gl", rf"gl(?:sa_[A-Za-z0-9]{{32}}_{_HEX}{{8}}|c_eyJ[A-Za-z0-9+/=]{{30,}})"
    ),
    _family("sentry-token", "sntry", r"sntry[a-z]_[A-Za-z0-9+/=_-]{40,}"),
    _family("databricks-token", "dapi", rf"dapi{_HEX}{{32}}(?:-[0-9])?"),
    _family("doppler-token", "dp.", r"dp\.(?:pt|st|ct|sa|scim|audit)\.[A-Za-z0-9_.-]{30,}"),
    _family("newrelic-key", "NRA", r"NRA[KAL]-[A-Z0-9]{20,}"),
    _family("sonar-token", "sq", rf"sq[pua]_{_HEX}{{40}}"),
    _family("pulumi-token", "pul-", rf"pul-{_HEX}{{40}}"),
    _family("planetscale-token", "pscale_", r"pscale_(?:tkn|pw|oauth)_[A-Za-z0-9_.=-]{30,}"),
    _family("tailscale-key", "tskey-", r"tskey-[A-Za-z0-9-]{20,}"),
    _family("circleci-token", "CCIPAT_", r"CCIPAT_[A-Za-z0-9_]{30,}"),
    _family("buildkite-token", "bk", rf"bk(?:ua|aj|ct)_{_HEX}{{40}}"),
    _family("age-key", "AGE-SECRET-KEY-", r"AGE-SECRET-KEY-1[A-Z0-9]{50,}"),
    _family("onepassword-token", "ops_eyJ", r"ops_eyJ[A-Za-z0-9+/=_-]{60,}"),
    _family("linear-key", "lin_", r"lin_(?:api|oauth)_[A-Za-z0-9]{32,}"),
    _family("notion-token", "ntn_", r"ntn_[A-Za-z0-9]{40,}"),
    _family("figma-token", "figd_", rf"figd_{_W}{{36,}}"),
    _family("postman-key", "PMAK-", rf"PMAK-{_HEX}{{24}}-{_HEX}{{34}}"),
    _family("airtable-token", "pat", rf"pat[A-Za-z0-9]{{14}}\.{_HEX}{{64}}"),
    # Shapes that many vendors share. A JSON web token may have lost its signature.
    _family("jwt", "eyJ", rf"(?<!_)eyJ{_W}{{8,}}\.{_W}{{8,}}(?:\.{_W}*){{0,3}}"),
    _family("coder-token", "-", r"(?<![_-])[A-Za-z0-9]{10}-[A-Za-z0-9]{22}(?![A-Za-z0-9_-])"),
)

_WEBHOOKS = re.compile(
    r"(hooks\.slack\.com/(?:services|workflows|triggers)/|discord(?:app)?\.com/api/webhooks/[0-9]+/|"
    r"webhook\.office\.com/webhookb2/)([A-Za-z0-9_@/-]{20,})"
)


def family_spans(text: str) -> Iterator[Span]:
    """Every token that its shape gives away."""
    for family in FAMILIES:
        if family.needle in text:
            for match in family.pattern.finditer(text):
                if _is_real(family.name, match.group()):
                    yield *match.span(), family.name
    for match in _WEBHOOKS.finditer(text):
        yield *match.span(2), "webhook-path"


def _is_real(name: str, token: str) -> bool:
    """Not an example from documentation, not a placeholder, not a word that happens to fit."""
    if name == "coder-token":
        return _is_mixed(token)
    if name == "aws-access-key-id" and token.endswith("EXAMPLE"):
        return False
    body = token.rpartition("_")[2] or token
    return len(set(body[-16:])) > 4 or len(body) < 16


def _is_mixed(token: str) -> bool:
    """Random characters change their kind all the time; names in camel case do not."""
    kinds = [("0" if c.isdigit() else "A" if c.isupper() else "a") for c in token if c != "-"]
    changes = sum(a != b for a, b in pairwise(kinds))
    words = "0" not in kinds and reads_as_words(token)
    return changes >= 12 and "A" in kinds and "a" in kinds and not words
