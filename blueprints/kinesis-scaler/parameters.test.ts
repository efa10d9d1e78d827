import { readFileSync } from "node:fs";
import { join } from "node:path";
import { readParameters } from "../../shared/blueprint/parameters";
import { parametersFilesOf } from "../../shared/testing/parameters-files";
import schema from "./parameters";

const read = (value: unknown) =>
  readParameters(typeof value === "string" ? value : JSON.stringify(value), schema, {
    stackName: "scaler",
    file: "p.json",
  });
const one = (stream: Record<string, unknown> = {}, more: Record<string, unknown> = {}) => ({
  streams: [{ name: "orders", maxShards: 8, ...stream }],
  ...more,
});

describe("the parameters of kinesis-scaler", () => {
  test.each(parametersFilesOf(__dirname))("%s, which comes with the blueprint, is right", (file) => {
    expect(read(readFileSync(join(__dirname, file), "utf8")).mistakes).toBeUndefined();
  });

  test("a name and a maximum are enough", () => {
    expect(read(one())).toMatchObject({
      parameters: {
        streams: [{ name: "orders", source: "create", minShards: 1, maxShards: 8 }],
        targetUtilizationPercent: 75,
        scaleIn: true,
        scaleOutCooldownSeconds: 300,
        scaleInCooldownSeconds: 3600,
        updatesPerDay: 10,
        updatesReservedForScaleOut: 5,
        metricDelaySeconds: 60,
        maxIteratorAgeMinutes: 60,
        retainData: true,
      },
    });
  });

  test.each<[string, unknown, string]>([
    ["no streams", {}, "streams must be a list of 1..500 items, got nothing"],
    ["an empty list", { streams: [] }, "streams must be a list of 1..500 items, got []"],
    [
      "501 streams",
      { streams: Array.from({ length: 501 }, (_, index) => ({ name: `s${index}`, maxShards: 1 })) },
      "streams must be a list of 1..500 items, got",
    ],
    [
      "a stream without a maximum",
      { streams: [{ name: "orders" }] },
      "streams[0].maxShards must be a whole number, 1..10000, got nothing",
    ],
    ["a stream without a name", { streams: [{ maxShards: 1 }] }, "streams[0].name must be a text of 1..128 characters"],
    [
      "a name with a space",
      one({ name: "my orders" }),
      'streams[0].name must be letters, digits, and _ . - only, got "my orders"',
    ],
    [
      "a created name that is too long with the stack's in front",
      one({ name: "n".repeat(81) }),
      'streams[0].name must be at most 80 characters where source is "create"',
    ],
    [
      "two streams of one name",
      {
        streams: [
          { name: "a", maxShards: 1 },
          { name: "a", maxShards: 2 },
        ],
      },
      'streams must be a list in which each name occurs once; "a" occurs twice',
    ],
    [
      "a maximum below the minimum",
      one({ minShards: 9 }),
      "streams[0].maxShards must be 1..10000 and at least minShards (9), got 8",
    ],
    [
      "a maximum of 0, which is below the minimum as well, once",
      one({ maxShards: 0 }),
      "streams[0].maxShards must be a whole number, 1..10000, got 0",
    ],
    ["a minimum of 0", one({ minShards: 0 }), "streams[0].minShards must be a whole number, 1..10000, got 0"],
    [
      "a maximum beyond Kinesis'",
      one({ maxShards: 10_001 }),
      "streams[0].maxShards must be a whole number, 1..10000, got 10001",
    ],
    [
      "a fraction of a shard",
      one({ maxShards: 2.5 }),
      "streams[0].maxShards must be a whole number, 1..10000, got 2.5",
    ],
    ["a number as text", one({ maxShards: "8" }), 'streams[0].maxShards must be a whole number, 1..10000, got "8"'],
    [
      "initial shards outside the bounds",
      one({ initialShards: 9 }),
      "streams[0].initialShards must be between minShards (1) and maxShards (8), got 9",
    ],
    [
      "initial shards of an adopted stream",
      one({ source: "adopt", initialShards: 2 }),
      'streams[0].initialShards must be left out where source is "adopt"',
    ],
    [
      "retention of an adopted stream",
      one({ source: "adopt", retentionHours: 48 }),
      'streams[0].retentionHours must be left out where source is "adopt"',
    ],
    [
      "less than a day's retention",
      one({ retentionHours: 12 }),
      "streams[0].retentionHours must be a whole number, 24..8760, got 12",
    ],
    ["another source", one({ source: "import" }), 'streams[0].source must be one of "create", "adopt", got "import"'],
    [
      "a misspelt key of a stream",
      one({ maxShard: 3 }),
      "streams[0].maxShard is not a parameter; did you mean maxShards?",
    ],
    [
      "a misspelt key",
      one({}, { targetUtilisationPercent: 70 }),
      "targetUtilisationPercent is not a parameter; did you mean targetUtilizationPercent?",
    ],
    [
      "a target that leaves no room",
      one({}, { targetUtilizationPercent: 100 }),
      "targetUtilizationPercent must be a whole number, 10..90, got 100",
    ],
    [
      "a reserve as large as the budget",
      one({}, { updatesReservedForScaleOut: 10 }),
      "updatesReservedForScaleOut must be less than updatesPerDay (10), got 10",
    ],
    [
      "a negative cooldown",
      one({}, { scaleInCooldownSeconds: -1 }),
      "scaleInCooldownSeconds must be a whole number, 0..86400, got -1",
    ],
    ["a yes for a true", one({}, { scaleIn: "yes" }), 'scaleIn must be true or false, got "yes"'],
    [
      "a delay of an hour",
      one({}, { metricDelaySeconds: 3600 }),
      "metricDelaySeconds must be a whole number, 0..120, got 3600",
    ],
  ])("%s is refused with what is allowed", (_, value, message) => {
    expect(read(value).mistakes).toEqual([expect.stringContaining(`scaler: ${message}`)]);
  });

  test("an adopted stream may have any name that Kinesis allows", () => {
    expect(read(one({ source: "adopt", name: "n".repeat(128) })).mistakes).toBeUndefined();
  });
});
