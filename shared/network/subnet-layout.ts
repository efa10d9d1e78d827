import { contains, formatIpv4Range, type Ipv4Range, isNetwork, networkOf, parseIpv4Range, sizeOf } from "./ipv4-range";

/** Kinds of subnets, by the way out that they have. */
export const subnetTiers = ["public", "private", "isolated"] as const;
export type SubnetTier = (typeof subnetTiers)[number];

export interface SubnetPlan {
  /** IPv4 range of the VPC: private, /16../28, host bits zero. */
  readonly cidrBlock: string;
  /** How many Availability Zones have subnets, 1..6. */
  readonly zones: number;
  /** At least one, each once. */
  readonly tiers: readonly SubnetTier[];
}

export interface SubnetPlace {
  readonly tier: SubnetTier;
  /** 1 for the first zone. */
  readonly zone: number;
  readonly cidrBlock: string;
}

/** us-east-1, the Region with the most zones, has six. */
export const MAX_ZONES = 6;
// docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html
const LARGEST = 16;
const SMALLEST = 28;
/** Eight places a tier: the least power of two that takes six zones. */
const MAX_PLACE_BITS = 3;
/** Quarters of the range: the private tier has the first two. */
const QUARTER_BITS = 2;
const FIRST_QUARTER: Record<SubnetTier, number> = { private: 0, public: 2, isolated: 3 };

/** RFC 1918, and RFC 6598, which AWS routes as it does the others. */
const PRIVATE_RANGES = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10"];

/**
 * Lays out one subnet a tier and zone.
 *
 * Every tier has a fixed share of the range, whichever tiers there are: the first half is the private one's, the third
 * quarter the public one's, the last quarter the isolated one's. A share has eight places, zone by zone, or as many as
 * subnets of AWS's smallest size leave room for. So where a subnet lies follows from the range, its tier and its zone
 * alone: another zone or tier later moves none. A private subnet is always twice as large as the other two.
 *
 * | range      | zones   | private                  | public, isolated         |
 * | ---------- | ------- | ------------------------ | ------------------------ |
 * | /16        | up to 6 | /20, 4091 free addresses | /21, 2043 free addresses |
 * | /20        | up to 6 | /24, 251                 | /25, 123                 |
 * | /23        | up to 6 | /27, 27                  | /28, 11                  |
 * | /24        | up to 4 | /27, 27                  | /28, 11                  |
 * | /25        | up to 2 | /27, 27                  | /28, 11                  |
 * | /26        | 1       | /27, 27                  | /28, 11                  |
 *
 * AWS keeps five addresses of each subnet. It asks for /27 where a load balancer is: that is /22 for the whole.
 * @throws Error with what {@link subnetPlanMistakes} finds
 */
export function layOutSubnets(plan: SubnetPlan): SubnetPlace[] {
  const mistakes = subnetPlanMistakes(plan);
  if (mistakes.length > 0) throw new Error(mistakes.join("\n"));
  const range = parseIpv4Range(plan.cidrBlock)!;
  const quarter = sizeOf(range) / 2 ** QUARTER_BITS;
  return plan.tiers.flatMap((tier) =>
    Array.from({ length: plan.zones }, (_, index) => {
      const prefixLength = range.prefixLength + shareBits(tier) + placeBits(range);
      const address = range.address + FIRST_QUARTER[tier] * quarter + index * sizeOf({ prefixLength });
      return { tier, zone: index + 1, cidrBlock: formatIpv4Range({ address, prefixLength }) };
    }),
  );
}

/** What is wrong with a plan, each as `<property>: must be <allowed>, got <given>; <how to mend>`. */
export function subnetPlanMistakes({ cidrBlock, zones, tiers }: SubnetPlan): string[] {
  const zonesAreValid = Number.isInteger(zones) && zones >= 1 && zones <= MAX_ZONES;
  return [
    ...rangeMistakes(cidrBlock, zonesAreValid ? zones : 1),
    ...(zonesAreValid
      ? []
      : [
          `zones: must be a whole number 1..${MAX_ZONES}, got ${zones}; no Region has more than ${MAX_ZONES} Availability Zones`,
        ]),
    ...tierMistakes(tiers),
  ];
}

function rangeMistakes(cidrBlock: string, zones: number): string[] {
  const mistake = (allowed: string, mend: string) => [`cidrBlock: must be ${allowed}, got "${cidrBlock}"; ${mend}`];
  const range = parseIpv4Range(cidrBlock);
  if (!range) return mistake("an IPv4 range", "write it as 10.0.0.0/16: four numbers up to 255, and a length up to 32");
  if (!isNetwork(range)) {
    const network = formatIpv4Range(networkOf(range));
    return mistake("a network address, which has no bit set after its length", `write ${network}`);
  }
  if (!PRIVATE_RANGES.some((one) => contains(parseIpv4Range(one)!, { ...range, prefixLength: 32 }))) {
    return mistake(`in a private range (${PRIVATE_RANGES.join(", ")})`, "take one that the network's peers do not use");
  }
  if (range.prefixLength < LARGEST) {
    const largest = formatIpv4Range({ ...range, prefixLength: LARGEST });
    return mistake(`/${LARGEST}../${SMALLEST}, as AWS allows`, `the largest that begins there is ${largest}`);
  }
  const smallest = smallestLength(zones);
  if (range.prefixLength > smallest) {
    const enough = formatIpv4Range(networkOf({ ...range, prefixLength: smallest }));
    return mistake(
      `/${smallest} or larger for ${zones} zone${zones === 1 ? "" : "s"}, because AWS's smallest subnet is /${SMALLEST}`,
      `the smallest that would do is ${enough}`,
    );
  }
  return [];
}

function tierMistakes(tiers: readonly SubnetTier[]): string[] {
  const mistake = (allowed: string, mend: string) => [
    `tiers: must be ${allowed}, got ${JSON.stringify(tiers)}; ${mend}`,
  ];
  const known = subnetTiers.join(", ");
  if (tiers.length === 0) return mistake(`at least one of ${known}`, "a network without subnets holds nothing");
  if (tiers.some((tier) => !subnetTiers.includes(tier))) return mistake(`of ${known}`, "correct the name");
  if (new Set(tiers).size < tiers.length) return mistake("different ones", "name each once");
  return [];
}

function shareBits(tier: SubnetTier): number {
  return tier === "private" ? QUARTER_BITS - 1 : QUARTER_BITS;
}

/** From the range alone, and from the smaller shares, so that all tiers have as many places. */
function placeBits(range: Ipv4Range): number {
  return Math.min(MAX_PLACE_BITS, SMALLEST - range.prefixLength - QUARTER_BITS);
}

/** The length of the smallest range that has places for so many zones. */
function smallestLength(zones: number): number {
  return SMALLEST - QUARTER_BITS - Math.ceil(Math.log2(zones));
}
