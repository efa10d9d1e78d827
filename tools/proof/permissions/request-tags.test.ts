import fc from "fast-check";
import { requestTagConditions, requestTags } from "./request-tags";

const tags = fc.dictionary(fc.stringMatching(/^[A-Za-z]{1,8}$/), fc.stringMatching(/^[a-z-]{1,8}$/), { maxKeys: 4 });
const pairs = (of: Record<string, string>) => Object.entries(of);

describe("the tags of a call", () => {
  test.each<[string, (of: Record<string, string>) => Record<string, unknown>]>([
    ["a map, as of Lambda", (of) => ({ Tags: of })],
    ["a list in capitals, as of DynamoDB", (of) => ({ Tags: pairs(of).map(([Key, Value]) => ({ Key, Value })) })],
    ["a list in small letters, as of ECS", (of) => ({ tags: pairs(of).map(([key, value]) => ({ key, value })) })],
    ["KMS's list", (of) => ({ Tags: pairs(of).map(([TagKey, TagValue]) => ({ TagKey, TagValue })) })],
    ["a map of Backup's", (of) => ({ BackupVaultTags: of })],
    ["a query", (of) => inQuery("Tags.member", of)],
    ["EC2's CreateTags", (of) => inQuery("Tag", of)],
    ["EC2's creations", (of) => inQuery("TagSpecification.1.Tag", of)],
  ])("are read from %s", (_, given) => {
    fc.assert(
      fc.property(tags, (of) => {
        expect(requestTags({ Name: "other", ...given(of) })).toEqual(of);
      }),
    );
  });

  test("are none where a call gives none, or a filter has a key", () => {
    expect(requestTags({ "Filter.1.Key": "Stack", Description: "x" })).toEqual({});
  });

  test("are conditions of IAM by their keys in small letters", () => {
    expect(requestTagConditions({ Tags: { Stack: "Jobs" } })).toEqual({ "aws:requesttag/stack": "Jobs" });
  });
});

function inQuery(prefix: string, of: Record<string, string>): Record<string, string> {
  return Object.fromEntries(
    pairs(of).flatMap(([key, value], index) => [
      [`${prefix}.${index + 1}.Key`, key],
      [`${prefix}.${index + 1}.Value`, value],
    ]),
  );
}
