#!/bin/sh
# restart.sh <server> <version>: brings one server to this version. It is in maintenance meanwhile and gets no users. Ends as
# soon as it is started: that it is up is for HAProxy's checks to say, and Pointsman waits for them.
set -eu
echo "Starting $1 with version $2"
ssh "deploy@$1" sudo systemctl restart "checkout@${2:?which version?}"
