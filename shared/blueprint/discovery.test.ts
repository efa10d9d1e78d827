import { ProjectCopy } from "../testing/project-copy";
import { discoverStacks } from "./discovery";

describe("discovery of stacks", () => {
  let project: ProjectCopy;
  beforeEach(() => {
    project = new ProjectCopy([]);
  });
  afterEach(() => project.delete());

  const blueprint = (name: string, ...parametersFiles: string[]) => {
    for (const file of ["stack.ts", "parameters.ts", ...parametersFiles])
      project.write(`blueprints/${name}/${file}`, "{}");
  };

  test("a parameters file makes a stack, a variant's makes another", () => {
    blueprint("jenkins", "parameters.json", "parameters.elastic-ip.json");
    const { stacks, mistakes } = discoverStacks(project.root);
    expect(mistakes).toEqual([]);
    expect(stacks.map((stack) => [stack.stackName, stack.parametersFile])).toEqual([
      ["jenkins-elastic-ip", "blueprints/jenkins/parameters.elastic-ip.json"],
      ["jenkins", "blueprints/jenkins/parameters.json"],
    ]);
  });

  test("the schema for editors is not a variant", () => {
    blueprint("jenkins", "parameters.json", "parameters.schema.json");
    expect(discoverStacks(project.root).stacks).toHaveLength(1);
  });

  test("two files that make the same stack are a mistake that names both", () => {
    blueprint("jenkins", "parameters.elastic-ip.json");
    blueprint("jenkins-elastic", "parameters.ip.json");
    expect(discoverStacks(project.root).mistakes).toEqual([
      'blueprints/jenkins-elastic/parameters.ip.json: makes the stack "jenkins-elastic-ip", and so does blueprints/jenkins/parameters.elastic-ip.json; rename one of the two',
    ]);
  });

  test("a blueprint without stack.ts, parameters.ts or parameters.json is told what it lacks", () => {
    project.write("blueprints/half/README.md", "");
    expect(discoverStacks(project.root).mistakes).toEqual([
      "blueprints/half: has no stack.ts; copy it from another blueprint, or remove the folder",
      "blueprints/half: has no parameters.ts; copy it from another blueprint, or remove the folder",
      "blueprints/half: has no parameters.json; each parameters file makes one stack, so there is none to deploy",
    ]);
  });

  test("the values of the proof make the proof's stacks, and no stack of the project", () => {
    blueprint("jenkins", "parameters.ours.json", "proof/parameters.json", "proof/parameters.elastic-ip.json");
    expect(discoverStacks(project.root)).toMatchObject({ mistakes: [], stacks: [{ stackName: "jenkins-ours" }] });
    expect(discoverStacks(project.root, "proof")).toMatchObject({
      mistakes: [],
      stacks: [
        {
          stackName: "jenkins-elastic-ip",
          parametersFile: "blueprints/jenkins/proof/parameters.elastic-ip.json",
          folder: expect.stringMatching(/blueprints.jenkins$/),
        },
        { stackName: "jenkins", parametersFile: "blueprints/jenkins/proof/parameters.json" },
      ],
    });
  });

  test("a blueprint with values for the proof alone makes no stack, which is no mistake", () => {
    blueprint("jenkins", "proof/parameters.json");
    expect(discoverStacks(project.root)).toEqual({ stacks: [], mistakes: [] });
  });

  test("without values of its own, the proof takes the project's", () => {
    blueprint("jenkins", "parameters.json", "proof/scenario.ts");
    expect(discoverStacks(project.root, "proof")).toEqual(discoverStacks(project.root));
  });

  test.each([
    ["Jenkins", "parameters.json"],
    ["my_blueprint", "parameters.json"],
    ["1st", "parameters.json"],
    ["jenkins", "parameters.Elastic IP.json"],
    ["a-blueprint-whose-name-goes-on", "parameters.and-on-and-on.json"],
  ])("blueprints/%s/%s makes a name that AWS resources could not have", (folder, file) => {
    blueprint(folder, file);
    expect(discoverStacks(project.root).mistakes).toEqual([
      expect.stringMatching(/lower-case letters, digits and single hyphens, beginning with a letter; rename/),
    ]);
  });

  test("outside the project's root it says so", () => {
    project.remove("blueprints");
    expect(discoverStacks(project.root).mistakes).toEqual([
      "blueprints: no such folder; run the command in the project's root",
    ]);
  });
});
