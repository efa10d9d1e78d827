import type { Job, Step, WorkflowFile } from "./workflow-files";

/** A full commit and the release that it is: a tag can be moved to other code, and a bare commit tells nobody its age. */
const PINNED = /^\s*(?:-\s+)?uses:\s+[\w.-]+\/[\w./-]+@[0-9a-f]{40}\s+# v\d+\.\d+\.\d+$/;

/**
 * What the project asks of a workflow beyond what actionlint checks. Each is a line of GitHub's own advice:
 * docs.github.com/en/actions/reference/security/secure-use
 * @returns a sentence for each thing that is not so
 */
export function ruleFindings(file: WorkflowFile): string[] {
  const findings = Object.entries(file.jobs).flatMap(([name, job]) => jobFindings(file, name, job));
  return [...fileFindings(file), ...findings].map((finding) => `${file.path}: ${finding}`);
}

function fileFindings(file: WorkflowFile): string[] {
  const lines = file.text.split("\n");
  const uses = lines.filter((line) => /^\s*(?:-\s+)?uses:/.test(line) && !/uses:\s+\.\//.test(line));
  const findings = uses
    .filter((line) => !PINNED.test(line))
    .map((line) => `"${line.trim()}" is not pinned to a commit with its release as a comment`);
  if (!file.text.startsWith("# ")) findings.push("does not begin with a comment that says what it is for");
  if (file.isAction) return findings;
  if (JSON.stringify(file.permissions) !== '{"contents":"read"}')
    findings.push('its own permissions are not "contents: read": a job asks for more');
  if (JSON.stringify(file.on).includes("pull_request_target"))
    findings.push("pull_request_target runs a stranger's code with the repository's secrets");
  if (file.defaults?.run?.shell !== "bash")
    findings.push('its default shell is not "bash": without it a pipe that fails goes unnoticed');
  return findings;
}

function jobFindings(file: WorkflowFile, name: string, job: Job): string[] {
  const findings = job.steps.flatMap((step) => stepFindings(file, step).map((finding) => `${name}: ${finding}`));
  if (!file.isAction && job["timeout-minutes"] === undefined) findings.push(`${name}: has no timeout-minutes`);
  return findings;
}

function stepFindings(file: WorkflowFile, step: Step): string[] {
  const findings: string[] = [];
  if (step.run?.includes("${{"))
    findings.push(
      `an expression in "run" is code of whoever chose its value; hand it over in "env": ${step.run.trim()}`,
    );
  if (step.uses?.startsWith("actions/checkout@") && step.with?.["persist-credentials"] !== false)
    findings.push('checkout keeps the token in .git/config; set "persist-credentials: false"');
  if (file.isAction && step.run !== undefined && step.shell !== "bash") findings.push('a step without "shell: bash"');
  return findings;
}
