#!/bin/bash
# At every boot, before Jenkins: address, home, administrator's password, configuration.
set -euo pipefail
# shellcheck source=lib.sh
. "${0%/*}/lib.sh"
abandon_on_failure

mkdir -p "$RUN/secrets" "$JENKINS_HOME"
instance=$(imds instance-id)
echo "$instance" >"$RUN/instance"

have_address() {
  [[ $(imds public-ipv4) == "$ADDRESS" ]]
}

if [[ $ALLOCATION_ID ]] && ! have_address; then
  retry 6 aws ec2 associate-address --allocation-id "$ALLOCATION_ID" --instance-id "$instance" --allow-reassociation
  retry 25 have_address
fi

# noresvport: a connection that broke comes back from another port, which Amazon EFS needs to fail over.
if mountpoint -q "$JENKINS_HOME"; then
  log "home is mounted"
elif [[ $HOME_KIND == efs ]]; then
  retry 20 timeout 60 mount -t efs -o "tls,iam,accesspoint=$ACCESS_POINT_ID,noresvport,_netdev" "$FILE_SYSTEM_ID:/" "$JENKINS_HOME"
else
  device=$ROOT/dev/disk/by-id/nvme-Amazon_Elastic_Block_Store_${VOLUME_ID/-/}
  retry 40 test -e "$device"
  # Formats only what has no signature and only zeros at its start: blkid's 2 also means that it could not read.
  code=0
  blkid -p "$device" || code=$?
  if ((code == 2)); then
    data=$(head -c 1M "$device" | tr -d '\0' | wc -c)
    ((data == 0)) || die "$VOLUME_ID has data, but no file system"
    mkfs.xfs "$device"
  elif ((code)); then
    die "cannot tell what is on $VOLUME_ID: $code"
  fi
  mount -t xfs -o noatime "$device" "$JENKINS_HOME"
  xfs_growfs "$JENKINS_HOME"
  chown jenkins:jenkins "$JENKINS_HOME"
fi

read_password() {
  password=$(aws secretsmanager get-secret-value --secret-id "$SECRET_ARN" --query SecretString --output text 2>"$RUN/error")
}

# The token is the same on all machines: of two that make a password at once, the second is refused and reads the
# first's.
settle_password() {
  read_password && return
  cat "$RUN/error"
  grep -q ResourceNotFoundException "$RUN/error" || return
  od -An -N24 -tx1 /dev/urandom | tr -d ' \n' >"$RUN/made"
  aws secretsmanager put-secret-value --secret-id "$SECRET_ARN" --secret-string "file://$RUN/made" \
    --client-request-token ha-jenkins-administrator-password --query Name || log "password not put"
  rm "$RUN/made"
  read_password
}

# In memory only, for Configuration as Code, which reads a secret from the file of its name.
umask 077
retry 6 settle_password
[[ $password && $password != None ]] || die "the secret must be a text"
secret=$RUN/secrets/admin-password
rm -f "$secret"
printf %s "$password" >"$secret"
chmod 400 "$secret"
chown jenkins "$secret"

cat >"$RUN/jenkins.yaml" <<END
jenkins:
  numExecutors: $EXECUTORS
  slaveAgentPort: -1
  securityRealm:
    local:
      allowsSignup: false
      users:
        - id: admin
          password: "\${admin-password}"
  authorizationStrategy:
    loggedInUsersCanDoAnything:
      allowAnonymousRead: false
unclassified:
  location:
    url: "$JENKINS_URL"
END
chmod 644 "$RUN/jenkins.yaml"
log prepared
