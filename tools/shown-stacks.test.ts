import { ProjectCopy } from "../shared/testing/project-copy";
import { projectStacks } from "./proof/project-stacks";
import { shownStacks } from "./shown-stacks";

let project: ProjectCopy;
const shown = (...names: string[]) => shownStacks(projectStacks(project.root), names).map(({ stackName }) => stackName);

beforeAll(() => {
  project = new ProjectCopy(["kinesis-scaler", "remote-state", "sqs-target-tracking"]);
});
afterAll(() => project.delete());

test("a name that is no stack's is answered with those that there are", () => {
  expect(() => shown("kinesis")).toThrow("There is no stack kinesis; there are: kinesis-scaler, remote-state, sqs-");
});

test("a demo shows what is named, or the usual stacks as far as they are there, or the first", () => {
  expect(shown("remote-state")).toEqual(["remote-state"]);
  expect(shown()).toEqual(["kinesis-scaler", "sqs-target-tracking"]);
  project.remove("blueprints/kinesis-scaler/parameters.json");
  expect(shown()).toEqual(["sqs-target-tracking"]);
  project.remove("blueprints/sqs-target-tracking/parameters.json");
  expect(shown()).toEqual(["remote-state"]);
});

test("a project without a stack is told what makes one", () => {
  expect(() => shownStacks([], [])).toThrow("no stack to show: a parameters.json in a blueprint's folder makes one");
});

test("a stack that keeps its data is refused before anything is deployed, with where to change that", () => {
  project.write("blueprints/remote-state/parameters.json", "{}");
  expect(() => shown("remote-state")).toThrow(
    'remote-state keeps its data, and what is shown is destroyed: set "retainData" to false in ' +
      "blueprints/remote-state/parameters.json for the demo",
  );
});
