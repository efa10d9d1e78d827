#!/bin/bash
# Has the service run an image, and waits until it does. The task definition is Terraform's template with the image put in,
# registered as the next revision of its family. CodeBuild runs it as one command; run again with the same image, it waits
# for the same rollout.
# IMAGE_URI, CONTAINER: which image, and of which container. TEMPLATE_ARN: of the template. CLUSTER, SERVICE, RESOURCE_ID:
# names of the service, and Application Auto Scaling's for it. MIN_TASKS: fewest tasks. ROLLOUT_SECONDS: how long to wait.
set -euo pipefail

POLL_SECONDS=15
export AWS_PAGER="" AWS_DEFAULT_OUTPUT=json AWS_RETRY_MODE=standard AWS_MAX_ATTEMPTS=10

log() {
  echo "deploy-image: $*"
}

die() {
  echo "deploy-image: error: $*" >&2
  exit 1
}

# js EXPRESSION [ARGUMENT...]: prints what JavaScript makes of the JSON on standard input, `it`, and of the arguments, `args`.
js() {
  local read="const it = JSON.parse(require('fs').readFileSync(0, 'utf8')), args = process.argv.slice(1);"
  local expression=$1
  shift
  node -p "$read $expression" -- "$@"
}

describe_service() {
  aws ecs describe-services --cli-input-json "{\"cluster\":\"$CLUSTER\",\"services\":[\"$SERVICE\"]}"
}

describe_task_definition() {
  aws ecs describe-task-definition --cli-input-json "{\"taskDefinition\":\"$1\",\"include\":[\"TAGS\"]}"
}

image_of() {
  js 'it.taskDefinition.containerDefinitions.find(({ name }) => name === args[0])?.image ?? ""' "$CONTAINER"
}

# The request that registers a described task definition once more, with another image if one is given.
registration() {
  js '
    const { taskDefinitionArn, revision, status, requiresAttributes, compatibilities, registeredAt, registeredBy,
      deregisteredAt, ...definition } = it.taskDefinition;
    const tags = (it.tags ?? []).sort((one, other) => (one.key < other.key ? -1 : 1));
    const [container, image] = args;
    JSON.stringify({
      ...definition,
      containerDefinitions: definition.containerDefinitions.map((one) =>
        one.name === container && image ? { ...one, image } : one),
      // ECS takes no empty list of tags.
      ...(tags.length > 0 && { tags }),
    })
  ' "$CONTAINER" "$@"
}

# What is left out here stays as it is.
change_scaling() {
  local target="\"ServiceNamespace\":\"ecs\",\"ScalableDimension\":\"ecs:service:DesiredCount\",\"ResourceId\":\"$RESOURCE_ID\""
  aws application-autoscaling register-scalable-target --cli-input-json "{$target,$1}" >/dev/null
}

# suspend_scaling true|false
suspend_scaling() {
  change_scaling "\"SuspendedState\":{\"DynamicScalingInSuspended\":$1,\"DynamicScalingOutSuspended\":$1,\"ScheduledScalingSuspended\":$1}"
}

update_service() {
  aws ecs update-service --cli-input-json "{\"cluster\":\"$CLUSTER\",\"service\":\"$SERVICE\",$1}" >/dev/null
}

# A rollout that failed is left to ECS, which goes back to what ran before. Before the first image nothing did: a circuit
# breaker would go back to tasks that cannot start, so the service waits for an image again.
fail() {
  if [[ $first ]]; then
    if ! { suspend_scaling true && update_service "\"taskDefinition\":\"$TEMPLATE_ARN\",\"desiredCount\":0"; }; then
      log "the service $SERVICE could not be sent back to wait for an image: suspend its scaling, and set its desired count to 0"
    fi
  fi
  die "$*"
}

await_rollout() {
  local waited found state progress said=""
  for ((waited = POLL_SECONDS; waited <= ROLLOUT_SECONDS; waited += POLL_SECONDS)); do
    sleep "$POLL_SECONDS"
    found=$(describe_service) || die "the service $SERVICE cannot be described any more; the rollout goes on without being watched"
    read -r state progress <<<"$(js '
      const [{ deployments = [] } = {}] = it.services;
      const one = deployments.find(({ taskDefinition }) => taskDefinition === args[0]);
      one
        ? [one.rolloutState, one.runningCount, "of", one.desiredCount, "tasks run,", one.failedTasks ?? 0, "failed.",
            one.rolloutStateReason].join(" ")
        : ["GONE", deployments[0]?.taskDefinition].join(" ")
    ' "$1" <<<"$found")"
    case $state in
      COMPLETED) return ;;
      FAILED) fail "the rollout of $1 failed: $progress See the service's events, and the tasks' log" ;;
      GONE) fail "the service runs ${progress:-nothing} instead of $1: its circuit breaker rolled the deployment back, or somebody deployed something else. See the service's events, and the tasks' log" ;;
    esac
    [[ $progress == "$said" ]] || log "$progress"
    said=$progress
  done
  die "the rollout of $1 is still in progress after $((ROLLOUT_SECONDS / 60)) minutes: $progress Tasks that protect themselves while they work may hold it up. ECS goes on with it; retry this action to wait for it again"
}

[[ ${IMAGE_URI:-} ]] || die "IMAGE_URI is empty: the build has to export it"
found=$(describe_service) || die "the service $SERVICE of the cluster $CLUSTER cannot be described"
running=$(js 'it.services.find(({ status }) => status === "ACTIVE")?.taskDefinition ?? ""' <<<"$found")
[[ $running ]] || die "the cluster $CLUSTER has no active service $SERVICE; deploy the stack again"
template=$(describe_task_definition "$TEMPLATE_ARN") || die "the template $TEMPLATE_ARN cannot be described"
template_image=$(image_of <<<"$template")
[[ $template_image ]] || die "the template $TEMPLATE_ARN has no container $CONTAINER"
current=$(describe_task_definition "$running") || die "the running task definition $running cannot be described"

first=""
wanted=$(registration "$IMAGE_URI" <<<"$template")
if [[ $wanted == "$(registration <<<"$current")" ]]; then
  revision=$running
  log "$SERVICE has $IMAGE_URI already, as $revision"
else
  if [[ $(image_of <<<"$current") == "$template_image" ]]; then
    # Before the update, after which nothing would tell that this is the first image: a run that breaks off in between is
    # the first once more. Later ones leave alone what somebody has suspended.
    log "the first image: scaling may begin"
    first=yes
    suspend_scaling false || die "the scaling of $RESOURCE_ID cannot be resumed"
  fi
  registered=$(aws ecs register-task-definition --cli-input-json "$wanted") ||
    die "$IMAGE_URI cannot be registered in the family of $TEMPLATE_ARN"
  revision=$(js it.taskDefinition.taskDefinitionArn <<<"$registered")
  log "deploys $IMAGE_URI as $revision"
  # Without a task nothing would tell whether the image works. Scaling in takes away what is not needed.
  tasks=$(js 'it.services[0].desiredCount || 1' <<<"$found")
  update_service "\"taskDefinition\":\"$revision\",\"desiredCount\":$tasks" ||
    die "the service $SERVICE cannot be updated to $revision"
fi

await_rollout "$revision"
change_scaling "\"MinCapacity\":$MIN_TASKS" || die "$revision runs, but $MIN_TASKS cannot be set as the fewest tasks of $RESOURCE_ID"
log "$SERVICE runs $revision, with $MIN_TASKS tasks at least"
