import { join } from "node:path";
import { checkStacks } from "../shared/blueprint/app";
import { localVariables } from "./local-aws/environment";
import { LocalAws } from "./local-aws/server";
import { cdktfFor, openLocalSession } from "./local-aws/session";
import { runMain } from "./run-main";
import { ToolchainError } from "./toolchain/error";
import { fillProviderCache } from "./toolchain/provider-cache";
import { prepareToolchain } from "./toolchain/toolchain";

const USAGE = `Deploys blueprints on an AWS that runs on this machine.

npm run local -- up                   start it, and set up what it needs below .local/
npm run local -- status               whether it is up, and where
npm run local -- env                  variables for the AWS CLI, Terraform or cdktf: eval "$(npm run --silent local -- env)"
npm run local -- deploy <stack...>    cdktf deploy on it; starts it when it is not up
npm run local -- destroy <stack...>   cdktf destroy on it
npm run local -- down                 stop it and forget all that it held

LOCAL_AWS_PORT chooses the port (5155).`;

const root = join(__dirname, "..");

async function main([command, ...stacks]: string[]): Promise<void> {
  const aws = new LocalAws({ root, report: console.log });
  const toolchain = () => prepareToolchain({ root, report: console.log });
  switch (command) {
    case "up":
      await openLocalSession(await toolchain(), { root, report: console.log });
      return;
    case "status": {
      const status = aws.status();
      if (status.state === "up") console.log(`up at ${status.url} (process ${status.pid})`);
      else
        console.log(
          status.stalePid === undefined ? "down" : `down (process ${status.stalePid}, which ran it, is gone)`,
        );
      return;
    }
    case "env": {
      const variables = localVariables(aws.url, aws.folders);
      // Silent: what is printed is evaluated by a shell.
      const { environment } = await prepareToolchain({ root });
      for (const [name, value] of Object.entries({ ...variables, ...environment })) {
        console.log(`export ${name}='${value.replaceAll("'", `'\\''`)}'`);
      }
      return;
    }
    case "deploy": {
      const wanted = named(stacks, "deploy");
      const found = await toolchain();
      if (wanted.length > 1) await fillProviderCache(found);
      const { cdktf } = await openLocalSession(found, { root, report: console.log });
      await cdktf.deploy(wanted);
      for (const stack of wanted) console.log(`${stack}:`, await cdktf.outputs(stack));
      return;
    }
    case "destroy": {
      const wanted = named(stacks, "destroy");
      aws.url; // Says so when it is not up: there is nothing to destroy then.
      await cdktfFor(aws, await toolchain(), root, console.log).destroy(wanted);
      return;
    }
    case "down":
      console.log(`The local AWS ${(await aws.down()) === "stopped" ? "is stopped" : "was not up"}.`);
      return;
    default:
      throw new ToolchainError(
        command === undefined || command === "help" ? USAGE : `${command} is not a command.\n\n${USAGE}`,
      );
  }
}

/** @throws ToolchainError, or BlueprintMistakes, before anything is started or synthesized. */
function named(stacks: readonly string[], command: string): readonly string[] {
  const known = checkStacks(root).map(({ stackName }) => stackName);
  const there = `There are: ${known.join(", ")}`;
  if (stacks.length === 0)
    throw new ToolchainError(`Name the stacks: npm run local -- ${command} <stack...>. ${there}`);
  const unknown = stacks.filter((stack) => !known.includes(stack));
  if (unknown.length > 0) throw new ToolchainError(`There is no stack ${unknown.join(", ")}. ${there}`);
  return stacks;
}

runMain(() => main(process.argv.slice(2)));
