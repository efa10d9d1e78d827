#!/bin/bash
# What the scripts of machines share, wherever they belong: scripts in /opt/<name>, this one among them, source it and
# find their settings in /etc/<name>/settings. ROOT is set by tests only.
set -euo pipefail

ROOT=${ROOT:-}
NAME=${0%/*}
NAME=${NAME##*/}
# shellcheck source=/dev/null
. "$ROOT/etc/$NAME/settings"
RUN=$ROOT/run/$NAME
export AWS_DEFAULT_REGION=$REGION AWS_RETRY_MODE=standard AWS_MAX_ATTEMPTS=5

log() {
  echo "$NAME: ${0##*/}: $*"
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

start_agent() {
  "$ROOT/opt/aws/amazon-cloudwatch-agent/bin/amazon-cloudwatch-agent-ctl" -a fetch-config -m ec2 -s \
    -c "file:$ROOT/etc/$NAME/agent.json"
}

# mount_efs FOLDER: through the access point, as the machine's role.
# noresvport: a connection that broke comes back from another port, which Amazon EFS needs to fail over.
# The TLS tunnel runs in the unit that mounts, and has to outlive it until the unmount: KillMode=process there.
mount_efs() {
  mkdir -p "$1"
  mountpoint -q "$1" || retry 20 timeout 60 mount -t efs \
    -o "tls,iam,accesspoint=$ACCESS_POINT_ID,noresvport,_netdev" "$FILE_SYSTEM_ID:/" "$1"
}

read_secret() {
  secret=$(aws secretsmanager get-secret-value --secret-id "$SECRET_ARN" --query SecretString --output text 2>"$RUN/error")
}

settle_secret() {
  read_secret && return
  cat "$RUN/error"
  grep -q ResourceNotFoundException "$RUN/error" || return
  (umask 077 && od -An -N24 -tx1 /dev/urandom | tr -d ' \n' >"$RUN/made")
  aws secretsmanager put-secret-value --secret-id "$SECRET_ARN" --secret-string "file://$RUN/made" \
    --client-request-token "$1" --query Name || log "secret not put"
  rm "$RUN/made"
  read_secret
}

# keep_secret FILE OWNER TOKEN: the secret's text in memory, for its owner only. The first machine makes it: with the
# same token (32 to 64 characters) on all, of two that make one at once the second is refused and reads the first's.
keep_secret() {
  retry 6 settle_secret "$3"
  [[ $secret && $secret != None ]] || die "the secret must be a text"
  rm -f "$1"
  (umask 077 && printf %s "$secret" >"$1")
  chmod 400 "$1"
  chown "$2" "$1"
}
