import { Testing } from "cdktf";
import type * as z from "zod";
import { Template } from "../../shared/testing/template";
import schema from "./parameters";
import PipelineAccess from "./stack";

const github = { repository: "acme/stacks" };
const hcpTerraform = { organization: "acme", project: "stacks", workspaces: ["orders"] };
const stackOf = (parameters: Partial<z.input<typeof schema>>) =>
  new PipelineAccess(Testing.app(), "access", schema.parse({ stacks: ["orders", "jobs*"], ...parameters }));
const templateOf = (parameters: Partial<z.input<typeof schema>>) => Template.of(stackOf(parameters));
const template = templateOf({ github, hcpTerraform });
const roleNames = (of: Template) =>
  of
    .resources("aws_iam_role")
    .map(({ attributes }) => attributes.name)
    .sort();

function statementsOf(of: Template, name: string) {
  return of.policyStatements(of.find("aws_iam_role", { name }).address);
}

function resolved(policy: string): string {
  return policy
    .replaceAll("${data.aws_caller_identity.caller.account_id}", "123456789012")
    .replaceAll("${data.aws_partition.partition.partition}", "aws-us-gov")
    .replaceAll("${data.aws_region.region.id}", "ap-southeast-2");
}

describe("pipeline-access", () => {
  test("has a provider, a plan role and an apply role for each system that is configured, and for no other", () => {
    expect(roleNames(template)).toEqual([
      "access-github-apply-us-east-1",
      "access-github-plan-us-east-1",
      "access-hcp-terraform-apply-us-east-1",
      "access-hcp-terraform-plan-us-east-1",
    ]);
    expect(roleNames(templateOf({ github }))).toHaveLength(2);
    expect(
      templateOf({ hcpTerraform })
        .resources("aws_iam_openid_connect_provider")
        .map(({ attributes }) => attributes),
    ).toMatchObject([{ url: "https://app.terraform.io", client_id_list: ["aws.workload.identity"] }]);
  });

  test("a provider that the account has is looked up with its audience, not made, and trusted", () => {
    const adopting = templateOf({ github: { ...github, oidcProvider: "adopt" } });
    expect(adopting.resourceCount("aws_iam_openid_connect_provider")).toBe(0);
    const [provider] = adopting.dataSources("aws_iam_openid_connect_provider");
    expect(provider?.attributes.url).toBe("https://token.actions.githubusercontent.com");
    expect(provider?.attributes.lifecycle.postcondition[0].condition).toBe(
      '${contains(self.client_id_list, "sts.amazonaws.com")}',
    );
    for (const { attributes } of adopting.resources("aws_iam_role")) {
      expect(attributes.assume_role_policy).toContain("${data.aws_iam_openid_connect_provider.");
    }
  });

  test("the plan roles have the policy that reads state, the apply roles the one that writes it", () => {
    const read = "arn:aws:iam::123456789012:policy/state-read";
    const write = "arn:aws:iam::123456789012:policy/state-write";
    const attached = (role: string) => {
      const stateful = templateOf({ github, stateReadPolicyArns: [read], stateWritePolicyArns: [write] });
      const { address } = stateful.find("aws_iam_role", { name: role });
      return stateful
        .resources("aws_iam_role_policy_attachment")
        .filter(({ attributes }) => attributes.role === `\${${address}.name}`)
        .map(({ attributes }) => attributes.policy_arn)
        .filter((arn) => arn.startsWith("arn:"));
    };
    expect(attached("access-github-plan-us-east-1")).toEqual([read]);
    expect(attached("access-github-apply-us-east-1")).toEqual([write]);
  });

  describe("the plan role", () => {
    const statements = statementsOf(template, "access-github-plan-us-east-1");
    const allowed = statements.flatMap(({ Effect, Action = [] }) => (Effect === "Allow" ? Action : []));

    test("has actions that read, and none other", () => {
      expect(allowed.length).toBeGreaterThan(50);
      for (const action of allowed) {
        expect(action).toMatch(/^[a-z0-9-]+:(?:Describe|Get|List|BatchGet)|^apigateway:GET$/);
      }
    });

    test("reads no secret, no data and no object but those that Terraform puts", () => {
      for (const action of [
        "dynamodb:GetItem",
        "kinesis:GetRecords",
        "kms:Decrypt",
        "logs:GetLogEvents",
        "secretsmanager:GetSecretValue",
        "sqs:ReceiveMessage",
        "ssm:GetParametersByPath",
      ]) {
        expect(allowed).not.toContain(action);
      }
      const objects = statements.filter(({ Action }) => Action?.includes("s3:GetObject"));
      for (const { Resource = [] } of objects) {
        for (const resource of Resource) expect(resource).toMatch(/\*\/(program\/\*|release\.json|source\.zip)$/);
      }
    });

    test("is refused secrets and keys whatever is attached to it, but for state by way of S3", () => {
      const denied = statements.filter(({ Effect }) => Effect === "Deny");
      expect(denied).toEqual([
        {
          Effect: "Deny",
          Action: ["kms:Decrypt"],
          Resource: ["*"],
          Condition: { StringNotLike: { "kms:ViaService": ["s3.*"] } },
        },
        { Effect: "Deny", Action: ["secretsmanager:GetSecretValue"], Resource: ["*"] },
      ]);
    });
  });

  describe("the apply role", () => {
    const statements = statementsOf(template, "access-github-apply-us-east-1");
    const of = (action: string) => statements.filter(({ Action = [] }) => Action.includes(action));

    test.each([
      "iam:AttachRolePolicy",
      "iam:CreateRole",
      "iam:PutRolePermissionsBoundary",
      "iam:PutRolePolicy",
      "iam:UpdateAssumeRolePolicy",
    ])("may %s with the boundary only, and for the stacks' roles only", (action) => {
      const boundary = template.outputs().permissions_boundary_arn?.value;
      expect(boundary).toMatch(/^\$\{aws_iam_policy\.boundary_policy_\w+\.arn\}$/);
      expect(of(action)).toHaveLength(1);
      for (const { Condition, Resource = [] } of of(action)) {
        expect(Condition).toEqual({ StringEquals: { "iam:PermissionsBoundary": [boundary] } });
        for (const role of Resource) expect(role).toMatch(/:role\/(orders-|jobs)\*$/);
      }
    });

    test("takes off no boundary, and makes neither users, keys nor providers", () => {
      for (const action of [
        "iam:CreateAccessKey",
        "iam:CreateOpenIDConnectProvider",
        "iam:CreateUser",
        "iam:DeleteRolePermissionsBoundary",
        "iam:UpdateOpenIDConnectProviderThumbprint",
        "sts:AssumeRole",
      ]) {
        expect(of(action)).toEqual([]);
      }
    });

    test("hands over the stacks' roles only, to named services", () => {
      const [pass, ...more] = of("iam:PassRole");
      expect(more).toEqual([]);
      for (const role of pass?.Resource ?? []) expect(role).toMatch(/:role\/(orders-|jobs)\*$/);
      expect(pass?.Condition?.StringEquals?.["iam:PassedToService"]).toContain("lambda.amazonaws.com");
    });

    test("has service-linked roles made for services by their names", () => {
      const [linked] = of("iam:CreateServiceLinkedRole");
      expect(linked?.Condition?.StringEquals?.["iam:AWSServiceName"]).toContain("ecs.amazonaws.com");
    });
  });

  test("names are compared letter by letter unless one of them is a pattern", () => {
    const operators = (stacks: string[]) => {
      const statements = statementsOf(templateOf({ github, stacks }), "access-github-apply-us-east-1");
      return statements
        .flatMap(({ Condition = {} }) => Object.entries(Condition))
        .filter(([, keys]) => Object.keys(keys).some((key) => /Tag\/Stack$/.test(key)))
        .map(([operator]) => operator);
    };
    expect(new Set(operators(["orders"]))).toEqual(new Set(["StringEquals", "Null"]));
    expect(new Set(operators(["orders*"]))).toEqual(new Set(["StringLike", "Null"]));
  });

  test.each([["access"], ["access*"], ["acc*"]])("may not apply its own roles: %s is refused", (name) => {
    expect(() => templateOf({ github, stacks: [name] })).toThrow(
      `access: stacks: ${name} stands for names of access as well, which the pipeline must not apply`,
    );
  });

  test("four names with a policy for state each keep within IAM's quotas, and so do six long ones without", () => {
    const policies = (kind: string) =>
      Array.from({ length: 4 }, (_, index) => `arn:aws:iam::123456789012:policy/${kind}-${index}`);
    const stateful = templateOf({
      github,
      region: "ap-southeast-2",
      stacks: ["asg-custom-metric*", "ha-jenkins*", "kinesis-scaler*", "sqs-target-tracking*"],
      stateReadPolicyArns: policies("read"),
      stateWritePolicyArns: policies("write"),
    });
    const long = templateOf({
      github,
      region: "ap-southeast-2",
      stacks: Array.from({ length: 6 }, (_, index) => `a-stack-with-a-name-of-forty-character${index}*`),
    });
    for (const one of [stateful, long]) {
      for (const { attributes } of one.resources("aws_iam_policy")) {
        expect(resolved(attributes.policy).length).toBeLessThanOrEqual(6144);
      }
      for (const { attributes } of one.resources("aws_iam_role_policy")) {
        expect(resolved(attributes.policy).length).toBeLessThanOrEqual(10_240);
      }
    }
  });

  test("the resources of the default parameters are these", () => {
    expect(template.resourceCounts()).toMatchSnapshot();
  });

  test("every output says what it is", () => {
    for (const [name, { description }] of Object.entries(template.outputs()))
      expect([name, description]).toEqual([name, expect.stringMatching(/\.$/)]);
  });
});
