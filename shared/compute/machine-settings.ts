import { isBurstable } from "./instance-type";

/** Of the root disk, which holds Amazon Linux, programs and logs. */
export const DEFAULT_ROOT_VOLUME_GIB = 20;

/** IMDSv2 only. */
export const METADATA_OPTIONS = {
  httpEndpoint: "enabled",
  httpTokens: "required",
  // No further than the machine itself: a container's request is one hop more.
  httpPutResponseHopLimit: 1,
  instanceMetadataTags: "disabled",
} as const;

/**
 * Burstable machines may use more than their credits, for a price, which is T3's and T4g's default but neither T2's nor
 * every account's. One that is throttled instead looks idle to a scaling policy and dead to a health check.
 */
export function creditSpecificationOf(instanceType: string): { cpuCredits: string } | undefined {
  return isBurstable(instanceType) ? { cpuCredits: "unlimited" } : undefined;
}
