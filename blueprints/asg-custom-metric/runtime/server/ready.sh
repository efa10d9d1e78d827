#!/bin/bash
# Tells the Auto Scaling group that this server serves, or that another must try.
set -euo pipefail
# shellcheck source=/dev/null
. "${0%/*}/machine.sh"
abandon_on_failure

answers() {
  timeout 5 bash -c "exec 3<>/dev/tcp/127.0.0.1/$HEALTH_CHECK_PORT" 2>/dev/null
}

settled() {
  answers || systemctl is-failed -q tcp-server-prepare tcp-server
}

# About two hours, the longest that a lifecycle hook waits: how long it really does is the group's to say.
retry 480 settled
answers || die "the application failed to start"
retry 5 complete CONTINUE
log "port $HEALTH_CHECK_PORT answers"
