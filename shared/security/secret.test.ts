import { refersTo } from "../testing/references";
import { Template } from "../testing/template";
import { TestStack } from "../testing/test-stack";
import { Key } from "./key";
import { Secret } from "./secret";
import { ServiceRole } from "./service-role";

function deployed(stack = new TestStack()) {
  const key = new Key(stack, "key", { description: "Secrets" });
  const secret = new Secret(stack, "admin", { description: "Password of the administrator", key });
  const role = new ServiceRole(stack, "machine", { service: "ec2.amazonaws.com", description: "Machine" });
  return { stack, secret, role };
}

function statementsOf(stack: TestStack) {
  const template = Template.of(stack);
  return template.policyStatements(template.only("aws_iam_role").address);
}

const onTheSecret = [expect.stringMatching(/aws_secretsmanager_secret\.[\w-]+\.arn/)];
const throughSecretsManager = {
  StringEquals: {
    "kms:ViaService": [expect.stringMatching(/^secretsmanager\..*\.amazonaws\.com$/)],
    "kms:EncryptionContext:SecretARN": onTheSecret,
  },
};

describe("a secret", () => {
  test("is encrypted with the key and can be called back for 30 days", () => {
    const template = Template.of(deployed().stack);
    const { attributes } = template.only("aws_secretsmanager_secret");
    expect(attributes).toMatchObject({
      name: "test-admin",
      description: "Password of the administrator",
      recovery_window_in_days: 30,
      lifecycle: { prevent_destroy: true },
    });
    expect(refersTo(attributes.kms_key_id, template.find("aws_kms_key", { description: "Secrets" }).address)).toBe(
      true,
    );
  });

  test("has no value in Terraform's state", () => {
    expect(Template.of(deployed().stack).resourceCount("aws_secretsmanager_secret_version")).toBe(0);
  });

  test("is gone at once when data are let go of, so that its name is free", () => {
    const { stack } = deployed(new TestStack({ retainData: false }));
    expect(Template.of(stack).only("aws_secretsmanager_secret").attributes).toMatchObject({
      recovery_window_in_days: 0,
      lifecycle: { prevent_destroy: false },
    });
  });

  test("lets a role read it, and decrypt nothing else with the key", () => {
    const { stack, secret, role } = deployed();
    secret.grantRead(role);
    expect(statementsOf(stack)).toEqual([
      { Effect: "Allow", Action: ["secretsmanager:GetSecretValue"], Resource: onTheSecret },
      {
        Effect: "Allow",
        Action: ["kms:Decrypt"],
        Resource: [expect.stringMatching(/aws_kms_key\.[\w-]+\.arn/)],
        Condition: throughSecretsManager,
      },
    ]);
  });

  test("lets a role fill it", () => {
    const { stack, secret, role } = deployed();
    secret.grantFill(role);
    expect(statementsOf(stack)).toEqual([
      {
        Effect: "Allow",
        Action: ["secretsmanager:GetSecretValue", "secretsmanager:PutSecretValue"],
        Resource: onTheSecret,
      },
      {
        Effect: "Allow",
        Action: ["kms:Decrypt", "kms:GenerateDataKey"],
        Resource: [expect.stringMatching(/aws_kms_key\.[\w-]+\.arn/)],
        Condition: throughSecretsManager,
      },
    ]);
  });

  test("gives a reason for what only Secrets Manager calls, and for the rest when it is told", () => {
    const { stack, secret, role } = deployed();
    secret.grantRead(role);
    expect(stack.uncalledPermissions.map(({ action }) => action)).toEqual(["kms:Decrypt"]);
    const other = deployed();
    other.secret.grantRead(other.role, { uncalled: "The agent on the machine reads it." });
    expect(other.stack.uncalledPermissions).toContainEqual({
      roleName: other.role.roleName,
      action: "secretsmanager:GetSecretValue",
      reason: "The agent on the machine reads it.",
    });
  });
});
