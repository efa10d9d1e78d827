import fc from "fast-check";
import type { Period, Sizes } from "./configuration";
import { type Asked, chooseStaying, type Decision, decide, type Group, IDS_PER_CALL, type Server } from "./decision";
import { GroupModel } from "./group-model.fixture";

const weekend = (sizes: Sizes, terminationProtection = true): Asked => ({
  period: "weekend",
  sizes,
  terminationProtection,
});
const week = (sizes: Sizes, terminationProtection = true): Asked => ({ period: "week", sizes, terminationProtection });
const SMALL = { min: 1, desired: 2, max: 4 };
const LARGE = { min: 2, desired: 6, max: 12 };

const instanceIds = (servers: readonly Server[]) => servers.map(({ instanceId }) => instanceId);
const changesOf = ({ protectNewServers, protect, release, resize }: Decision) => ({
  protectNewServers,
  protect,
  release,
  resize,
});
const NO_CHANGES = {
  protectNewServers: false,
  protect: { scaleIn: [], termination: [] },
  release: { scaleIn: [], termination: [] },
  resize: undefined,
};

const anySizes = fc
  .tuple(fc.nat(10), fc.nat(10), fc.nat(10))
  .map(([min, more, evenMore]): Sizes => ({ min, desired: min + more, max: min + more + evenMore }));
const anyAsked = fc.record({
  period: fc.constantFrom<Period>("weekend", "week"),
  sizes: anySizes,
  terminationProtection: fc.boolean(),
});
const anyServer = fc.record({
  zone: fc.constantFrom("a", "b", "c"),
  state: fc.oneof(
    { weight: 6, arbitrary: fc.constant("InService") },
    {
      weight: 1,
      arbitrary: fc.constantFrom(
        "Pending",
        "Pending:Wait",
        "Terminating:Wait",
        "Standby",
        "EnteringStandby",
        "Detached",
      ),
    },
  ),
  healthy: fc.boolean(),
  templateVersion: fc.nat(3),
  scaleInProtected: fc.boolean(),
  terminationProtected: fc.constantFrom(true, false, undefined),
});
const servers = (maxLength: number) =>
  fc
    .array(anyServer, { maxLength, size: "max" })
    .map((all): Server[] => all.map((one, index) => ({ ...one, instanceId: `i-${String(index).padStart(4, "0")}` })));
const anyGroup: fc.Arbitrary<Group> = fc.record({
  sizes: anySizes,
  protectsNewServers: fc.boolean(),
  servers: fc.oneof(servers(12), servers(160)),
});
const modelOf = (group: Group) => {
  const model = new GroupModel("group", group.sizes);
  model.protectsNewServers = group.protectsNewServers;
  model.with(group.servers.length);
  for (const [index, server] of group.servers.entries()) Object.assign(model.servers[index] ?? {}, server);
  return model;
};

describe("the servers that stay", () => {
  const inService = servers(30).map((all) => all.filter(({ state }) => state === "InService"));

  test("are as many as asked for, or all", () => {
    fc.assert(
      fc.property(inService, fc.nat(20), (all, count) => {
        const stay = chooseStaying(all, count);
        expect(stay).toHaveLength(Math.min(count, all.length));
        expect(new Set(instanceIds(stay)).size).toBe(stay.length);
      }),
    );
  });

  test("are spread over the zones: none has two more than one that has servers to spare", () => {
    fc.assert(
      fc.property(inService, fc.nat(20), (all, count) => {
        const stay = new Set(chooseStaying(all, count));
        const zones = ["a", "b", "c"].map((zone) => all.filter((server) => server.zone === zone));
        const numbers = zones.map((zone) => zone.filter((server) => stay.has(server)).length);
        zones.forEach((zone, index) => {
          const number = numbers[index] as number;
          if (number < zone.length) expect(Math.max(...numbers)).toBeLessThanOrEqual(number + 1);
        });
      }),
    );
  });

  test("are chosen again when some of the others have gone, or have lost their protection", () => {
    fc.assert(
      fc.property(
        inService,
        fc.nat(20),
        fc.infiniteStream(fc.constantFrom("gone", "released")),
        (all, count, fates) => {
          const stay = new Set(instanceIds(chooseStaying(all, count)));
          const later = all.flatMap((server) => {
            if (stay.has(server.instanceId)) return { ...server, scaleInProtected: true };
            return fates.next().value === "gone" ? [] : { ...server, scaleInProtected: false };
          });
          expect(new Set(instanceIds(chooseStaying(later, count)))).toEqual(stay);
        },
      ),
    );
  });

  const server = (instanceId: string, more: Partial<Server> = {}): Server => ({
    instanceId,
    zone: "a",
    state: "InService",
    healthy: true,
    templateVersion: 1,
    scaleInProtected: true,
    ...more,
  });

  test.each<[string, Server, Server]>([
    ["a healthy one before one that is not", server("i-2"), server("i-1", { healthy: false, templateVersion: 2 })],
    [
      "the newest version before an older",
      server("i-2", { templateVersion: 10 }),
      server("i-1", { templateVersion: 9 }),
    ],
    ["a protected one before one that may be going", server("i-2"), server("i-1", { scaleInProtected: false })],
    ["of equal ones the one with the lowest id", server("i-1"), server("i-2")],
  ])("are, in a zone, %s", (_, better, worse) => {
    expect(chooseStaying([worse, better], 1)).toEqual([better]);
    expect(chooseStaying([better, worse], 1)).toEqual([better]);
  });

  test("are rather in two zones than two of the newest version in one", () => {
    const old = server("i-3", { zone: "b", templateVersion: 1 });
    const all = [server("i-1", { templateVersion: 2 }), server("i-2", { templateVersion: 2 }), old];
    expect(chooseStaying(all, 2)).toContain(old);
  });
});

