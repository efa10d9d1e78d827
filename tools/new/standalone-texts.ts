import type { CheckedChoice } from "./choice";

/** The project that a standalone one was copied from. */
export interface Origin {
  readonly name: string;
  readonly version: string;
}

/** README.md of a standalone project. */
export function standaloneReadme({ name, from, stackNames }: CheckedChoice, origin: Origin): string {
  const stacks = stackNames.map((stack) => `\`${stack}\``).join(", ");
  return `# ${name}

An AWS architecture in TypeScript on [CDK for Terraform](https://developer.hashicorp.com/terraform/cdktf).
[blueprints/${name}/README.md](blueprints/${name}/README.md) says what it does, what it costs and what may be set.

\`\`\`sh
npm install
npm test
npx cdktf deploy ${stackNames[0]}
\`\`\`

They need Node.js >= 20.9 and < 23; to deploy, also Terraform on PATH and an account's credentials in the environment. The
tests of scripts and programs of machines, where there are some, run bash, coreutils, util-linux's flock, iproute2's ss,
python3 and openssl.

| Command | What it does |
| --- | --- |
| \`npm test\` | Type check, lint, tests |
| \`npm run typecheck\`, \`npm run lint\`, \`npm run format\` | One of them; \`format\` mends what it can |
| \`npm run synth\` | Writes the Terraform JSON of ${stacks} to \`cdktf.out/\` |

\`\`\`
main.ts        the app: each blueprints/<name>/parameters[.<variant>].json becomes the stack <name>[-<variant>]
cdktf.json     how cdktf runs it, and where state lives
blueprints/    ${name}: parameters, stack, runtime code, tests
shared/        the constructs that it uses, what is shipped to functions and machines, and what its tests use
\`\`\`

State is kept in \`.terraform-state/\`, which git ignores: back it up, or choose another backend.

## Where it comes from

A copy of the blueprint \`${from}\` of ${origin.name} ${origin.version}, with the files of \`shared/\` that it uses. Left behind are
the local AWS with \`npm run demo\` and \`npm run local\`, which run \`proof/scenario.ts\`; the security baseline; \`npm run new\`;
and \`npm run generate\`, which writes \`parameters.schema.json\` and sections of the blueprint's README after a change of
\`parameters.ts\`. Licensed under the Apache License 2.0: [LICENSE](LICENSE), [NOTICE](NOTICE).
`;
}

/** NOTICE of a standalone project. */
export function standaloneNotice({ name, from }: CheckedChoice, origin: Origin): string {
  return `${name}

This project began as a copy of the blueprint ${from} of ${origin.name} ${origin.version},
which is licensed under the Apache License, Version 2.0 (see LICENSE). Files have been left out and names changed.
`;
}
