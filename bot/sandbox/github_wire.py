"""Accounts, repositories and Apps as GitHub writes them; every URL leads back to the sandbox."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from bot.sandbox.github_state import Repository, User

Json = dict[str, Any]

_USER_URLS = {
    "followers_url": "/followers",
    "following_url": "/following{/other_user}",
    "gists_url": "/gists{/gist_id}",
    "starred_url": "/starred{/owner}{/repo}",
    "subscriptions_url": "/subscriptions",
    "organizations_url": "/orgs",
    "repos_url": "/repos",
    "events_url": "/events{/privacy}",
    "received_events_url": "/received_events",
}
_REPOSITORY_URLS = {
    "archive_url": "/{archive_format}{/ref}",
    "assignees_url": "/assignees{/user}",
    "blobs_url": "/git/blobs{/sha}",
    "branches_url": "/branches{/branch}",
    "collaborators_url": "/collaborators{/collaborator}",
    "comments_url": "/comments{/number}",
    "commits_url": "/commits{/sha}",
    "compare_url": "/compare/{base}...{head}",
    "contents_url": "/contents/{+path}",
    "contributors_url": "/contributors",
    "deployments_url": "/deployments",
    "downloads_url": "/downloads",
    "events_url": "/events",
    "forks_url": "/forks",
    "git_commits_url": "/git/commits{/sha}",
    "git_refs_url": "/git/refs{/sha}",
    "git_tags_url": "/git/tags{/sha}",
    "hooks_url": "/hooks",
    "issue_comment_url": "/issues/comments{/number}",
    "issue_events_url": "/issues/events{/number}",
    "issues_url": "/issues{/number}",
    "keys_url": "/keys{/key_id}",
    "labels_url": "/labels{/name}",
    "languages_url": "/languages",
    "merges_url": "/merges",
    "milestones_url": "/milestones{/number}",
    "notifications_url": "/notifications{?since,all,participating}",
    "pulls_url": "/pulls{/number}",
    "releases_url": "/releases{/id}",
    "stargazers_url": "/stargazers",
    "statuses_url": "/statuses/{sha}",
    "subscribers_url": "/subscribers",
    "subscription_url": "/subscription",
    "tags_url": "/tags",
    "teams_url": "/teams",
    "trees_url": "/git/trees{/sha}",
}


@dataclass(frozen=True, slots=True)
class Links:
    """Where the API and the pages for people are; no trailing slash."""

    api: str
    web: str

    def repository(self, repository: Repository) -> str:
        """The API address of a repository."""
        return f"{self.api}/repos/{repository.full_name}"

    def page(self, repository: Repository) -> str:
        """The page of a repository."""
        return f"{self.web}/{repository.full_name}"


def node_id(kind: str, number: int | str) -> str:
    """The GraphQL id of a record: its kind's letters and its REST id."""
    return f"{kind}_{number}"


def render_user(links: Links, user: User) -> Json:
    """`simple-user`."""
    url = f"{links.api}/users/{user.login}"
    return {
        "login": user.login,
        "id": user.id,
        "node_id": node_id("U", user.id),
        "avatar_url": f"{links.web}/avatars/{user.id}",
        "gravatar_id": "",
        "url": url,
        "html_url": f"{links.web}/{user.login.removesuffix('[bot]')}",
        "type": user.type,
        "user_view_type": "public",
        "site_admin": False,
        **{name: url + suffix for name, suffix in _USER_URLS.items()},
    }


def render_public_user(links: Links, user: User, created_at: str) -> Json:
    """`public-user`."""
    nothing = dict.fromkeys(("name", "company", "location", "email", "hireable", "bio"))
    counts = dict.fromkeys(("public_repos", "public_gists", "followers", "following"), 0)
    dates = {"created_at": created_at, "updated_at": created_at}
    return {**render_user(links, user), **nothing, "blog": "", **counts, **dates}


def render_minimal_repository(links: Links, repository: Repository) -> Json:
    """`minimal-repository`, as it stands inside runs and statuses."""
    url = links.repository(repository)
    return {
        "id": repository.id,
        "node_id": node_id("R", repository.id),
        "name": repository.name,
        "full_name": repository.full_name,
        "private": repository.private,
        "owner": render_user(links, repository.owner),
        "html_url": links.page(repository),
        "description": None,
        "fork": repository.parent is not None,
        "url": url,
        **{name: url + suffix for name, suffix in _REPOSITORY_URLS.items()},
    }


def render_repository(links: Links, repository: Repository) -> Json:
    """`repository`, which pull requests and webhooks carry."""
    page = links.page(repository)
    open_issues = sum(issue.state == "open" for issue in repository.issues.values())
    counts = dict.fromkeys(("forks_count", "stargazers_count", "watchers_count", "size"), 0)
    return {
        **render_minimal_repository(links, repository),
        "git_url": f"{page.replace('http://', 'git://', 1)}.git",
        "ssh_url": f"git@localhost:{repository.full_name}.git",
        "clone_url": f"{page}.git",
        "svn_url": page,
        "mirror_url": None,
        "homepage": None,
        "language": None,
        "license": None,
        "default_branch": repository.default_branch,
        "visibility": "private" if repository.private else "public",
        "topics": [],
        "is_template": False,
        "allow_forking": True,
        "web_commit_signoff_required": False,
        **dict.fromkeys(("has_projects", "has_downloads"), True),
        **dict.fromkeys(("has_wiki", "has_pages", "has_discussions", "disabled"), False),
        "has_issues": repository.settings.issues,
        "archived": repository.settings.archived,
        **counts,
        "forks": 0,
        "watchers": 0,
        "open_issues": open_issues,
        "open_issues_count": open_issues,
        "created_at": repository.created_at,
        "updated_at": repository.created_at,
        "pushed_at": repository.pushed_at,
    }


def render_full_repository(links: Links, repository: Repository, login: str) -> Json:
    """`full-repository`, the answer to `GET /repos/{owner}/{repo}`, with what `login` may do."""
    pushes = repository.collaborators.get(login.lower(), "write") not in {"read", "triage"}
    full = {
        **render_repository(links, repository),
        "subscribers_count": 0,
        "network_count": 0,
        "permissions": {"admin": False, "push": pushes, "pull": True},
    }
    if repository.parent is not None:
        parent = render_repository(links, repository.parent)
        full |= {"parent": parent, "source": parent}
    return full


def render_app(links: Links, slug: str, owner: User, created_at: str) -> Json:
    """`integration`: the App behind a check run or a comment."""
    # 15368 is the id that GitHub Actions has on github.com.
    app_id = 15368 if slug == "github-actions" else sum(slug.encode()) + 100_000
    return {
        "id": app_id,
        "slug": slug,
        "node_id": node_id("A", app_id),
        "client_id": f"Iv1.{app_id:016x}",
        "owner": render_user(links, owner),
        "name": slug.replace("-", " ").title(),
        "description": "",
        "external_url": f"{links.web}/apps/{slug}",
        "html_url": f"{links.web}/apps/{slug}",
        "created_at": created_at,
        "updated_at": created_at,
        "permissions": {"checks": "write", "contents": "read", "metadata": "read"},
        "events": [],
    }
