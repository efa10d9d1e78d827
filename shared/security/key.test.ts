import { parsePolicy } from "../testing/policy-document";
import { refersTo } from "../testing/references";
import { Template } from "../testing/template";
import { TestStack } from "../testing/test-stack";
import { Key, type KeyProps } from "./key";
import { ServiceRole } from "./service-role";

function deployed(props: Partial<KeyProps> = {}) {
  const stack = new TestStack();
  const key = new Key(stack, "data", { description: "Data", ...props });
  const resource = () => Template.of(stack).find("aws_kms_key", { description: "Data" });
  return { stack, key, resource };
}

describe("a key", () => {
  test("is rotated, can be rescued for a week, and has an alias", () => {
    const { stack, resource } = deployed();
    expect(resource().attributes).toMatchObject({ enable_key_rotation: true, deletion_window_in_days: 7 });
    const alias = Template.of(stack).find("aws_kms_alias", { name: "alias/test-data" });
    expect(refersTo(alias.attributes.target_key_id, resource().address)).toBe(true);
  });

  test("is protected as data are, where data are lost with it", () => {
    expect(deployed().resource().attributes.lifecycle).toBeUndefined();
    expect(deployed({ protectsData: true }).resource().attributes.lifecycle).toEqual({ prevent_destroy: true });
    const letGo = new TestStack({ retainData: false });
    new Key(letGo, "data", { description: "Data", protectsData: true });
    expect(Template.of(letGo).find("aws_kms_key", { description: "Data" }).attributes.lifecycle).toEqual({
      prevent_destroy: false,
    });
  });

  test("leaves it to the account's IAM policies who uses it", () => {
    expect(parsePolicy(deployed().resource().attributes.policy)).toEqual([
      {
        Sid: "AccountDecidesByIam",
        Effect: "Allow",
        Principal: { AWS: [expect.stringMatching(/:root$/)] },
        Action: ["kms:*"],
        Resource: ["*"],
      },
    ]);
  });

  test("lets services of this account encrypt and decrypt", () => {
    const { resource } = deployed({ services: ["cloudwatch.amazonaws.com", "delivery.logs.amazonaws.com"] });
    const services = parsePolicy(resource().attributes.policy).slice(1);
    expect(services.map(({ Sid }) => Sid)).toEqual([
      "Servicecloudwatchamazonawscom",
      "Servicedeliverylogsamazonawscom",
    ]);
    expect(services[0]).toMatchObject({
      Principal: { Service: ["cloudwatch.amazonaws.com"] },
      Action: ["kms:Decrypt", "kms:GenerateDataKey*"],
      Condition: { StringEquals: { "aws:SourceAccount": [expect.stringContaining("account_id")] } },
    });
  });

  test("lets a role use it by way of a service, and of that service alone", () => {
    const { stack, key } = deployed();
    const role = new ServiceRole(stack, "role", { service: "ec2.amazonaws.com", description: "Machine" });
    key.grantThrough(role, {
      actions: ["kms:Decrypt"],
      through: ["ssm"],
      context: { PARAMETER_ARN: "arn:p" },
      uncalled: "Systems Manager decrypts the parameter.",
    });
    const template = Template.of(stack);
    expect(template.policyStatements(template.only("aws_iam_role").address)).toEqual([
      {
        Effect: "Allow",
        Action: ["kms:Decrypt"],
        Resource: [expect.stringMatching(/aws_kms_key\.[\w-]+\.arn/)],
        Condition: {
          StringEquals: {
            "kms:ViaService": [expect.stringMatching(/^ssm\.\$\{data\.aws_region\.\w+\.id\}\.amazonaws\.com$/)],
            "kms:EncryptionContext:PARAMETER_ARN": ["arn:p"],
          },
        },
      },
    ]);
    expect(stack.uncalledPermissions).toEqual([
      { roleName: role.roleName, action: "kms:Decrypt", reason: "Systems Manager decrypts the parameter." },
    ]);
  });
});
