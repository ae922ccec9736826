#!/bin/sh
# pause-jobs.sh <side>: asks the application to begin no new background job for ten minutes, and waits for those that
# run. Requests are served as ever: the side with the traffic is never drained before the switch. The pause ends by
# itself, so a release that stops after this leaves nothing behind.
set -eu
case "$1" in blue) port=8001 ;; green) port=8101 ;; esac
curl --fail --silent --show-error --request POST "http://127.0.0.1:$port/jobs/pause?seconds=600"
while running=$(curl --fail --silent --show-error "http://127.0.0.1:$port/jobs/running") && [ "$running" != 0 ]; do
  echo "$running jobs are still running on $1"
  sleep 1
done
