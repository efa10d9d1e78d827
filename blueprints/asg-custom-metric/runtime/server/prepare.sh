#!/bin/bash
# At every boot, before the application: its folders, its token, its settings.
set -euo pipefail
# shellcheck source=/dev/null
. "${0%/*}/machine.sh"
abandon_on_failure

mkdir -p "$RUN"
instance=$(imds instance-id)
mount_efs "$ROOT$MOUNT_PATH"
# The application's own, as all that is made through the access point.
state=$MOUNT_PATH/$ROLE/$instance
mkdir -p "$ROOT$state"

keep_secret "$RUN/token" tcp-server first-token-of-all-tcp-servers-1

read_settings() {
  settings=$(aws ssm get-parameters-by-path --path "$SETTINGS_PATH" --recursive --with-decryption \
    --query 'Parameters[].[Name,Value]' --output json)
}

node=$ROOT/usr/bin/node-22
environment=$RUN/environment
retry 6 read_settings
(umask 077 && : >"$environment")
# The server's own names come last: so they count.
{
  "$node" "${0%/*}/environment.mjs" <<<"$settings" &&
    printf '%s="%s"\n' ROLE "$ROLE" STATE_FOLDER "$state" TOKEN_FILE /run/tcp-server/token
} >"$environment" || die "the parameters below $SETTINGS_PATH make no environment for the application"

log_file=$("$node" -p 'JSON.parse(fs.readFileSync(0)).find(([path]) => path.endsWith("/LOG_FILE"))?.[1] ?? ""' <<<"$settings")
[[ $log_file == /*/* ]] || die "${SETTINGS_PATH}LOG_FILE must be the absolute path of a file in a folder, got '$log_file'"
folder=${log_file%/*}
[[ -d $ROOT$folder ]] || { mkdir -p "$ROOT$folder" && chown tcp-server: "$ROOT$folder"; }
runuser -u tcp-server -- test -w "$ROOT$folder" ||
  die "${SETTINGS_PATH}LOG_FILE must be in a folder that tcp-server may write to, got $log_file"
cat >"$ROOT/etc/logrotate.d/tcp-server" <<END
$folder/*.log {
  su tcp-server tcp-server
  size 100M
  rotate 5
  compress
  copytruncate
  missingok
}
/var/log/tcp-server-boot.log {
  size 20M
  rotate 2
  copytruncate
}
END
log prepared
