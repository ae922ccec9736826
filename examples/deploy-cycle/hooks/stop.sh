#!/bin/sh
# stop.sh <side>: stops the side that nobody is left on. The container stays, so it could be started again.
set -eu
cd "$(dirname "$0")"
echo "Stopping $1"
docker compose -f compose.yaml stop "$1"
