"""The baseline of the start-up figures: the same four packages, the same requests, nothing else.

`python -P baseline.py REQUESTS.json`, in a directory without our package.
"""

import json
import sys

import github
import httpx
import pydantic_settings
import structlog


class Settings(pydantic_settings.BaseSettings):
    """The addresses and tokens, from the environment."""

    github_api_url: str
    github_token: str
    coder_url: str
    coder_token: str


def main() -> None:
    """Send them one after the other; a log by the address that GitHub gives now."""
    settings = Settings()
    with open(sys.argv[1], encoding="utf-8") as file:  # noqa: PTH123 - pathlib is one more import
        requests = json.load(file)
    api = github.Github(
        auth=github.Auth.Token(settings.github_token),
        base_url=settings.github_api_url,
        seconds_between_requests=0,
        seconds_between_writes=0,
        retry=None,
        lazy=True,
    ).requester
    headers = {"Coder-Session-Token": settings.coder_token}
    location = ""
    with httpx.Client(base_url=settings.coder_url, headers=headers) as coder, httpx.Client() as log:
        for request in requests:
            body = json.loads(request["body"]) if request["body"] else None
            if request["server"] == "github":
                _, answered, _ = api.requestJson(request["method"], request["url"], {}, {}, body)
                location = answered.get("location", location)
            elif request["server"] == "blobs":
                log.get(location)
            else:
                coder.request(request["method"], request["url"], json=body)
    structlog.get_logger().info("Started session")


main()
