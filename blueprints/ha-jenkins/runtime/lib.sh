#!/bin/bash
# What the other scripts share. ROOT is set by tests only.
set -euo pipefail

ROOT=${ROOT:-}
# shellcheck source=/dev/null
. "$ROOT/etc/ha-jenkins/settings"
export JENKINS_HOME=$ROOT/var/lib/jenkins RUN=$ROOT/run/ha-jenkins
export AWS_DEFAULT_REGION=$REGION AWS_RETRY_MODE=standard AWS_MAX_ATTEMPTS=5

log() {
  echo "ha-jenkins: ${0##*/}: $*"
}

die() {
  log "error: $*"
  exit 1
}

# retry TIMES COMMAND...: pauses of 5, 10, 15, 15, ... seconds.
retry() {
  local left=$1 pause=5
  shift
  until "$@"; do
    left=$((left - 1))
    ((left > 0)) || { log "gave up: $*" && return 1; }
    log "not yet, $left more: $*"
    sleep $pause
    ((pause += pause < 15 ? 5 : 0))
  done
}

# Instance metadata, version 2.
imds() {
  local base=http://169.254.169.254/latest token
  token=$(curl -fsS -m 5 --retry 3 -X PUT -H 'X-aws-ec2-metadata-token-ttl-seconds: 60' $base/api/token) || return
  curl -fsS -m 5 --retry 3 -H "X-aws-ec2-metadata-token: $token" "$base/meta-data/$1"
}

answers() {
  [[ $(curl -s -m 10 -o /dev/null -w '%{http_code}' http://127.0.0.1:8080/login) == 200 ]]
}

# Tells the Auto Scaling group CONTINUE or ABANDON. That nobody waits for it, on a later boot, is no error.
complete() {
  [[ $GROUP_NAME ]] || return 0
  local instance output
  instance=$(imds instance-id) || return
  output=$(aws autoscaling complete-lifecycle-action --auto-scaling-group-name "$GROUP_NAME" \
    --lifecycle-hook-name "$LIFECYCLE_HOOK" --instance-id "$instance" --lifecycle-action-result "$1" 2>&1) ||
    [[ $output == *'No active Lifecycle Action'* ]] || { log "$output" && return 1; }
  log "lifecycle hook: $1 $output"
}

# However the script fails, the group hears of it and tries another machine at once.
abandon_on_failure() {
  trap 'exit 143' TERM
  trap '(($? == 0)) || abandon' EXIT
}

abandon() {
  log failed
  retry 3 complete ABANDON || true
}