describe("a decision", () => {
  test("changes servers in service only, none twice, and takes protection from none that stays", () => {
    fc.assert(
      fc.property(anyGroup, anyAsked, (group, asked) => {
        const { protect, release } = decide(group, asked);
        const inService = group.servers.filter(({ state }) => state === "InService");
        const stay = new Set(
          instanceIds(asked.period === "week" ? inService : chooseStaying(inService, asked.sizes.desired)),
        );
        for (const [ids, stays] of [
          [protect.scaleIn.flat(), true],
          [protect.termination, true],
          [release.scaleIn.flat(), false],
          [release.termination, false],
        ] as const) {
          expect(new Set(ids).size).toBe(ids.length);
          for (const id of ids) {
            expect(instanceIds(inService)).toContain(id);
            expect(stay.has(id)).toBe(stays);
          }
        }
      }),
    );
  });

  test("leaves every server that stays with the protections, and every other in service without", () => {
    fc.assert(
      fc.property(anyGroup, anyAsked, (group, asked) => {
        const model = modelOf(group);
        model.apply(decide(group, asked));
        const stay = asked.period === "week" ? model.inService.length : asked.sizes.desired;
        const safe = model.inService.filter(({ scaleInProtected }) => scaleInProtected);
        expect(safe).toHaveLength(Math.min(stay, model.inService.length));
        if (!asked.terminationProtection) return;
        for (const { scaleInProtected, terminationProtected } of model.inService) {
          expect(terminationProtected).toBe(scaleInProtected);
        }
      }),
    );
  });

  test("never puts more than fifty servers into a call, and no call is empty", () => {
    fc.assert(
      fc.property(anyGroup, anyAsked, (group, asked) => {
        const { protect, release } = decide(group, asked);
        for (const ids of [...protect.scaleIn, ...release.scaleIn]) {
          expect(ids.length).toBeGreaterThan(0);
          expect(ids.length).toBeLessThanOrEqual(50);
        }
      }),
    );
    expect(IDS_PER_CALL).toBe(50);
  });

  test("asks for nothing more once it was carried out", () => {
    fc.assert(
      fc.property(anyGroup, anyAsked, (group, asked) => {
        const model = modelOf(group);
        model.apply(decide(group, asked));
        expect(changesOf(decide(model.describe(), asked))).toEqual(NO_CHANGES);
      }),
    );
  });

  test("finds nothing missing only where there is nothing to change", () => {
    fc.assert(
      fc.property(anyGroup, anyAsked, (group, asked) => {
        const decision = decide(group, asked);
        if (decision.missing.length === 0) expect(changesOf(decision)).toEqual(NO_CHANGES);
      }),
    );
  });

  test("reaches what is asked within a few passes, however servers come and go meanwhile", () => {
    const anyChurn = fc.record({ gone: fc.array(fc.nat(), { maxLength: 3 }), asksForMore: fc.boolean() });
    const PASSES = 6;
    fc.assert(
      fc.property(anyGroup, anyAsked, fc.array(anyChurn, { maxLength: 5 }), (group, asked, churns) => {
        const model = modelOf(group);
        for (const { gone, asksForMore } of churns) {
          model.apply(decide(model.describe(), asked));
          for (const index of gone) model.servers.splice(index % (model.servers.length || 1), 1);
          if (asksForMore) model.sizes.desired = Math.min(model.sizes.desired + 1, model.sizes.max);
          model.tick();
        }
        let passes = 0;
        while (decide(model.describe(), asked).missing.length > 0) {
          expect(++passes).toBeLessThanOrEqual(PASSES);
          model.apply(decide(model.describe(), asked));
          const before = Math.min(model.inService.length, model.sizes.desired);
          model.tick();
          expect(model.inService.length).toBeGreaterThanOrEqual(before);
        }
        const { desired } = model.sizes;
        if (asked.period === "weekend")
          expect([desired, model.inService.length]).toEqual([asked.sizes.desired, desired]);
        else expect(model.inService.length).toBeGreaterThanOrEqual(asked.sizes.desired);
      }),
    );
  });
});

