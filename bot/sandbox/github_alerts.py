"""Dependabot alerts of the sandbox: the record, and how GitHub writes it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bot.sandbox.github_state import Repository
    from bot.sandbox.github_wire import Links


@dataclass(slots=True)
class DependabotAlert:
    """One alert. `patched` is empty where no version is; times are as the API says them.

    `state` is `open`, `fixed`, `dismissed` or `auto_dismissed`.
    """

    number: int
    package: str
    created_at: str
    updated_at: str
    ecosystem: str = "pip"
    severity: str = "high"
    vulnerable: str = "< 3.1.5"
    patched: str = "3.1.5"
    manifest: str = "requirements.txt"
    scope: str = "runtime"
    ghsa_id: str = "GHSA-xxxx-xxxx-xxxx"
    summary: str = "Sandbox escape"
    state: str = "open"


def render_alert(links: Links, repository: Repository, alert: DependabotAlert) -> dict[str, Any]:
    """`dependabot-alert`."""
    package = {"ecosystem": alert.ecosystem, "name": alert.package}
    vulnerability = {
        "package": package,
        "severity": alert.severity,
        "vulnerable_version_range": alert.vulnerable,
        "first_patched_version": {"identifier": alert.patched} if alert.patched else None,
    }
    advisory = {
        "ghsa_id": alert.ghsa_id,
        "cve_id": None,
        "summary": alert.summary,
        "description": alert.summary,
        "vulnerabilities": [vulnerability],
        "severity": alert.severity,
        "cvss": {"score": 8.0, "vector_string": None},
        "cwes": [],
        "identifiers": [{"type": "GHSA", "value": alert.ghsa_id}],
        "references": [],
        "published_at": alert.created_at,
        "updated_at": alert.updated_at,
        "withdrawn_at": None,
    }
    ended = {name: alert.updated_at if alert.state == name else None for name in _ENDS}
    return {
        "number": alert.number,
        "state": alert.state,
        "dependency": {
            "package": package,
            "manifest_path": alert.manifest,
            "scope": alert.scope,
        },
        "security_advisory": advisory,
        "security_vulnerability": vulnerability,
        "url": f"{links.repository(repository)}/dependabot/alerts/{alert.number}",
        "html_url": f"{links.page(repository)}/security/dependabot/{alert.number}",
        "created_at": alert.created_at,
        "updated_at": alert.updated_at,
        "dismissed_at": ended["dismissed"],
        "dismissed_by": None,
        "dismissed_reason": None,
        "dismissed_comment": None,
        "fixed_at": ended["fixed"],
        "auto_dismissed_at": ended["auto_dismissed"],
    }


_ENDS = ("dismissed", "fixed", "auto_dismissed")
