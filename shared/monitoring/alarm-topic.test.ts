import { Template } from "../testing/template";
import { TestStack } from "../testing/test-stack";

describe("the topic for alarms", () => {
  const template = Template.of(new TestStack());
  const statements = (text: string) => JSON.parse(text).Statement;
  const account = "${data.aws_caller_identity.caller.account_id}";

  test("is encrypted with a key of its own, which CloudWatch may use for alarms of this account: delivery fails silently otherwise", () => {
    expect(template.only("aws_sns_topic").attributes.kms_master_key_id).toMatch(/^\$\{aws_kms_key\./);
    expect(statements(template.only("aws_kms_key").attributes.policy)).toContainEqual(
      expect.objectContaining({
        Principal: { Service: "cloudwatch.amazonaws.com" },
        Action: ["kms:Decrypt", "kms:GenerateDataKey*"],
        Condition: { StringEquals: { "aws:SourceAccount": account } },
      }),
    );
  });

  test("may be published to by CloudWatch for this account, and over TLS only", () => {
    expect(statements(template.only("aws_sns_topic_policy").attributes.policy)).toMatchObject([
      {
        Effect: "Allow",
        Principal: { Service: "cloudwatch.amazonaws.com" },
        Condition: { StringEquals: { "aws:SourceAccount": account } },
      },
      { Effect: "Deny", Principal: "*", Condition: { Bool: { "aws:SecureTransport": "false" } } },
    ]);
  });

  test("has nobody subscribed unless an address is given", () => {
    expect(template.resourceCount("aws_sns_topic_subscription")).toBe(0);
  });
});

test("a key is rotated, named, and can be called back for a week after its deletion", () => {
  const template = Template.of(new TestStack());
  expect(template.only("aws_kms_key").attributes).toMatchObject({
    enable_key_rotation: true,
    deletion_window_in_days: 7,
  });
  expect(template.only("aws_kms_alias").attributes.name).toBe("alias/test-alarms-key");
});
