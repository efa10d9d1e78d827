import { type Deployer, deployBeside } from "./side-by-side";

/** What a deployment of both would be found in; `done` is told what was done. */
const deployer = (found: Partial<Deployer> = {}, done: string[] = []): Deployer => ({
  deploy: async ([stack]) => void done.push(`deploy ${stack}`),
  destroy: async ([stack]) => void done.push(`destroy ${stack}`),
  pendingChanges: async () => undefined,
  identities: async (stack) => [`aws_sns_topic arn:${stack}`],
  resources: async () => [],
  ...found,
});

test("a copy is deployed and destroyed", async () => {
  const done: string[] = [];
  await deployBeside(deployer({}, done), "one", "copy");
  expect(done).toEqual(["deploy copy", "destroy copy"]);
});

test.each<[string, Partial<Deployer>, string]>([
  [
    "is the original's resource",
    { identities: async () => ["aws_sns_topic arn:x"] },
    "copy has taken over from one: aws_sns_topic arn:x",
  ],
  [
    "changes the original",
    { pendingChanges: async (stack) => (stack === "one" ? "~ update" : undefined) },
    "one: with another stack beside it, the plan is not empty:\n~ update",
  ],
  ["cannot be deployed", { deploy: async () => Promise.reject(new Error("name is taken")) }, "name is taken"],
])("a copy that %s is told, and destroyed all the same", async (_, found, message) => {
  const done: string[] = [];
  await expect(deployBeside(deployer(found, done), "one", "copy")).rejects.toThrow(message);
  expect(done).toContain("destroy copy");
});

test("what a destroy leaves in the state is told", async () => {
  const left = deployer({ resources: async () => ["aws_kms_key.a"] });
  await expect(deployBeside(left, "one", "copy")).rejects.toThrow("copy: the destroy left behind: aws_kms_key.a");
});
