"""A bare repository: refs, commits written without a checkout, and what GitHub's answers need."""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar

from bot.sandbox.git_command import GitError, git, git_text
from bot.sandbox.git_objects import Commit, TreeEntry, parse_commit, parse_entry

ZERO = "0" * 40
T = TypeVar("T")

_PRE_RECEIVE = """#!/bin/sh
# A token without the `workflows` permission may not touch workflow files: GitHub's own words.
[ -n "$SANDBOX_MAY_CHANGE_WORKFLOWS" ] && exit 0
while read -r old new ref; do
  case "$new" in 0000000000000000000000000000000000000000) continue ;; esac
  file=$(git log --format= --name-only "$new" --not --all -- .github/workflows | head -n 1)
  [ -z "$file" ] && continue
  echo "refusing to allow a GitHub App to create or update workflow \\`$file\\`" \\
    "without \\`workflows\\` permission" >&2
  exit 1
done
exit 0
"""

_SETTINGS = """[core]
\trepositoryformatversion = 0
\tbare = true
[http]
\treceivepack = true
[receive]
\thideRefs = refs/pull
[uploadpack]
\tallowAnySHA1InWant = true
[gc]
\tauto = 0
"""


class GitRepository:
    """One bare repository on disk. Objects never change, so commits once read are kept."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._commits: dict[str, Commit] = {}
        self._known: dict[tuple[str, ...], Any] = {}

    @classmethod
    def create(cls, path: Path, default_branch: str) -> GitRepository:
        """Lay out an empty bare repository; cheaper than `git init` and equal to it."""
        for part in ("objects/info", "objects/pack", "refs/heads", "refs/tags", "hooks"):
            (path / part).mkdir(parents=True)
        (path / "HEAD").write_text(f"ref: refs/heads/{default_branch}\n")
        (path / "config").write_text(_SETTINGS)
        hook = path / "hooks" / "pre-receive"
        hook.write_text(_PRE_RECEIVE)
        hook.chmod(0o755)
        return cls(path)

    def refs(self) -> dict[str, str]:
        """Every ref's full name and the SHA it points to, read as files: no process is started."""
        found, skipped = self._packed(), len(str(self.path)) + 1
        for folder, _, names in os.walk(self.path / "refs"):
            for name in names:
                if name.endswith(".lock"):
                    continue
                file = f"{folder}/{name}"
                with suppress(FileNotFoundError), open(file) as content:  # noqa: PTH123 - hot path; a push may delete it
                    found[file[skipped:]] = content.read().strip()
        return dict(sorted(found.items()))

    def ref(self, full_name: str) -> str | None:
        """The SHA of one ref, such as `refs/heads/main`, without a look at all the others."""
        if not full_name.startswith("refs/") or ".." in full_name or full_name.endswith(".lock"):
            return None
        with suppress(OSError):  # there is none, or it is a folder of others
            return (self.path / full_name).read_text().strip()
        return self._packed().get(full_name)

    def _packed(self) -> dict[str, str]:
        packed = self.path / "packed-refs"
        if not packed.exists():
            return {}
        rows = (line.split(" ") for line in packed.read_text().splitlines())
        return {row[1]: row[0] for row in rows if len(row) == 2 and len(row[0]) == 40}

    def branch(self, name: str) -> str | None:
        """The head of that branch, and of nothing else that bears the name."""
        return self.ref(f"refs/heads/{name}")

    def resolve(self, revision: str) -> str | None:
        """The commit that a branch, tag, ref or (short) SHA names; None when there is none."""
        for ref in (
            revision,
            f"refs/heads/{revision}",
            f"refs/tags/{revision}",
            f"refs/{revision}",
        ):
            found = self.ref(ref)
            if found is not None:
                return found
        if revision in self._commits:
            return revision
        if not re.fullmatch(r"[0-9a-f]{4,40}", revision):
            return None
        try:
            return git_text(self.path, "rev-parse", "--verify", "-q", f"{revision}^{{commit}}")
        except GitError:
            return None

    def commit(self, sha: str) -> Commit:
        """Read one commit."""
        if sha not in self._commits:
            raw = git(self.path, "cat-file", "commit", sha).decode(errors="replace")
            self._commits[sha] = parse_commit(sha, raw)
        return self._commits[sha]

    def set_ref(self, ref: str, sha: str) -> None:
        """Create or move a ref, without asking whether it is a fast-forward."""
        git(self.path, "update-ref", ref, sha)

    def delete_ref(self, ref: str) -> None:
        """Delete a ref."""
        git(self.path, "update-ref", "-d", ref)

    def write_commit(
        self,
        ref: str,
        files: Mapping[str, str | bytes | None],
        message: str,
        *,
        parent: str | None,
        author: tuple[str, str, int],
    ) -> str:
        """Commit onto `parent` and move `ref` there; a file whose content is None is deleted.

        `author` is name, e-mail and seconds since the epoch.
        """
        name, email, seconds = author
        person = f"{name} <{email}> {seconds} +0000".encode()
        stream = [b"commit " + ref.encode(), b"mark :1", b"author " + person]
        stream += [b"committer " + person, _data(message.encode())]
        stream += [b"from " + parent.encode()] if parent else []
        for path, content in files.items():
            stream += _file_change(path, content)
        stream += [b"", b"get-mark :1", b""]
        made = git(self.path, "fast-import", "--quiet", "--force", stdin=b"\n".join(stream))
        return made.decode().strip()

    def fetch(self, other: GitRepository, source: str, target: str) -> None:
        """Copy `source` of another repository and what it needs to the ref `target` here."""
        refspec = f"+{source}:{target}"
        git(self.path, "fetch", "--quiet", "--no-tags", str(other.path), refspec)

    def merge(self, base: str, head: str, message: str) -> str | None:
        """A merge commit of the two on no branch; None when they conflict."""
        try:
            tree = git_text(self.path, "merge-tree", "--write-tree", base, head)
        except GitError as refused:
            # 1 is a conflict; anything else is a git older than 2.38, which lacks the option.
            found = None if refused.exit_code == 1 else self.merge_in_worktree(base, head)
            if found is None:
                return None
            tree = found
        arguments = ("commit-tree", tree, "-p", base, "-p", head, "-m", message)
        return git_text(self.path, *arguments)

    def merge_in_worktree(self, base: str, head: str) -> str | None:
        """The tree of the merge, made with a checkout; None when the two conflict."""
        with tempfile.TemporaryDirectory() as scratch:
            work = Path(scratch) / "work"
            git(self.path, "worktree", "add", "-q", "--detach", str(work), base)
            try:
                git(work, "merge", "-q", "--no-edit", "--no-ff", head)
                return git_text(work, "rev-parse", "HEAD^{tree}")
            except GitError:
                return None
            finally:
                git(self.path, "worktree", "remove", "--force", str(work))

    def merge_base(self, one: str, other: str) -> str | None:
        """The best common ancestor of two SHAs; None for unrelated histories."""
        return self.once(("merge-base", one, other), self._merge_base)

    def log(self, *arguments: str) -> list[str]:
        """`git rev-list` of SHAs and options, newest first."""
        return self.once(("rev-list", *arguments), lambda *a: git_text(self.path, *a).split())

    def once(self, key: tuple[str, ...], make: Callable[..., T]) -> T:
        """`make(*key)`, asked once: what is said of objects stays true."""
        if key not in self._known:
            self._known[key] = make(*key)
        known: T = self._known[key]
        return known

    def _merge_base(self, *arguments: str) -> str | None:
        try:
            return git_text(self.path, *arguments)
        except GitError:
            return None

    def write_tree(self, base: str | None, rows: Sequence[Mapping[str, Any]]) -> str:
        """A tree: that of `base` with `{path, mode, sha | content}` rows on top.

        A row whose `sha` is None takes the path out.
        """
        with tempfile.TemporaryDirectory(dir=self.path) as scratch:
            env = {"GIT_INDEX_FILE": f"{scratch}/index"}
            git(self.path, "read-tree", *([base] if base else ["--empty"]), env=env)
            lines = [self._index_line(row) for row in rows]
            git(self.path, "update-index", "--index-info", stdin=b"".join(lines), env=env)
            return git(self.path, "write-tree", env=env).decode().strip()

    def _index_line(self, row: Mapping[str, Any]) -> bytes:
        sha = row.get("sha")
        if "content" in row:
            raw = str(row["content"]).encode()
            sha = git(self.path, "hash-object", "-w", "--stdin", stdin=raw).decode().strip()
        mode = row.get("mode", "100644") if sha else "0"
        return f"{mode} {sha or ZERO}\t{row['path']}\n".encode()

    def read(self, revision: str, path: str) -> bytes | None:
        """A file's content at a revision; None when it is not there."""
        try:
            return git(self.path, "cat-file", "blob", f"{revision}:{path}")
        except GitError:
            return None

    def entries(self, treeish: str, path: str = "", *, recursive: bool = False) -> list[TreeEntry]:
        """The entries of a tree, directories included when `recursive`."""
        flags = ["-r", "-t"] if recursive else []
        where = ["--", path] if path else []
        out = git(self.path, "ls-tree", "-l", "-z", *flags, treeish, *where).decode()
        return [parse_entry(line) for line in out.split("\0") if line]


def _data(content: bytes) -> bytes:
    return b"data %d\n%s" % (len(content), content)


def _file_change(path: str, content: str | bytes | None) -> list[bytes]:
    if content is None:
        return [b"D " + path.encode()]
    raw = content.encode() if isinstance(content, str) else content
    mode = b"100755" if raw.startswith(b"#!") else b"100644"
    return [b"M " + mode + b" inline " + path.encode(), _data(raw)]
