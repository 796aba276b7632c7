# No USER line: the runner mounts files that only root, or its own user, can write.
# No `# syntax=` line: it would pull a frontend by a tag, and BuildKit's own knows all of this.
# A digest decides, the tag beside it is for people; .github/dependabot.yml renews both.
FROM ghcr.io/astral-sh/uv:0.13.0@sha256:cdc6093146eb3ff6a40107b38f008b789e050e77ad87865e381d9917da55a168 AS uv

FROM python:3.13-slim@sha256:7c61056e61ac89e852de05f3dc6fa51a6dd2181797bceed46aa725dd7cb2cd3b AS build
ENV UV_LINK_MODE=copy UV_PYTHON_DOWNLOADS=never
RUN python -m venv --without-pip /app
RUN --mount=from=uv,source=/uv,target=/bin/uv \
    --mount=type=bind,source=requirements/runtime.txt,target=/runtime.txt \
    uv pip sync --quiet --no-cache --require-hashes --python /app/bin/python /runtime.txt
COPY bot /app/lib/python3.13/site-packages/bot
# Only what runs: the sandbox and its demo are for developers' machines.
RUN rm -rf /app/lib/python3.13/site-packages/bot/sandbox \
      /app/lib/python3.13/site-packages/bot/commands/demo.py \
      /app/lib/python3.13/site-packages/bot/commands/sandbox.py \
 && python -m compileall -q -j 0 /app/lib

FROM python:3.13-slim@sha256:7c61056e61ac89e852de05f3dc6fa51a6dd2181797bceed46aa725dd7cb2cd3b
# The base image has no bytecode of the standard library; without it every job compiles it anew.
RUN python -m compileall -q -j 0 \
      -x 'site-packages|idlelib|tkinter|turtledemo|ensurepip|lib2to3|pydoc_data|test' \
      /usr/local/lib/python3.13
COPY --from=build /app /app
ENV PYTHONUNBUFFERED=1
# Exec form: a shell would drop INPUT_CODER-URL and keep the signals to itself. -I: nothing is
# imported from the workspace, which holds code that the repository's contributors wrote.
ENTRYPOINT ["/app/bin/python", "-I", "-m", "bot"]
