"""The examples under this folder fail on purpose: none of them is a test of ours."""

collect_ignore_glob = ["*"]
