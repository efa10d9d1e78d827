import { EcrLifecyclePolicy } from "@cdktf/provider-aws/lib/ecr-lifecycle-policy";
import { EcrRepository } from "@cdktf/provider-aws/lib/ecr-repository";
import { Construct } from "constructs";
import { BlueprintStack } from "../blueprint/blueprint-stack";
import { checkProps, wholeNumber } from "../blueprint/checked-props";
import type { Grantee } from "../security/service-role";

export interface ImageRepositoryProps {
  /**
   * How many images are kept, 1..1000. Older ones expire within a day, and so does one that still runs when so many were
   * pushed after it: leave room for deployments that failed. @default 10
   */
  readonly keepImages?: number;
}

const UNTAGGED_DAYS = 1;
const MOST_IMAGES = 1000;

/** A repository of container images whose tags are never moved, scanned when they are pushed, and of which the last are kept. */
export class ImageRepository extends Construct {
  /** Known before the deployment. */
  readonly repositoryName: string;
  readonly arn: string;
  /** What comes before `:<tag>` in an image's name: `<account>.dkr.ecr.<Region>.amazonaws.com/<repository>`. */
  readonly url: string;

  /** @throws BlueprintMistakes on a number of images out of its range */
  constructor(scope: Construct, id: string, props: ImageRepositoryProps = {}) {
    super(scope, id);
    const { keepImages = 10 } = props;
    checkProps(this, wholeNumber("keepImages", keepImages, 1, MOST_IMAGES));
    this.repositoryName = BlueprintStack.of(this).nameOf("imageRepository", this);
    const repository = new EcrRepository(this, "repository", {
      name: this.repositoryName,
      imageTagMutability: "IMMUTABLE",
      imageScanningConfiguration: { scanOnPush: true },
      // The AWS managed key, alias/aws/ecr: who pulls or pushes needs no permission for it.
      encryptionConfiguration: [{ encryptionType: "KMS" }],
      // Images are no data: they can be built again. Otherwise a destroy would stop before a repository that has some.
      forceDelete: true,
    });
    this.arn = repository.arn;
    this.url = repository.repositoryUrl;
    new EcrLifecyclePolicy(this, "lifecycle", {
      repository: repository.name,
      policy: JSON.stringify({
        rules: [
          {
            rulePriority: 1,
            description: `Images without a tag go after ${UNTAGGED_DAYS} day`,
            selection: {
              tagStatus: "untagged",
              countType: "sinceImagePushed",
              countUnit: "days",
              countNumber: UNTAGGED_DAYS,
            },
            action: { type: "expire" },
          },
          {
            rulePriority: 2,
            description: `The last ${keepImages} images are kept`,
            selection: { tagStatus: "any", countType: "imageCountMoreThan", countNumber: keepImages },
            action: { type: "expire" },
          },
        ],
      }),
    });
  }

  /** Allows to pull images. Give a reason where a service does it, not code of ours. */
  grantPull(grantee: Grantee, uncalled?: string): void {
    this.#grant(grantee, ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"], uncalled);
  }

  /** Allows to push images, and to pull what of them is there already: Docker does it, with the grantee's permissions. */
  grantPush(grantee: Grantee): void {
    grantee.grant({
      actions: [
        "ecr:BatchCheckLayerAvailability",
        "ecr:BatchGetImage",
        "ecr:CompleteLayerUpload",
        "ecr:InitiateLayerUpload",
        "ecr:UploadLayerPart",
      ],
      resources: [this.arn],
      uncalled: "Docker uploads layers, and asks which are there, before it puts an image.",
    });
    this.#grant(grantee, ["ecr:PutImage"], undefined);
  }

  #grant(grantee: Grantee, actions: string[], uncalled: string | undefined): void {
    grantee.grant({ actions, resources: [this.arn], uncalled });
    // A token for the account's registry: ECR knows no resources here.
    grantee.grant({ actions: ["ecr:GetAuthorizationToken"], resources: ["*"], uncalled });
  }
}
