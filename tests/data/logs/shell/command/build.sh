#!/bin/sh
set -eu
echo "building $1"
widgetctl --version
