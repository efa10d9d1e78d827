#!/bin/bash
# Tells the Auto Scaling group that this machine serves, or that another must try.
set -euo pipefail
# shellcheck source=lib.sh
. "${0%/*}/lib.sh"
abandon_on_failure

settled() {
  answers || systemctl is-failed -q ha-jenkins-prepare jenkins
}

retry 110 settled
answers || die "Jenkins failed to start"
retry 5 complete CONTINUE
log "Jenkins answers"
