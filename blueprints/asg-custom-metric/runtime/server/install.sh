#!/bin/bash
# Once, from cloud-init. Safe to run again.
set -euo pipefail
# shellcheck source=/dev/null
. "${0%/*}/machine.sh"
abandon_on_failure

# The access point of the file system maps everybody to these ids.
getent group tcp-server >/dev/null || groupadd -g "$APPLICATION_GID" tcp-server ||
  die "no group for tcp-server: gid $APPLICATION_GID is of $(getent group "$APPLICATION_GID"); choose another"
getent passwd tcp-server >/dev/null ||
  useradd -u "$APPLICATION_UID" -g "$APPLICATION_GID" -d / -M -s /sbin/nologin tcp-server ||
  die "no user tcp-server: uid $APPLICATION_UID is of $(getent passwd "$APPLICATION_UID"); choose another"
user=$(id -u tcp-server):$(id -g tcp-server)
[[ $user == "$APPLICATION_UID:$APPLICATION_GID" ]] || die "tcp-server is $user, not $APPLICATION_UID:$APPLICATION_GID"

# Their repository is in Amazon S3: without NAT it is reached by the gateway endpoint.
retry 6 dnf -y --setopt=install_weak_deps=False install nodejs22 amazon-efs-utils amazon-cloudwatch-agent iproute logrotate
start_agent

application=$ROOT/opt/tcp-server/application.js
retry 6 aws s3api get-object --bucket "$APPLICATION_BUCKET" --key "$APPLICATION_KEY" "$application.new"
echo "$APPLICATION_SHA256  $application.new" | sha256sum -c --quiet ||
  die "s3://$APPLICATION_BUCKET/$APPLICATION_KEY has another SHA-256 than $APPLICATION_SHA256"
chmod 644 "$application.new"
mv "$application.new" "$application"

units=$ROOT/etc/systemd/system
# systemd takes no */60. Runs that were missed are not made up for: Persistent is off. Each server has a second of its
# own, so that requests for one more do not meet.
every="*:0/$METRIC_EVERY_MINUTES"
((METRIC_EVERY_MINUTES < 60)) || every=hourly
cat >"$units/tcp-server-metric.timer" <<END
[Timer]
OnCalendar=$every
AccuracySec=1s
RandomizedDelaySec=20
FixedRandomDelay=yes

[Install]
WantedBy=timers.target
END
# At shutdown, the application ends before its folder is unmounted.
mkdir -p "$units/tcp-server.service.d"
printf '[Unit]\nRequiresMountsFor=%s\n' "$MOUNT_PATH" >"$units/tcp-server.service.d/mount.conf"

sysctl -q -p "$ROOT/etc/sysctl.d/90-tcp-server.conf"
systemctl daemon-reload
systemctl enable tcp-server tcp-server-ready
systemctl enable --now tcp-server-metric.timer
# Not waited for: tcp-server-ready tells the group how it went.
systemctl start --no-block tcp-server-ready
log installed
