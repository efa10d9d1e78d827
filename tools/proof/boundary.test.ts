import { Testing } from "cdktf";
import { Template } from "../../shared/testing/template";
import { arn } from "./permissions/arns";
import { isAllowed } from "./permissions/evaluate";
import type { Environment, KnownResource } from "./permissions/services";
import { PipelinePermissions } from "./pipeline-permissions";
import { type ProjectStack, provenStacks, unprovenStacks } from "./project-stacks";

const ACCOUNT = "111122223333";
/** Whom a role may be handed over to, and so on: what a statement asks of a call, its calls have. */
type Conditions = Readonly<Record<string, string>>;

const proven = provenStacks();
const pipelined = [...proven, ...unprovenStacks(proven)].filter(({ checked }) => !checked.blueprint.isFoundation);

describe.each(pipelined)("the roles of $name with $checked.parametersFile", ({ name, checked, stack }) => {
  const { region } = checked.parameters;
  const environment = { partition: "aws", region, account: ACCOUNT };
  const permissions = new PipelinePermissions([name], environment);

  test("carry the boundary that the parameters name, each of them", () => {
    const bounded = new checked.blueprint(Testing.app(), name, {
      ...checked.parameters,
      permissionsBoundaryArn: permissions.boundaryArn,
    });
    const roles = Template.of(bounded).resources("aws_iam_role");
    expect(roles.length).toBeGreaterThan(0);
    for (const { address, attributes } of roles) {
      expect([address, attributes.permissions_boundary]).toEqual([address, permissions.boundaryArn]);
    }
  });

  test("have nothing that the boundary would not let through", () => {
    expect(beyond(permissions, grantsOf({ stack }, environment), environment)).toEqual([]);
  });
});

test("the boundary lets through neither IAM, nor other roles, nor what belongs to nobody's stack", () => {
  const environment: Environment = {
    partition: "aws",
    region: "us-east-1",
    account: ACCOUNT,
    resources: [{ arn: `arn:aws:kms:us-east-1:${ACCOUNT}:key/state`, tags: { Stack: "remote-state" } }],
  };
  const permissions = new PipelinePermissions(["orders", "jobs*"], environment);
  const of = (action: string, resource: string, conditions: Conditions = {}) => ({ action, resource, conditions });
  const role = (name: string) => `arn:aws:iam::${ACCOUNT}:role/${name}`;
  const wanted = [
    of("iam:PutRolePolicy", role("orders-worker")),
    of("iam:CreateRole", role("orders-worker")),
    of("iam:CreatePolicyVersion", permissions.boundaryArn),
    of("iam:PassRole", role("pipeline-access-github-apply-us-east-1"), {
      "iam:passedtoservice": "lambda.amazonaws.com",
    }),
    of("sts:AssumeRole", role("pipeline-access-github-apply-us-east-1")),
    of("s3:GetObject", "arn:aws:s3:::remote-state-bucket/orders/terraform.tfstate"),
    of("kms:Decrypt", `arn:aws:kms:us-east-1:${ACCOUNT}:key/state`),
    of("secretsmanager:GetSecretValue", `arn:aws:secretsmanager:us-east-1:${ACCOUNT}:secret:website-password-a1b2c3`),
  ];
  expect(beyond(permissions, wanted, environment)).toHaveLength(wanted.length);
});

interface Wanted {
  readonly action: string;
  readonly resource: string;
  readonly conditions: Conditions;
}

function beyond(permissions: PipelinePermissions, wanted: readonly Wanted[], environment: Environment): string[] {
  const boundary = permissions.boundary();
  return wanted
    .filter((request) => !isAllowed(boundary, request, environment))
    .map(({ action, resource }) => `${action} on ${resource}: add it to boundary.ts of pipeline-access`);
}

/** What the policies of a stack's roles allow: the actions, each with its resources, and conditions taken as met. */
function grantsOf({ stack }: Pick<ProjectStack, "stack">, environment: Environment): Wanted[] {
  const template = Template.of(stack);
  const own = { "aws:resourcetag/stack": stack.stackName };
  return template.resources("aws_iam_role").flatMap(({ address }) =>
    template
      .policyStatements(address)
      .filter(({ Effect }) => Effect === "Allow")
      .flatMap(({ Action = [], Resource = [], Condition = {} }) => {
        const met = Object.values(Condition).flatMap((keys) =>
          Object.entries(keys).map(([key, values]) => [key.toLowerCase(), String(values[0])]),
        );
        return Action.flatMap((action) =>
          Resource.map((resource) => ({
            action,
            resource: resolved(resource, template, environment),
            conditions: { ...own, ...Object.fromEntries(met) },
          })),
        );
      }),
  );
}

/** By the names that Terraform will give; what has an id instead gets any. */
function resolved(resource: string, template: Template, environment: Environment): string {
  const { partition, region, account } = environment;
  return resource
    .replaceAll("${data.aws_caller_identity.caller.account_id}", account)
    .replaceAll("${data.aws_partition.partition.partition}", partition)
    .replaceAll("${data.aws_region.region.id}", region)
    .replace(/\$\{(\w+)\.([\w-]+)\.\w+\}/g, (_, type: string, id: string) => {
      const { attributes } = template.at(`${type}.${id}`) ?? { attributes: {} };
      return resolved(arnOf(type, attributes, environment), template, environment);
    });
}

function arnOf(type: string, { name, bucket }: Readonly<Record<string, unknown>>, environment: Environment): string {
  const arns: Record<string, KnownResource["arn"]> = {
    aws_iam_role: `arn:${environment.partition}:iam::${environment.account}:role/${name}`,
    aws_kms_key: arn(environment, "kms", "key/id"),
    aws_s3_bucket: `arn:${environment.partition}:s3:::${bucket}`,
    aws_secretsmanager_secret: arn(environment, "secretsmanager", `secret:${name}-a1b2c3`),
  };
  return arns[type] ?? arn(environment, "any", "thing");
}
