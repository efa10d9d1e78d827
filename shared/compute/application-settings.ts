import { SsmParameter } from "@cdktf/provider-aws/lib/ssm-parameter";
import { type ITerraformDependable, Token } from "cdktf";
import { Construct } from "constructs";
import { BlueprintStack } from "../blueprint/blueprint-stack";
import { checkProps, type PropCheck } from "../blueprint/checked-props";
import type { Grantee } from "../security/service-role";

export interface ApplicationSettingsProps {
  /** Below `/<stack>/`: letters, digits and `_.-`, with slashes between, such as `orders`. At most 200 characters. */
  readonly path: string;
  /**
   * What an application finds in its environment, by name: capitals, digits and underscores. A value has 1..4096 bytes and
   * may be a reference. No secrets: whoever may read the account's parameters reads them in the clear.
   */
  readonly values: Readonly<Record<string, string>>;
}

const PATH = /^(?=.{1,200}$)[A-Za-z0-9_.-]+(\/[A-Za-z0-9_.-]+)*$/;
const NAME = /^[A-Z_][A-Z0-9_]*$/;
/** Parameter Store's standard tier, which costs nothing. */
const MOST_BYTES = 4096;
/** One level is the stack, and one the name. */
const MOST_PATH_LEVELS = 15 - 2;

/**
 * Settings of an application as SSM parameters, one each: a machine reads all of them at once when it boots, and people may
 * add more below the same path. Whoever may read them may read the path as a whole, which is how Systems Manager decides:
 * docs.aws.amazon.com/systems-manager/latest/userguide/ps-retrieval-authorization.html
 */
export class ApplicationSettings extends Construct {
  /** Begins and ends with a slash, such as `/<stack>/orders/`. */
  readonly path: string;
  /** The parameters, to depend on: whoever reads the path finds all that exist by then. */
  readonly parameters: ITerraformDependable[];

  /** @throws BlueprintMistakes on a path, a name or a value that Parameter Store or a shell would refuse */
  constructor(scope: Construct, id: string, props: ApplicationSettingsProps) {
    super(scope, id);
    const { stackName } = BlueprintStack.of(this);
    checkProps(this, rulesOf(stackName, props));
    this.path = `/${stackName}/${props.path}/`;
    this.parameters = Object.entries(props.values).map(
      ([name, value]) =>
        new SsmParameter(this, name, {
          name: `${this.path}${name}`,
          description: `Setting ${name} of ${stackName}'s ${props.path}`,
          type: "String",
          tier: "Standard",
          // Not `value`, which plans hide: a setting is worth reading before it is changed.
          insecureValue: value,
        }),
    );
  }

  /** Lets a role read all settings at once. The path itself is what is asked for, with a slash at its end or without. */
  grantRead(role: Grantee): void {
    const path = BlueprintStack.of(this).arnOf("ssm", `parameter${this.path.slice(0, -1)}`);
    role.grant({ actions: ["ssm:GetParametersByPath"], resources: [path, `${path}/*`] });
  }
}

function rulesOf(stackName: string, { path, values }: ApplicationSettingsProps): PropCheck[] {
  return [
    {
      prop: "path",
      holds: PATH.test(path) && path.split("/").length <= MOST_PATH_LEVELS,
      allowed: `1..${MOST_PATH_LEVELS} names of letters, digits and _.- with slashes between, 200 characters at most`,
      given: path,
      mend: "name it after whose settings they are, such as orders",
    },
    {
      prop: "path",
      holds: !/^(aws|ssm)/i.test(stackName),
      allowed: "below a stack whose name does not begin with aws or ssm, which Parameter Store reserves",
      given: stackName,
      mend: "rename the blueprint's folder",
    },
    ...Object.entries(values).flatMap(([name, value]) => [
      {
        prop: `values.${name}`,
        holds: NAME.test(name),
        allowed: "named in capitals, digits and underscores, and not begin with a digit",
        given: name,
        mend: "an environment has no other variables that every shell can read",
      },
      ...valueRules(name, value),
    ]),
  ];
}

function valueRules(name: string, value: string): PropCheck[] {
  if (Token.isUnresolved(value)) return [];
  const bytes = Buffer.byteLength(value);
  return [
    {
      prop: `values.${name}`,
      holds: bytes >= 1 && bytes <= MOST_BYTES,
      allowed: `1..${MOST_BYTES} bytes`,
      given: bytes,
      mend: bytes === 0 ? "leave it out" : "put it into a file or an object, and name that",
    },
    {
      prop: `values.${name}`,
      holds: !value.includes("{{"),
      allowed: "without {{, by which Parameter Store refers to other parameters",
      given: value,
      mend: "write the value itself",
    },
  ];
}
