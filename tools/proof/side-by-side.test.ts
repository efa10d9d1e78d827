import { expectNothingShared } from "./side-by-side";

const deployed = (identities: Readonly<Record<string, string[]>>) => ({
  identities: async (stack: string) => identities[stack] ?? [],
});

test("stacks that have resources of their own stand beside each other", async () => {
  const apart = deployed({ one: ["aws_sns_topic arn:one"], copy: ["aws_sns_topic arn:copy"] });
  await expect(expectNothingShared(apart, "one", "copy")).resolves.toBeUndefined();
});

test("a resource that is the original's is told", async () => {
  const shared = deployed({ one: ["aws_kms_key a", "aws_sns_topic arn:x"], copy: ["aws_sns_topic arn:x"] });
  await expect(expectNothingShared(shared, "one", "copy")).rejects.toThrow(
    "copy has taken over from one: aws_sns_topic arn:x",
  );
});
