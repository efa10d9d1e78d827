#!/bin/bash
# Once, from cloud-init. Safe to run again.
set -euo pipefail
# shellcheck source=lib.sh
. "${0%/*}/lib.sh"
abandon_on_failure

# Without a group nobody tries another machine.
tries=6
[[ $GROUP_NAME ]] || tries=200

fetch() {
  retry $tries curl -fsSL --proto =https -m 300 -o "$2" "$1"
}

# Before the package makes a user of its own: the access point of the file system maps everybody to 1500.
getent group jenkins >/dev/null || groupadd -g 1500 jenkins
getent passwd jenkins >/dev/null || useradd -u 1500 -g 1500 -d /var/lib/jenkins -M -s /bin/false jenkins
# A job of atd would be out of reach of jenkins.service's IPAddressDeny.
echo jenkins >"$ROOT/etc/at.deny"
user=$(id -u jenkins):$(id -g jenkins)
[[ $user == 1500:1500 ]] || die "user jenkins is $user, not 1500:1500"

# Signs packages and the repository's index from 2026 to 2028. dnf imports the file that is checked here; until then,
# and for an upgrade of the system, the repository is off.
key=$ROOT/etc/pki/rpm-gpg/jenkins.io-2026.key
fetch https://pkg.jenkins.io/rpm-stable/jenkins.io-2026.key "$key.new"
fingerprint=$(gpg --batch --show-keys --with-colons "$key.new" | grep ^fpr: | cut -d: -f10)
[[ $fingerprint == 5E386EADB55F01504CAE8BCF7198F4B714ABFC68 ]] || die "not Jenkins' key: $fingerprint"
mv "$key.new" "$key"

home_tools=amazon-efs-utils
[[ $HOME_KIND == efs ]] || home_tools=xfsprogs
retry $tries dnf -y --enablerepo=jenkins --setopt=install_weak_deps=False install java-21-amazon-corretto-headless fontconfig git \
  amazon-cloudwatch-agent "$home_tools" "jenkins-$JENKINS_VERSION"
version=$(rpm -q --qf '%{VERSION}' jenkins)
[[ $version == "$JENKINS_VERSION" ]] || die "Jenkins is $version, not $JENKINS_VERSION"

jar=$ROOT/opt/ha-jenkins/plugin-manager.jar
fetch https://github.com/jenkinsci/plugin-installation-manager-tool/releases/download/2.15.0/jenkins-plugin-manager-2.15.0.jar "$jar.new"
echo "a86853ec2e2933f37a4b471ba65099b61e03c87a80c2ef8fe2315eb135672d43  $jar.new" | sha256sum -c --quiet ||
  die "not the plugin manager"
mv "$jar.new" "$jar"

# One metric each for the stack, without dimensions, so that an alarm outlives the instance.
cat >"$ROOT/etc/ha-jenkins/agent.json" <<END
{
  "metrics": {
    "namespace": "$METRIC_NAMESPACE",
    "aggregation_dimensions": [[]],
    "metrics_collected": {
      "mem": {"measurement": ["mem_used_percent"], "drop_original_metrics": ["mem_used_percent"]},
      "disk": {"measurement": ["disk_used_percent"], "drop_original_metrics": ["disk_used_percent"], "resources": ["/", "/var/lib/jenkins"]}
    }
  },
  "logs": {"logs_collected": {"files": {"collect_list": [
    {"file_path": "/var/log/ha-jenkins.log", "log_group_name": "$LOG_GROUP", "log_stream_name": "{instance_id}/jenkins"},
    {"file_path": "/var/log/cloud-init-output.log", "log_group_name": "$LOG_GROUP", "log_stream_name": "{instance_id}/boot"}
  ]}}}
}
END
start_agent

systemctl daemon-reload
systemctl enable jenkins ha-jenkins-ready
systemctl enable --now ha-jenkins-watchdog.timer
# Not waited for: ha-jenkins-ready tells the group how it went.
systemctl start --no-block ha-jenkins-ready
log "installed $JENKINS_VERSION"
