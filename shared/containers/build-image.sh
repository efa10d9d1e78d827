#!/bin/bash
# Builds the image and pushes it under a tag that is new for each build. CodeBuild runs it as one command; the buildspec
# exports IMAGE_URI to the pipeline.
# REPOSITORY_URL: <registry>/<repository>. FOLDER: where the Dockerfile is, from the root of the source.
set -euo pipefail
# In which a range such as A-Z has no other letters.
LC_ALL=C

die() {
  echo "build-image: error: $*" >&2
  exit 1
}

context=$CODEBUILD_SRC_DIR/$FOLDER
[[ -f $context/Dockerfile ]] || die "there is no Dockerfile in the folder $FOLDER of the source; name the folder that has it"

# S3's version ids may have any character, ECR's tags only these, 128 of them. A build's id is new for each attempt, and for
# the first build of a project that was made anew.
revision=${CODEBUILD_RESOLVED_SOURCE_VERSION:-unknown}
tag=${CODEBUILD_BUILD_ID##*:}-${revision//[^A-Za-z0-9._-]/-}
IMAGE_URI=$REPOSITORY_URL:${tag:0:128}

# One manifest an image: attestations would count among those that the repository keeps.
export BUILDX_NO_DEFAULT_ATTESTATIONS=1
aws ecr get-login-password | docker login --username AWS --password-stdin "${REPOSITORY_URL%%/*}" ||
  die "no login to the registry ${REPOSITORY_URL%%/*}"
docker build --pull --label "org.opencontainers.image.revision=$revision" --tag "$IMAGE_URI" "$context" ||
  die "the image of $revision cannot be built; the lines above say why"
docker push "$IMAGE_URI" || die "$IMAGE_URI was built, but cannot be pushed"

export IMAGE_URI
echo "build-image: pushed $IMAGE_URI"
