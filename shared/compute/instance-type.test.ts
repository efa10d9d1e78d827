import { architectureOf, canBeEbsOptimized, canBeRecovered, hasInstanceStore, isBurstable } from "./instance-type";

describe("an instance type's name", () => {
  test.each([
    "a1.large",
    "t4g.nano",
    "m7gd.metal",
    "c7gn.large",
    "im4gn.large",
    "is4gen.large",
    "x2gd.medium",
    "g5g.xlarge",
    "i8ge.large",
    "hpc7g.4xlarge",
    "r8gb.large",
  ])("tells that %s is Graviton's", (type) => expect(architectureOf(type)).toBe("arm64"));

  test.each([
    "t3.micro",
    "t3a.small",
    "m7i-flex.large",
    "g4dn.xlarge",
    "g5.xlarge",
    "inf1.xlarge",
    "u-6tb1.metal",
    "u7in-24tb.224xlarge",
    "x2iedn.large",
    "p4d.24xlarge",
    "c6in.large",
    "i3en.metal-24xl",
  ])("tells that %s is x86", (type) => expect(architectureOf(type)).toBe("x86_64"));

  test.each(["", "t3", "T3.micro", ".large", "large", "t3.micro ", "${x}"])("is refused when it is %j", (type) => {
    expect(() => architectureOf(type)).toThrow(`"${type}" is no instance type such as t4g.small`);
  });

  test("tells what runs on credits", () => {
    expect(["t2.micro", "t3.micro", "t3a.micro", "t4g.micro"].every(isBurstable)).toBe(true);
    expect(["t1.micro", "trn1.32xlarge", "m5.large"].some(isBurstable)).toBe(false);
  });

  test("tells what may ask for EBS optimization without being refused", () => {
    expect(
      ["t3.micro", "t4g.micro", "m4.large", "m7g.large", "x1.16xlarge", "a1.medium", "p3.2xlarge"].every(
        canBeEbsOptimized,
      ),
    ).toBe(true);
    expect(["t1.micro", "t2.micro", "m3.medium", "c3.large", "r3.large"].some(canBeEbsOptimized)).toBe(false);
  });

  test.each([
    "m5d.large",
    "m5ad.large",
    "c6gd.medium",
    "r6idn.large",
    "x2gd.large",
    "g4dn.xlarge",
    "z1d.large",
    "i3.large",
    "i4i.large",
    "im4gn.large",
    "is4gen.large",
    "d3en.xlarge",
    "h1.2xlarge",
    "p5.48xlarge",
    "p6-b200.48xlarge",
    "p4d.24xlarge",
    "hpc6id.32xlarge",
    "g6.xlarge",
  ])("tells that %s loses its disks with the host, and cannot be recovered", (type) =>
    expect([hasInstanceStore(type), canBeRecovered(type)]).toEqual([true, false]),
  );

  test.each(["m3.medium", "c3.large", "r3.large", "x1.16xlarge", "x1e.xlarge", "x2idn.16xlarge", "x2iedn.xlarge"])(
    "tells that %s can be recovered although it has disks",
    (type) => expect([hasInstanceStore(type), canBeRecovered(type)]).toEqual([true, true]),
  );

  test.each([
    "t3.micro",
    "t4g.small",
    "m7i-flex.large",
    "c7gn.large",
    "inf1.xlarge",
    "x2iezn.2xlarge",
    "u-6tb1.metal",
    "m5zn.large",
    "hpc7g.4xlarge",
    "g5g.xlarge",
  ])("tells that %s can be recovered, having no disks", (type) =>
    expect([hasInstanceStore(type), canBeRecovered(type)]).toEqual([false, true]),
  );
});
