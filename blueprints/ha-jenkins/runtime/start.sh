#!/bin/bash
# Jenkins itself, as user jenkins and under the home's lock (jenkins.service.conf): with --no-fork, the process that
# systemd watches is the one that holds the lock and becomes Jenkins, which says itself when it is up (Type=notify).
#
# The lock of a machine that died ends on Amazon EFS with its NFS lease, some minutes at most. A machine that was cut
# off and comes back has lost its lock (nfs.recover_lost_locks is 0) but would only notice if it used the lock file:
# so the owner's name is in the home, and the watchdog kills a Jenkins whose home has another owner.
#
# --httpKeepAliveTimeout: longer than the load balancer's 60 s, or it meets a closed connection now and then.
# --pluginroot: unpacked plugins are thousands of small files, no load for a shared file system. IPAddressDeny: builds
# on this machine do not get the instance's role. CASC_JENKINS_CONFIG and SECRETS are for Configuration as Code.
set -euo pipefail
# shellcheck source=lib.sh
. "${0%/*}/lib.sh"

cp "$RUN/instance" "$JENKINS_HOME/.ha-jenkins.owner"
cache=$ROOT/var/cache/jenkins
# /tmp of Amazon Linux is memory, and Jenkins takes a node with less than 1 GiB of it out of service.
rm -rf "$cache/tmp"
mkdir -p "$cache/tmp" "$JENKINS_HOME/plugins"

# Only what is pinned, with the oldest dependencies that it accepts. Plugins installed by hand stay.
wanted="$JENKINS_VERSION $PLUGINS"
record=$JENKINS_HOME/.ha-jenkins.plugins
if [[ ! -f $record || $(<"$record") != "$wanted" ]]; then
  read -ra pins <<<"$PLUGINS"
  export CACHE_DIR=$cache/manager
  retry 4 java -jar "$ROOT/opt/ha-jenkins/plugin-manager.jar" --war /usr/share/java/jenkins.war --latest false \
    --plugin-download-directory "$cache/download" --plugins "${pins[@]}"
  for file in "$cache/download"/*.jpi; do
    plugin=$JENKINS_HOME/plugins/${file##*/}
    cp "$file" "$plugin.new"
    mv "$plugin.new" "$plugin"
  done
  echo "$wanted" >"$record.new"
  mv "$record.new" "$record"
  log "plugins installed"
fi

# Without it Jenkins would start with no security at all.
[[ -f $JENKINS_HOME/plugins/configuration-as-code.jpi ]] || die "no configuration-as-code"
# Builds inherit what is exported.
export -n AWS_DEFAULT_REGION AWS_RETRY_MODE AWS_MAX_ATTEMPTS
exec jenkins
