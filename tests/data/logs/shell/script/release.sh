#!/usr/bin/env bash
set -euo pipefail
rm old.txt 2>&1 || true
echo "releasing ${VERSION_NAME}"
