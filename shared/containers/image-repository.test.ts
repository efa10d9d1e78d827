import { ServiceRole } from "../security/service-role";
import { Template } from "../testing/template";
import { TestStack } from "../testing/test-stack";
import { ImageRepository } from "./image-repository";

const REASON = "Somebody else does it, under the role.";

describe("an image repository", () => {
  const stack = new TestStack();
  const repository = new ImageRepository(stack, "images");
  const roles = ["puller", "pusher"].map(
    (id) => new ServiceRole(stack, id, { service: "codebuild.amazonaws.com", description: id }),
  );
  repository.grantPull(roles[0]!, REASON);
  repository.grantPush(roles[1]!);
  const template = Template.of(stack);
  const { attributes, address } = template.only("aws_ecr_repository");
  const statementsOf = (id: string) =>
    template.policyStatements(template.find("aws_iam_role", { name: `test-${id}-eu-central-1` }).address);

  test("never moves a tag, scans what is pushed, and is encrypted with KMS", () => {
    expect(attributes).toMatchObject({
      name: "test-images",
      image_tag_mutability: "IMMUTABLE",
      image_scanning_configuration: { scan_on_push: true },
      encryption_configuration: [{ encryption_type: "KMS" }],
    });
    expect(repository.repositoryName).toBe("test-images");
  });

  test("is destroyed with its images, which can be built again", () => {
    expect(attributes.force_delete).toBe(true);
    expect(attributes).not.toHaveProperty("lifecycle");
  });

  test("keeps the last ten images, and those without a tag for a day", () => {
    const { rules } = JSON.parse(template.only("aws_ecr_lifecycle_policy").attributes.policy);
    expect(rules.map(({ description: _, ...rule }: { description: string }) => rule)).toEqual([
      {
        rulePriority: 1,
        selection: { tagStatus: "untagged", countType: "sinceImagePushed", countUnit: "days", countNumber: 1 },
        action: { type: "expire" },
      },
      // ECR wants the rule for any image last.
      {
        rulePriority: 2,
        selection: { tagStatus: "any", countType: "imageCountMoreThan", countNumber: 10 },
        action: { type: "expire" },
      },
    ]);
  });

  test("lets a role pull its images, and no other repository's", () => {
    expect(statementsOf("puller")).toEqual([
      {
        Effect: "Allow",
        Action: ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
        Resource: [`\${${address}.arn}`],
      },
      { Effect: "Allow", Action: ["ecr:GetAuthorizationToken"], Resource: ["*"] },
    ]);
    expect(stack.uncalledPermissions.filter(({ roleName }) => roleName.includes("puller"))).toEqual(
      ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer", "ecr:GetAuthorizationToken"].map((action) => ({
        roleName: "test-puller-eu-central-1",
        action,
        reason: REASON,
      })),
    );
  });

  test("lets a role push images to it, and to no other repository", () => {
    expect(statementsOf("pusher")).toEqual([
      {
        Effect: "Allow",
        Action: [
          "ecr:BatchCheckLayerAvailability",
          "ecr:BatchGetImage",
          "ecr:CompleteLayerUpload",
          "ecr:InitiateLayerUpload",
          "ecr:UploadLayerPart",
        ],
        Resource: [`\${${address}.arn}`],
      },
      { Effect: "Allow", Action: ["ecr:PutImage"], Resource: [`\${${address}.arn}`] },
      { Effect: "Allow", Action: ["ecr:GetAuthorizationToken"], Resource: ["*"] },
    ]);
  });
});

test("an image repository keeps as many images as it is told, and tells of too few", () => {
  const stack = new TestStack();
  new ImageRepository(stack, "images", { keepImages: 3 });
  const { rules } = JSON.parse(Template.of(stack).only("aws_ecr_lifecycle_policy").attributes.policy);
  expect(rules[1].selection.countNumber).toBe(3);
  expect(() => new ImageRepository(new TestStack(), "images", { keepImages: 0 })).toThrow(
    "test: images.keepImages: must be a whole number of 1..1000, got 0; take 1 or more",
  );
});
