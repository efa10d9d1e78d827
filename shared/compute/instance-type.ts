/** Processor architecture, as the names of machine images spell it. */
export type Architecture = "x86_64" | "arm64";

/** The parts of a type's name: `m7gd.large` is series `m`, generation 7, attributes `gd`, size `large`. */
interface TypeName {
  readonly family: string;
  readonly series: string;
  readonly generation: number;
  readonly attributes: string;
}

// docs.aws.amazon.com/ec2/latest/instancetypes/instance-type-names.html; `u-6tb1` and `u7i-12tb` are matched from the left.
const TYPE_NAME = /^(?<family>(?<series>[a-z]+)-?(?<generation>\d+)(?<attributes>[a-z-]*)[\w-]*)\.[\w-]+$/;

/** Families with a `d` for their disks, and series that are about disks, are found by name; these are the rest. */
const OTHER_INSTANCE_STORE =
  /^(c1|c3|cc2|cg1|cr1|dl1|dl2q|f1|f2|g2|g5|g6|g6e|g6f|gr6|gr6f|g7e|hs1|m1|m2|m3|p4de|p5|p5e|p5en|p6-.*|r3|trn1|trn1n|trn2|x1|x1e)$/;
/** Series made of local disks. `inf`, though it begins like them, has none. */
const STORAGE_SERIES = ["d", "h", "i", "im", "is"];
/** The only ones with disks of their own that the recover action accepts. */
const RECOVERED_WITH_INSTANCE_STORE = /^(m3|c3|r3|x1|x1e|x2idn|x2iedn)$/;

/**
 * The architecture of an instance type: Graviton's families have a `g` right after the generation.
 * @throws Error on what is no instance type.
 */
export function architectureOf(instanceType: string): Architecture {
  const { family, attributes } = parse(instanceType);
  return family === "a1" || attributes.startsWith("g") ? "arm64" : "x86_64";
}

/** Whether its processor runs on credits. */
export function isBurstable(instanceType: string): boolean {
  const { series, generation } = parse(instanceType);
  return series === "t" && generation >= 2;
}

/** Whether EBS optimization may be asked for. It is always on in families since 2017; old small ones refuse the launch. */
export function canBeEbsOptimized(instanceType: string): boolean {
  const { series, generation } = parse(instanceType);
  if (series === "t") return generation >= 3;
  return generation >= 4 || !["m", "c", "r", "g", "cc", "cg", "cr", "hi", "hs", "i"].includes(series);
}

/** Whether the type has disks of its own, whose content is lost with the host. */
export function hasInstanceStore(instanceType: string): boolean {
  const { family, series, attributes } = parse(instanceType);
  return STORAGE_SERIES.includes(series) || OTHER_INSTANCE_STORE.test(family) || attributes.includes("d");
}

/**
 * Whether the recover action of an alarm can move such an instance to another host.
 * Source: docs.aws.amazon.com/AWSEC2/latest/UserGuide/cloudwatch-recovery.html
 */
export function canBeRecovered(instanceType: string): boolean {
  return !hasInstanceStore(instanceType) || RECOVERED_WITH_INSTANCE_STORE.test(parse(instanceType).family);
}

function parse(instanceType: string): TypeName {
  const { family, series, generation, attributes } = TYPE_NAME.exec(instanceType)?.groups ?? {};
  if (family === undefined || series === undefined || attributes === undefined) {
    throw new Error(`"${instanceType}" is no instance type such as t4g.small`);
  }
  return { family, series, generation: Number(generation), attributes };
}
