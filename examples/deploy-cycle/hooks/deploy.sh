#!/bin/sh
# deploy.sh <side> <version>: starts the side that has no traffic with this version. Ends as soon as it is started:
# that it is up is for HAProxy's checks to say, and Pointsman waits for them.
set -eu
cd "$(dirname "$0")"
echo "Deploying $2 to $1"
VERSION="$2" docker compose -f compose.yaml up --detach --no-deps "$1"
