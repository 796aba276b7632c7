"""The life of a workspace: start, stop and delete builds, the agent inside, auto-stop.

State by state as measured on v2.36.0; the durations are those of `Timings` instead of minutes.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from bot.sandbox.coder_answers import build_active
from bot.sandbox.coder_timeline import Timeline
from bot.sandbox.coder_world import Build, BuildLog, User, Workspace, WorkspaceAgent, World

ERRORS = {
    "build": ("terraform apply: exit status 1", ""),
    "quota": ("insufficient quota: the workspace needs more than is left", "INSUFFICIENT_QUOTA"),
    "prompt": (
        "terraform plan: fork/exec /opt/coder/terraform: argument list too long",
        "",
    ),
}


@dataclass(frozen=True, slots=True)
class Timings:
    """Seconds between the steps of a workspace's and an agent's life."""

    queue: float = 0.01
    build: float = 0.05
    connect: float = 0.01
    start: float = 0.005
    boot: float = 0.005
    app: float = 0.02
    stop: float = 0.05
    delete: float = 0.05
    echo: float = 0.01
    quiet: float = 0.05
    health: float = 0.05
    interrupt: float = 0.02


class Builds:
    """Starts builds and lets them happen."""

    def __init__(self, world: World, timeline: Timeline, timings: Timings) -> None:
        self._world = world
        self._timeline = timeline
        self.timings = timings
        self.deleted: list[Callable[[Workspace], None]] = []
        self.hold = False
        self.fail_deletes = False
        self._held: list[Callable[[], None]] = []
        self._log_ids = 0

    def add(self, workspace: Workspace, transition: str, reason: str, initiator: User) -> Build:
        """Queue a build; raises the 409 while another one is under way."""
        if workspace.builds and workspace.build.active:
            raise build_active()
        build = Build(
            id=self._world.new_id(),
            job_id=self._world.new_id(),
            number=len(workspace.builds) + 1,
            transition=transition,
            reason=reason,
            initiator=initiator,
            created_at=self._timeline.now(),
            provisioners=0 if self.hold else 3,
        )
        workspace.builds.append(build)
        if transition != "start":
            workspace.agent = None

        def begin() -> None:
            self._begin(workspace, build)

        if self.hold:
            self._held.append(begin)
        else:
            self._timeline.after(self.timings.queue, begin)
        return build

    def release(self) -> None:
        """Provisioners are free again: builds that were held go on."""
        self.hold = False
        held, self._held = self._held, []
        for begin in held:
            self._timeline.after(0, begin)

    def _begin(self, workspace: Workspace, build: Build) -> None:
        if build.job != "pending":
            return
        build.job = "running"
        build.started_at = self._timeline.now()
        self._log(build, "Setting up", "")
        if build.transition == "start":
            self._timeline.after(self.timings.build, lambda: self._started(workspace, build))
            return
        for occupant in list(workspace.occupants):
            occupant.workspace_stopping()
        if workspace.run:
            workspace.run.stop()
            workspace.run = None
        if build.transition == "stop":
            self._timeline.after(self.timings.stop, lambda: self._succeed(build))
        else:
            self._timeline.after(self.timings.delete, lambda: self._deleted(workspace, build))

    def _log(self, build: Build, stage: str, output: str, level: str = "info") -> None:
        self._log_ids += 1
        build.logs.append(BuildLog(self._log_ids, self._timeline.now(), level, stage, output))

    def _succeed(self, build: Build) -> None:
        build.job = "succeeded"
        build.completed_at = self._timeline.now()
        self._log(build, "Cleaning Up", "")

    def _fail(self, build: Build, trouble: str) -> None:
        build.job = "failed"
        build.completed_at = self._timeline.now()
        build.error, build.error_code = ERRORS[trouble]
        self._log(build, "Planning Infrastructure", "Terraform 1.11.4")
        self._log(build, "Starting workspace", f"Error: {build.error}", "error")

    def _started(self, workspace: Workspace, build: Build) -> None:
        if build.job != "running":
            return
        trouble = workspace.trouble
        if len(workspace.prompt.encode()) > workspace.template.prompt_ceiling:
            trouble = "prompt"
        if trouble in ERRORS:
            self._fail(build, trouble)
            return
        self._log(build, "Starting workspace", "coder_agent.main: Creation complete")
        self._succeed(build)
        (workspace.directory / "work").mkdir(parents=True, exist_ok=True)
        agent = WorkspaceAgent(
            self._world.new_id(), self._world.new_id(), created_at=self._timeline.now()
        )
        workspace.agent = agent
        if workspace.ttl:
            self.set_deadline(workspace, workspace.ttl)
        if trouble != "noagent":
            self._timeline.after(self.timings.connect, lambda: self._connected(workspace, agent))

    def _connected(self, workspace: Workspace, agent: WorkspaceAgent) -> None:
        if workspace.agent is not agent:
            return
        agent.connected = True

        def starting() -> None:
            agent.lifecycle = "starting"
            self._timeline.after(self.timings.start, lambda: self._ready(workspace, agent))

        self._timeline.after(self.timings.start, starting)

    def _ready(self, workspace: Workspace, agent: WorkspaceAgent) -> None:
        if workspace.trouble == "script":
            agent.lifecycle = "start_error"
            self._timeline.after(self.timings.health, lambda: self._set_health(agent, "unhealthy"))
            return
        agent.lifecycle = "ready"

        def booted() -> None:
            if workspace.agent is agent:
                agent.booted = True
                for occupant in list(workspace.occupants):
                    occupant.workspace_ready()

        self._timeline.after(self.timings.boot, booted)
        self._timeline.after(self.timings.app, lambda: self._set_health(agent, "healthy"))

    @staticmethod
    def _set_health(agent: WorkspaceAgent, health: str) -> None:
        if agent.app_health == "initializing":
            agent.app_health = health

    def app_died(self, workspace: Workspace) -> None:
        """The agent's process is gone: its health check notices a little later."""
        agent = workspace.agent

        def notice() -> None:
            if agent and workspace.agent is agent:
                agent.app_health = "unhealthy"

        self._timeline.after(self.timings.health, notice)

    def set_deadline(self, workspace: Workspace, ahead: timedelta) -> None:
        """Stop the workspace by itself after that time, unless it is extended."""
        build = workspace.build
        build.deadline = self._timeline.now() + ahead

        def stop() -> None:
            due = build.deadline and build.deadline <= self._timeline.now()
            if due and workspace.build is build and build.job == "succeeded":
                reason = "task_auto_pause" if workspace.task_id else "autostop"
                self.add(workspace, "stop", reason, workspace.owner)

        self._timeline.after(ahead.total_seconds(), stop)

    def _deleted(self, workspace: Workspace, build: Build) -> None:
        if self.fail_deletes:
            self._fail(build, "build")
            return
        self._succeed(build)
        workspace.deleted = True
        shutil.rmtree(workspace.directory, ignore_errors=True)
        for hear in self.deleted:
            hear(workspace)
