# syntax=docker/dockerfile:1
# No USER line: the runner mounts files that only root, or its own user, can write.
FROM ghcr.io/astral-sh/uv:0.13 AS uv

FROM python:3.13-slim AS build
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

FROM python:3.13-slim
# The base image has no bytecode of the standard library; without it every job compiles it anew.
RUN python -m compileall -q -j 0 \
      -x 'site-packages|idlelib|tkinter|turtledemo|ensurepip|lib2to3|pydoc_data|test' \
      /usr/local/lib/python3.13
COPY --from=build /app /app
ENV PYTHONUNBUFFERED=1
# Exec form: a shell would drop INPUT_CODER-URL and keep the signals to itself. -I: nothing is
# imported from the workspace, which holds code that the repository's contributors wrote.
ENTRYPOINT ["/app/bin/python", "-I", "-m", "bot"]