describe("for the weekend", () => {
  test("the group shrinks by releasing those that go, and keeps one server a zone", () => {
    const model = new GroupModel("group", LARGE).with(6);
    expect(decide(model.describe(), weekend({ ...SMALL, desired: 3 }))).toEqual({
      protectNewServers: false,
      protect: { scaleIn: [], termination: [] },
      release: { scaleIn: [["i-0003", "i-0004", "i-0005"]], termination: ["i-0003", "i-0004", "i-0005"] },
      resize: { min: 1, desired: 3, max: 4, shrinks: true },
      missing: ["min/desired/max are 2/6/12 instead of 1/3/4", "i-0003, i-0004, i-0005 still to go"],
    });
  });

  test("a group that has the sizes already, but not the protections, gets them", () => {
    const model = new GroupModel("group", SMALL).with(2, { scaleInProtected: false, terminationProtected: false });
    model.protectsNewServers = false;
    const decision = decide(model.describe(), weekend(SMALL));
    expect(decision).toMatchObject({
      protectNewServers: true,
      protect: { scaleIn: [["i-0000", "i-0001"]], termination: ["i-0000", "i-0001"] },
      release: NO_CHANGES.release,
    });
    expect(decision.resize).toBeUndefined();
    expect(decision.missing).toEqual([
      "new servers are not protected from scale-in",
      "i-0000, i-0001 not protected from scale-in",
      "i-0000, i-0001 without termination protection",
    ]);
  });

  test("a hundred and twenty servers are released in calls of fifty", () => {
    const model = new GroupModel("group", { min: 1, desired: 120, max: 120 }).with(120);
    const { release, missing } = decide(model.describe(), weekend(SMALL));
    expect(release.scaleIn.map((ids) => ids.length)).toEqual([50, 50, 18]);
    expect(release.termination).toHaveLength(118);
    expect(missing).toContain("i-0002, i-0003, i-0004, i-0005, i-0006 and 113 more still to go");
  });

  test("termination protection is not touched where the servers are not to have it", () => {
    const model = new GroupModel("group", LARGE).with(6);
    const { protect, release } = decide(model.describe(), weekend(SMALL, false));
    expect([protect.termination, release.termination]).toEqual([[], []]);
    expect(release.scaleIn.flat()).toHaveLength(4);
  });

  test("servers in standby neither count nor change", () => {
    const model = new GroupModel("group", SMALL).with(2).with(1, { state: "Standby", scaleInProtected: false });
    expect(decide(model.describe(), weekend(SMALL)).missing).toEqual([]);
  });

  test("a group with a server that is still starting is not as asked, nor one with too few", () => {
    const model = new GroupModel("group", SMALL).with(1).with(1, { state: "Pending:Wait" });
    expect(decide(model.describe(), weekend(SMALL)).missing).toEqual(["1 of 2 servers in service", "i-0001 starting"]);
  });

  test("servers that are going are not waited for", () => {
    const model = new GroupModel("group", SMALL).with(2).with(3, { state: "Terminating:Wait" });
    expect(decide(model.describe(), weekend(SMALL)).missing).toEqual([]);
  });
});

describe("for the week", () => {
  const resizeFrom = (sizes: Sizes) =>
    decide(new GroupModel("group", sizes).with(sizes.desired).describe(), week(LARGE)).resize;

  test("the sizes are restored", () => {
    expect(resizeFrom(SMALL)).toEqual({ min: 2, desired: 6, max: 12, shrinks: false });
  });

  test("what servers have asked for since is kept, and not even sent: more may be asked meanwhile", () => {
    expect(resizeFrom({ min: 1, desired: 8, max: 8 })).toEqual({ min: 2, max: 12, shrinks: false });
    expect(resizeFrom({ min: 2, desired: 8, max: 12 })).toBeUndefined();
  });

  test("only max lowers desired", () => {
    expect(resizeFrom({ min: 2, desired: 14, max: 20 })).toEqual({ min: 2, desired: 12, max: 12, shrinks: true });
  });

  test("every server in service is protected, also one that the weekend had released", () => {
    const model = new GroupModel("group", LARGE)
      .with(5)
      .with(1, { scaleInProtected: false, terminationProtected: false });
    expect(decide(model.describe(), week(LARGE))).toMatchObject({
      protect: { scaleIn: [["i-0005"]], termination: ["i-0005"] },
      release: NO_CHANGES.release,
    });
  });

  test("nobody is released, however many there are", () => {
    const model = new GroupModel("group", LARGE).with(9);
    expect(decide(model.describe(), week(LARGE)).missing).toEqual([]);
  });
});
