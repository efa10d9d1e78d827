import type { Sizes } from "./configuration";
import { type Asked, decide, isInService, isInStandby } from "./decision";
import { Hopeless, type ServerGroup, type Services } from "./server-group";

export interface GroupSummary {
  readonly groupName: string;
  readonly sizes: Sizes;
  readonly inService: number;
  /** Instance ids of servers that were left alone. */
  readonly standby: readonly string[];
  /** Calls that changed something. */
  readonly changes: number;
  readonly passes: number;
}

export interface ConvergeOptions extends Pick<Services, "signal" | "logger"> {
  /** Waits after a pass, counted from 1, for what it began; ends early when there is no time left. */
  readonly pause: (pass: number) => Promise<void>;
}

/**
 * Describes the group, decides and acts until it is as asked, see `decide`.
 * @throws Error that says what is missing when there is no time left, or at once when trying again does not help.
 */
export async function converge(
  group: ServerGroup,
  asked: Omit<Asked, "terminationProtection">,
  { signal, logger, pause }: ConvergeOptions,
): Promise<GroupSummary> {
  let missing: readonly string[] = ["it was never seen"];
  let problems: readonly string[] = [];
  for (let passes = 1; ; passes++) {
    try {
      const state = await group.describe();
      const decision = decide(state, { ...asked, terminationProtection: group.hasTerminationProtection });
      missing = decision.missing;
      if (missing.length === 0) {
        const summary = {
          groupName: group.name,
          sizes: state.sizes,
          inService: state.servers.filter(isInService).length,
          standby: state.servers.filter(isInStandby).map(({ instanceId }) => instanceId),
          changes: group.changes,
          passes,
        };
        if (summary.standby.length > 0) {
          logger.warn("servers in standby were left alone", { groupName: group.name, instanceIds: summary.standby });
        }
        logger.info("as asked", summary);
        return summary;
      }
      problems = await group.apply(decision);
    } catch (error) {
      if (error instanceof Hopeless) throw error;
      problems = [`${(error as Error).name}: ${(error as Error).message}`];
    }
    if (!signal.aborted) await pause(passes);
    if (signal.aborted) {
      const last = problems.length > 0 ? `; last problem: ${problems[0]}` : "";
      throw new Error(`not as asked when the time was up, after ${passes} passes: ${missing.join("; ")}${last}`);
    }
  }
}
