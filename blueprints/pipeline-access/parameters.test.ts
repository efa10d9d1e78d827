import { readFileSync } from "node:fs";
import { join } from "node:path";
import { readParameters } from "../../shared/blueprint/parameters";
import { parametersFilesOf } from "../../shared/testing/parameters-files";
import schema from "./parameters";

const read = (value: unknown) =>
  readParameters(typeof value === "string" ? value : JSON.stringify(value), schema, {
    stackName: "access",
    file: "p.json",
  });
const repository = { repository: "acme/stacks" };
const workspace = { organization: "acme", project: "stacks", workspaces: ["orders"] };
const withGithub = (github: object, more: object = {}) => ({
  github: { ...repository, ...github },
  stacks: ["orders"],
  ...more,
});

describe("the parameters of pipeline-access", () => {
  test.each(parametersFilesOf(__dirname))("%s, which comes with the blueprint, is right", (file) => {
    expect(read(readFileSync(join(__dirname, file), "utf8")).mistakes).toBeUndefined();
  });

  test("a repository and a stack are enough, and so are a workspace and a stack", () => {
    expect(read({ github: repository, stacks: ["orders"] })).toMatchObject({
      parameters: {
        github: { repository: "acme/stacks", mainBranch: "main", oidcProvider: "create" },
        stateReadPolicyArns: [],
        stateWritePolicyArns: [],
      },
    });
    expect(read({ hcpTerraform: workspace, stacks: ["orders"] })).toMatchObject({
      parameters: { hcpTerraform: { hostname: "app.terraform.io" } },
    });
  });

  test.each<[string, unknown, string]>([
    ["neither system", { stacks: ["orders"] }, "github must be given, or hcpTerraform, or both"],
    ["a repository without its owner", withGithub({ repository: "stacks" }), "github.repository must be owner/name"],
    [
      "all repositories of an owner",
      withGithub({ repository: "acme/*" }),
      'github.repository must be owner/name, with their capitals, got "acme/*"',
    ],
    [
      "one number without the other",
      withGithub({ ownerId: 12 }),
      "github.repositoryId must be given together with ownerId, or not at all",
    ],
    [
      "a branch and an environment that apply",
      withGithub({ applyBranch: "main", applyEnvironment: "production" }),
      "github.applyBranch must be left out where applyEnvironment is given",
    ],
    [
      "every environment",
      withGithub({ applyEnvironment: "*" }),
      "github.applyEnvironment must be the name of an environment",
    ],
    ["no stack", { github: repository, stacks: [] }, "stacks must be a list of 1..6 items, got []"],
    [
      "a pattern in the middle",
      { github: repository, stacks: ["or*ders"] },
      "stacks[0] must be a stack's name, or the beginning of names and a *",
    ],
    ["every stack", { github: repository, stacks: ["*"] }, "stacks[0] must be a stack's name, or the beginning"],
    [
      "every workspace",
      { hcpTerraform: { ...workspace, organization: "*" }, stacks: ["orders"] },
      "hcpTerraform.organization must be the organization's name",
    ],
    [
      "a host with its protocol",
      { hcpTerraform: { ...workspace, hostname: "https://app.terraform.io" }, stacks: ["orders"] },
      "hcpTerraform.hostname must be a host's name, such as app.terraform.io",
    ],
    [
      "a policy of AWS for state",
      withGithub({}, { stateReadPolicyArns: ["arn:aws:iam::aws:policy/AmazonS3FullAccess"] }),
      "stateReadPolicyArns[0] must be the ARN of a customer-managed policy",
    ],
  ])("%s is refused with what is allowed", (_, value, message) => {
    expect(read(value).mistakes).toEqual([expect.stringContaining(`access: ${message}`)]);
  });
});
