import type { ProjectCopy } from "../../../shared/testing/project-copy";

const PARAMETERS = `import * as z from "zod";
import { commonParameters } from "../../shared/blueprint/common-parameters";

export default z.strictObject({ ...commonParameters, note: z.string().default("one").describe("What it says.") });
`;

const STACK = `import { SsmParameter } from "@cdktf/provider-aws/lib/ssm-parameter";
import type { Construct } from "constructs";
import { BlueprintStack } from "../../shared/blueprint/blueprint-stack";

export default class Note extends BlueprintStack {
  constructor(scope: Construct, stackName: string, parameters: any) {
    super(scope, stackName, parameters);
    new SsmParameter(this, "note", { name: \`/\${stackName}/note\`, type: "String", insecureValue: parameters.note });
  }
}
`;

/** A blueprint whose one resource is there at once, for proofs that are about its state. */
export function addNoteBlueprint(project: ProjectCopy, name: string): void {
  project.write(`blueprints/${name}/parameters.ts`, PARAMETERS);
  project.write(`blueprints/${name}/stack.ts`, STACK);
  project.write(`blueprints/${name}/parameters.json`, "{}");
}
