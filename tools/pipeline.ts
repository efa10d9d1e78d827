import { randomUUID } from "node:crypto";
import { appendFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { checkStacks } from "../shared/blueprint/app";
import { type ChangedStacks, jobOutputs, readChanged, selectStacks } from "./pipeline/changed";
import { commentActions, wantedComments } from "./pipeline/comments";
import { deployedCommit, gitRelation } from "./pipeline/deployed";
import { DRIFT_LABEL, issueActions } from "./pipeline/drift";
import { GitHubClient } from "./pipeline/github/client";
import { gitHubContext, pullRequest } from "./pipeline/github/context";
import { resultMarkdown } from "./pipeline/markdown";
import { describeResult, hasFailed, readResults, writeResult } from "./pipeline/result";
import { runStack } from "./pipeline/run-stack";
import { runMain } from "./run-main";
import { ToolchainError } from "./toolchain/error";

const USAGE = `Plans and applies stacks for the workflows in .github/workflows. docs/pipeline.md says how.

npm run pipeline -- plan <stack> --result <file>             plan it where its backend says
npm run pipeline -- apply <stack> --result <file>            plan it, and apply that plan
npm run pipeline -- comment --changed <file> <result...>     tell the plans on the pull request
npm run pipeline -- drift --changed <file> <result...>       keep an issue for each stack that is not as the code says
npm run pipeline -- select <stack...>                        what "npm run changed" prints, for named stacks or all
npm run pipeline -- outputs --changed <file>                 the same as lines for GITHUB_OUTPUT
npm run pipeline -- deployed <workflow.yml> <branch>         the commit that was deployed last, if any;
                                                             fails when a newer one than this was

--timeout-minutes <n>  after which a plan (30) or an apply (55) gives up. Tokens come from TF_API_TOKEN and GITHUB_TOKEN.`;

/** A role of AWS is assumed for an hour: an apply has to end before. */
const TIMEOUT_MINUTES = { plan: 30, apply: 55 };

const root = join(__dirname, "..");
const env = process.env;

async function main(args: readonly string[]): Promise<void> {
  const { verb, names, options } = parse(args);
  switch (verb) {
    case "plan":
    case "apply":
      return await run(verb, names, needed(options.result, "result"), options["timeout-minutes"]);
    case "comment":
      return await comment(changed(options.changed), names);
    case "drift":
      return await drift(changed(options.changed), names);
    case "select": {
      const { known, foundations } = stacks();
      return console.log(JSON.stringify(selectStacks(names, known, foundations)));
    }
    case "outputs":
      return console.log(jobOutputs(changed(options.changed)));
    case "deployed":
      return await deployed(names);
    default:
      throw new ToolchainError(verb === undefined || verb === "help" ? USAGE : `${verb} is not a command.\n\n${USAGE}`);
  }
}

async function run(verb: "plan" | "apply", names: readonly string[], file: string, minutes?: string): Promise<void> {
  const [stack, ...more] = names;
  if (stack === undefined || more.length > 0)
    throw new ToolchainError(`Name one stack: npm run pipeline -- ${verb} <stack>`);
  const timeoutMinutes = Number(minutes ?? TIMEOUT_MINUTES[verb]);
  if (!(timeoutMinutes > 0)) throw new ToolchainError(`--timeout-minutes must be a number above 0, got ${minutes}`);
  const heed = ignoreCommands();
  const result = await runStack({ root, stack, verb, timeoutMinutes, env, report: console.log });
  writeResult(file, result);
  if (result.text !== "") console.log(result.text);
  heed();
  console.log(describeResult(result));
  const of = `commit ${env.GITHUB_SHA?.slice(0, 7)}`;
  if (env.GITHUB_STEP_SUMMARY) appendFileSync(env.GITHUB_STEP_SUMMARY, `${resultMarkdown(result, { of })}\n\n`);
  if (hasFailed(result)) process.exitCode = 1;
}

/**
 * Has the runner take nothing of what Terraform says for a command of GitHub's.
 * Source: https://docs.github.com/en/actions/reference/workflow-commands-for-github-actions
 * @returns what has it heed commands again
 */
function ignoreCommands(): () => void {
  if (env.GITHUB_ACTIONS !== "true") return () => {};
  const token = randomUUID();
  console.log(`::stop-commands::${token}`);
  return () => console.log(`::${token}::`);
}

async function comment(touched: ChangedStacks, resultFiles: readonly string[]): Promise<void> {
  const context = gitHubContext(env);
  const client = new GitHubClient(context);
  const { number, commit } = pullRequest(env);
  const wanted = wantedComments(touched, readResults(resultFiles), { commit, runUrl: context.runUrl });
  for (const action of commentActions(wanted, await client.comments(number), commit)) {
    if (action.do === "create") await client.createComment(number, action.body);
    else await client.updateComment(action.id, action.body);
  }
  console.log(`${wanted.length} stacks are told about on pull request ${number}.`);
}

async function drift(looked: ChangedStacks, resultFiles: readonly string[]): Promise<void> {
  const context = gitHubContext(env);
  const client = new GitHubClient(context);
  const existing = await client.openIssues(DRIFT_LABEL);
  const actions = issueActions(looked, readResults(resultFiles), existing, context.runUrl);
  if (actions.some((action) => action.do === "open"))
    await client.ensureLabel(DRIFT_LABEL, "What is deployed is not what the code says");
  for (const action of actions) {
    const { stack, body } = action;
    if (action.do === "open") await client.createIssue({ title: action.title, body, labels: [DRIFT_LABEL] });
    else if (action.do === "update") await client.updateIssue(action.number, { title: action.title, body });
    else await client.updateIssue(action.number, { state: "closed", body });
    console.log(`${stack}: issue ${action.do === "open" ? "opened" : `${action.number} ${action.do}d`}`);
  }
}

async function deployed([workflow, branch]: readonly string[]): Promise<void> {
  if (!workflow || !branch)
    throw new ToolchainError("Name the workflow's file and the branch: deployed deploy.yml main");
  const head = env.GITHUB_SHA;
  if (!head) throw new ToolchainError("This needs GITHUB_SHA in the environment, which a runner sets.");
  const runs = await new GitHubClient(gitHubContext(env)).endedRuns(workflow, branch);
  console.log(deployedCommit(runs, head, gitRelation(root, head)) ?? "");
}

function stacks(): { readonly known: string[]; readonly foundations: string[] } {
  const all = checkStacks(root);
  const names = (some: typeof all) => some.map(({ stackName }) => stackName);
  return { known: names(all), foundations: names(all.filter(({ blueprint }) => blueprint.isFoundation)) };
}

function changed(file: string | undefined): ChangedStacks {
  return readChanged(needed(file, "changed"), stacks().foundations);
}

function parse(args: readonly string[]) {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        result: { type: "string" },
        changed: { type: "string" },
        "timeout-minutes": { type: "string" },
      },
    });
    const [verb, ...names] = positionals;
    return { verb, names, options: values };
  } catch (error) {
    throw new ToolchainError(`${(error as Error).message}\n\n${USAGE}`);
  }
}

function needed(value: string | undefined, name: string): string {
  if (!value) throw new ToolchainError(`--${name} is missing.\n\n${USAGE}`);
  return value;
}

runMain(() => main(process.argv.slice(2)));
