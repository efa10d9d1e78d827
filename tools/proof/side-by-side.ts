import type { Cdktf } from "../local-aws/cdktf";

/**
 * No resource of the one stack may be one of the other, both deployed in the same account and Region: that tells also where
 * a service, or the local AWS, takes a second creation under the same name for a change.
 * @throws Error with what they share
 */
export async function expectNothingShared(
  cdktf: Pick<Cdktf, "identities">,
  original: string,
  copy: string,
): Promise<void> {
  const known = new Set(await cdktf.identities(original));
  const shared = (await cdktf.identities(copy)).filter((identity) => known.has(identity));
  if (shared.length > 0) throw new Error(`${copy} has taken over from ${original}: ${shared.join(", ")}`);
}
