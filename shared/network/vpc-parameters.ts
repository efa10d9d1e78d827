import * as z from "zod";
import { always } from "../blueprint/parameters";
import { SUBNET_ID, VPC_ID } from "./existing-vpc";
import { isNetwork, parseIpv4Range } from "./ipv4-range";

/** An Auto Scaling group that survives a zone needs a second one. */
export const FEWEST_ZONES = 2;

const RANGE = /^\d{1,3}(\.\d{1,3}){3}\/\d{1,2}$/;

/** Parameters of a VPC that the stack makes, or of an existing one that it uses: a blueprint adds its own. */
export const vpcParameters = {
  cidrBlock: z
    .string()
    .regex(RANGE, "an IPv4 range, such as 10.0.0.0/16")
    .optional()
    .describe(
      "Private IPv4 range of the VPC that the stack makes, /16../24, for five zones and more at most /23. Default: 10.0.0.0/16.",
    ),
  zones: z
    .int()
    .min(FEWEST_ZONES)
    .max(6)
    .optional()
    .describe("Availability Zones that the stack's VPC has subnets in. Default: 2."),
  id: z
    .string()
    .regex(VPC_ID, "a VPC's id, such as vpc-0123456789abcdef0")
    .optional()
    .describe("An existing VPC to use. Default: the stack makes one."),
};

/** Ids of subnets of an existing VPC. */
export const subnetIds = (description: string) =>
  z
    .array(z.string().regex(SUBNET_ID, "a subnet's id, such as subnet-0123456789abcdef0"))
    .max(6)
    .default([])
    .describe(description);

/** A range of addresses that clients come from. */
const clientCidr = z
  .string()
  .regex(RANGE, "a range of IPv4 addresses, such as 203.0.113.0/24")
  .refine((one) => {
    const range = parseIpv4Range(one);
    return range !== undefined && isNetwork(range);
  }, "a range of IPv4 addresses that begins where it says, such as 203.0.113.0/24");

/** Ranges of addresses that clients come from, each named once. */
export const clientCidrs = (most: number) =>
  z
    .array(clientCidr)
    .max(most)
    .refine((cidrs) => new Set(cidrs).size === cidrs.length, { ...always, error: "a list of different ranges" });

/**
 * Either what the VPC is made with, or an existing one and its subnets.
 * @param made names of the parameters that say how to make a VPC
 * @param existing names of the lists of the existing VPC's subnets
 */
export function madeOrExisting<T extends { id?: string | undefined }, In>(
  fields: z.ZodType<T, In>,
  {
    made,
    existing,
  }: { readonly made: readonly (keyof T & string)[]; readonly existing: readonly (keyof T & string)[] },
) {
  return fields
    .refine((one) => !one.id || made.every((key) => one[key] === undefined), {
      ...always,
      path: ["id"],
      error: `left out where ${inWords(made, "or")} say how to make a VPC`,
    })
    .refine((one) => one.id || existing.every((key) => !(one[key] as unknown[] | undefined)?.length), {
      ...always,
      path: ["id"],
      error: `the VPC that ${inWords(existing, "and")} ${existing.length === 1 ? "belongs" : "belong"} to`,
    });
}

/**
 * Parameters of a network without public subnets for what runs in it.
 * @param who what runs there, in the plural, such as `servers`
 */
export const privateNetworkParameters = (who: string) =>
  madeOrExisting(
    z.strictObject({
      cidrBlock: vpcParameters.cidrBlock,
      zones: vpcParameters.zones,
      egress: z
        .enum(["endpoints", "nat-per-zone", "nat-single"])
        .optional()
        .describe(
          `How ${who} in the stack's VPC reach AWS. endpoints: interface endpoints of the services that they call, and nothing else, which suits ${who} that need no internet. nat-per-zone, nat-single: NAT gateways, and through them the internet on port 443. Default: endpoints.`,
        ),
      id: vpcParameters.id,
      privateSubnetIds: subnetIds(
        "Subnets of the existing VPC, one a zone, that reach S3 and the APIs in the README, through endpoints or NAT.",
      ),
    }),
    { made: ["cidrBlock", "zones", "egress"], existing: ["privateSubnetIds"] },
  ).refine((one) => !one.id || (one.privateSubnetIds?.length ?? 0) >= FEWEST_ZONES, {
    ...always,
    path: ["privateSubnetIds"],
    error: `the ids of at least ${FEWEST_ZONES} subnets, each in a zone of its own`,
  });

function inWords(names: readonly string[], join: string): string {
  return [names.slice(0, -1).join(", "), names.at(-1)].filter(Boolean).join(` ${join} `);
}
