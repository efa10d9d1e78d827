import { setTimeout } from "node:timers/promises";
import { Logger } from "@aws-lambda-powertools/logger";
import { AutoScalingClient } from "@aws-sdk/client-auto-scaling";
import { clientConfig } from "../../../../shared/runtime/aws-clients";
import { readEnvironment } from "../../../../shared/runtime/environment";
import { MAX_EVENT_AGE_SECONDS, type Period, weekendEnvironment, weekendEvent } from "./configuration";
import { converge, type GroupSummary } from "./converge";
import { ServerGroup } from "./server-group";
import type { TerminationProtection } from "./termination-protection";

/** Kept for telling what is missing. */
const RESERVE_MS = 15_000;
const LONGEST_PAUSE_MS = 10_000;

interface LambdaContext {
  getRemainingTimeInMillis(): number;
}

export interface WeekendSummary {
  readonly period: Period;
  /** Why nothing was done. */
  readonly refused?: string;
  readonly groups: readonly GroupSummary[];
}

/**
 * The function: it brings every group to its sizes of the period that begins, and its servers' protections with it. Each
 * group is seen to whatever becomes of the others. Running it again changes nothing that is as asked already. It fails with
 * an error that names each group that is not as asked, so that it is run again and the alarm goes off.
 *
 * @param terminationProtection for servers that have it; without, it is left as it is
 * @throws Error when the function's variables are not as they have to be
 */
export function weekendHandler(
  terminationProtection?: TerminationProtection,
): (event: unknown, context: LambdaContext) => Promise<WeekendSummary> {
  const { GROUPS: groups } = readEnvironment(weekendEnvironment);
  const logger = new Logger({ serviceName: "weekend" });
  const autoScaling = new AutoScalingClient(clientConfig());

  return async (event, context) => {
    const { time, period } = weekendEvent.parse(event);
    if (Date.now() - time.getTime() > MAX_EVENT_AGE_SECONDS * 1000) {
      const refused = `due at ${time.toISOString()}, more than ${MAX_EVENT_AGE_SECONDS / 3600} hours ago`;
      logger.warn("refused: the other period may have begun", { period, refused });
      return { period, refused, groups: [] };
    }
    const signal = AbortSignal.timeout(Math.max(0, context.getRemainingTimeInMillis() - RESERVE_MS));
    const pause = (pass: number) =>
      setTimeout(Math.min(500 * 2 ** pass, LONGEST_PAUSE_MS), undefined, { signal }).catch(() => {});
    const services = { autoScaling, terminationProtection, logger, signal };
    const results = await Promise.allSettled(
      groups.map(({ groupName, [period]: sizes }) =>
        converge(new ServerGroup(groupName, services), { period, sizes }, { signal, logger, pause }),
      ),
    );
    const failed = results.flatMap((result, index) =>
      result.status === "rejected" ? [`${groups[index]?.groupName}: ${(result.reason as Error).message}`] : [],
    );
    if (failed.length > 0) throw new Error(`${period}: ${failed.join(" | ")}`);
    return { period, groups: results.flatMap((result) => (result.status === "fulfilled" ? [result.value] : [])) };
  };
}
