import { Template } from "../testing/template";
import { TestStack } from "../testing/test-stack";
import { ManagedPolicy } from "./managed-policy";

describe("a managed policy", () => {
  const stack = new TestStack();
  const policy = new ManagedPolicy(stack, "readers", { description: "Reads orders" });
  policy.grant({ actions: ["s3:GetObject"], resources: ["arn:aws:s3:::orders/*"] });
  policy.grant({
    actions: ["s3:ListBucket"],
    resources: ["arn:aws:s3:::orders"],
    conditions: { StringLike: { "s3:prefix": "new/*" } },
  });
  const { attributes } = Template.of(stack).only("aws_iam_policy");

  test("has a name of the stack's own, with the Region, because names of policies are the account's", () => {
    expect(attributes.name).toBe("test-readers-eu-central-1");
    expect(attributes.description).toBe("Reads orders");
  });

  test("allows what was granted, also after it was made, and nothing else", () => {
    expect(JSON.parse(attributes.policy).Statement).toEqual([
      { Effect: "Allow", Action: ["s3:GetObject"], Resource: ["arn:aws:s3:::orders/*"] },
      {
        Effect: "Allow",
        Action: ["s3:ListBucket"],
        Resource: ["arn:aws:s3:::orders"],
        Condition: { StringLike: { "s3:prefix": "new/*" } },
      },
    ]);
  });
});
