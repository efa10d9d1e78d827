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

if [[ $HOME_KIND == efs ]]; then
  mount_efs "$JENKINS_HOME"
elif ! mountpoint -q "$JENKINS_HOME"; then
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

# For Configuration as Code, which reads a secret from the file of its name.
keep_secret "$RUN/secrets/admin-password" jenkins ha-jenkins-administrator-password

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
log prepared
