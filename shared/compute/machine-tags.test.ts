import { Template } from "../testing/template";
import { TestStack } from "../testing/test-stack";
import { machineTags } from "./machine-tags";

test("what AWS makes itself gets the tags that the provider puts on all else, and a name", () => {
  const stack = new TestStack({ tags: { Team: "a", ManagedBy: "b", Stack: "c", Name: "d" } });
  const [{ default_tags }] = Template.of(stack).json.provider.aws;
  expect(machineTags(stack, "machine")).toEqual({ ...default_tags[0].tags, Name: "machine" });
  expect(machineTags(stack, "machine")).toEqual({ Team: "a", ManagedBy: "b", Stack: "test", Name: "machine" });
});
