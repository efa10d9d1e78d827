#!/bin/bash
# Every minute: looks after a Jenkins that hangs.
set -euo pipefail
# shellcheck source=lib.sh
. "${0%/*}/lib.sh"

# decide ANSWERS STARTING WAITED FAILURES: prints what to do, and the two counts of minutes to come with.
# A start has 30 minutes (it may wait for the lock); then, as for any failure: restart at 3, last resort from 8.
decide() {
  local failures=$(($4 + 1))
  if (($1)); then
    echo nothing 0 0
  elif (($2 && $3 < 30)); then
    echo wait $(($3 + 1)) "$4"
  elif ((failures == 3)); then
    echo restart 0 3
  elif ((failures < 8)); then
    echo count $(($2 ? $3 : 0)) $failures
  else
    echo last-resort "$3" $failures
  fi
}

# At most one an hour, so that a Jenkins that never starts leaves time to look at it.
reboot() {
  local stamp=$ROOT/opt/ha-jenkins/rebooted now last=0
  now=$(date +%s)
  [[ ! -f $stamp ]] || last=$(<"$stamp")
  ((now - last >= 3600)) || { log "rebooted lately" && return; }
  echo "$now" >"$stamp"
  systemctl reboot
}

watch() {
  local up=0 starting=0 units instance owner verdict waited=0 failures=0
  mkdir -p "$RUN"
  instance=$(imds instance-id || true)
  units=$(systemctl is-active ha-jenkins-prepare jenkins || true)
  # As jenkins, and not printed: a build may have made it a link to what only root may read.
  owner=$(timeout 20 setpriv --reuid 1500 --regid 1500 --clear-groups head -c 32 "$JENKINS_HOME/.ha-jenkins.owner") ||
    owner=$instance
  if [[ $units == *$'\n'active && $instance && $owner != "$instance" ]]; then
    log "killing Jenkins: the home has another owner"
    systemctl kill -s KILL jenkins
  elif answers; then
    up=1
  fi
  [[ $'\n'$units != *$'\nactivating'* ]] || starting=1
  [[ ! -f $RUN/watchdog ]] || read -r waited failures <"$RUN/watchdog"
  read -r verdict waited failures < <(decide $up $starting "$waited" "$failures")
  echo "$waited $failures" >"$RUN/watchdog"
  ((up)) || log "no answer: $verdict (waited $waited, failed $failures)"
  case $verdict-$LAST_RESORT in
    restart-*) systemctl restart --no-block jenkins || true ;;
    last-resort-replace)
      aws autoscaling set-instance-health --instance-id "$instance" --health-status Unhealthy \
        --no-should-respect-grace-period || true
      ;;
    last-resort-reboot) reboot ;;
  esac
  # Last: it takes minutes where the API is out of reach.
  aws cloudwatch put-metric-data --namespace "$METRIC_NAMESPACE" --metric-name Responding --value $up || true
}

# With arguments, a function by itself.
"${@:-watch}"
