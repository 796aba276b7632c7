"""Questions about a GitHub App: its id and key, where it is installed, what it was granted."""

from __future__ import annotations

from collections.abc import Callable

from bot.doctor import links
from bot.doctor.check import Fine, Remark, Wrong, broken, named, warning
from bot.doctor.checks.asking import of_github
from bot.doctor.facts import AppFacts, Facts, GitHubFacts, Lack, TroubleKind


def _unless(kind: TroubleKind) -> Callable[[Facts], Remark | None]:
    """Whether this is what is in the way; nothing is said where no App is used."""

    def look(github: GitHubFacts) -> Remark | None:
        trouble = github.contact.trouble
        if trouble is not None:
            return Wrong(trouble.says) if trouble.kind is kind else None
        return Fine("") if github.app is not None else None

    return of_github(look)


def _of_app(look: Callable[[AppFacts], Remark | None]) -> Callable[[Facts], Remark | None]:
    return of_github(lambda github: None if github.app is None else look(github.app))


is_known = broken(
    "github-app-id",
    "GitHub knows the App",
    remedy="Give github-app-id the number, or the client id, that stands in the App's settings"
    " under General; on Enterprise Server the App must be made there.",
    link=links.GITHUB_APPS,
)(_unless(TroubleKind.APP_ID))

has_the_key = broken(
    "github-app-key",
    "The key is the App's",
    remedy="Make a private key in the App's settings under General, and store the text of its .pem"
    " file as the secret that github-app-private-key takes.",
    link=links.GITHUB_APP_KEYS,
)(_unless(TroubleKind.APP_KEY))

tells_the_time = broken(
    "github-app-clock",
    "GitHub takes the time of the App's web token",
    remedy="Set this machine's clock by NTP; where it is right, look for a proxy that answers with"
    " a `Date` of its own.",
    link=links.GITHUB_APP_JWT,
)(_unless(TroubleKind.APP_CLOCK))

is_installed = broken(
    "github-app-installed",
    "The App is installed for the repository",
    remedy="In the App's settings take Install App and select this repository; where the"
    " installation is suspended, lift that under Settings → GitHub Apps.",
    link=links.GITHUB_APP_INSTALLED,
)(_unless(TroubleKind.APP_INSTALLED))


@broken(
    "github-app-permissions",
    "The App was granted what the doors need",
    remedy="Grant them in the App's settings under Permissions & events, and have the change"
    " accepted where the App is installed.",
    link=links.GITHUB_APP_PERMISSIONS,
)
@_of_app
def may_what_it_must(app: AppFacts) -> Remark | None:
    """A run ends at its start where one of them is missing."""
    missing = [lack for lack in app.lacks if lack.vital]
    if missing:
        return Wrong(_listed(missing))
    return Fine(f"{named(app.slug)} may do all that they need.")


@warning(
    "github-app-extras",
    "The App was granted what the doors can use",
    remedy="Grant them likewise; or set `flaky: skip` and `verify: checks` where nothing shall be"
    " rerun or dispatched, and `alerts: off` where no alert shall be mended.",
    link=links.GITHUB_APP_PERMISSIONS,
)
@_of_app
def may_what_is_welcome(app: AppFacts) -> Remark | None:
    """Without it a run goes on, and says what it could not do."""
    missing = [lack for lack in app.lacks if not lack.vital]
    return Wrong(_listed(missing)) if missing else Fine("")


def _listed(lacks: list[Lack]) -> str:
    told = [f"{named(lack.permission)} (for {', '.join(lack.doors)})" for lack in lacks]
    return f"It was not granted {', '.join(told)}."
