#!/bin/bash
# What the other scripts share.
# shellcheck source=/dev/null
. "${0%/*}/machine.sh"
export JENKINS_HOME=$ROOT/var/lib/jenkins

answers() {
  [[ $(curl -s -m 10 -o /dev/null -w '%{http_code}' http://127.0.0.1:8080/login) == 200 ]]
}
