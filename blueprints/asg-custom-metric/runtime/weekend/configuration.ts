import * as z from "zod";

/** Numbers of servers: 0 <= min <= desired <= max. */
const sizes = z
  .strictObject({ min: z.int().min(0), desired: z.int(), max: z.int() })
  .refine(({ min, desired, max }) => min <= desired && desired <= max, "must have min <= desired <= max");
export type Sizes = z.output<typeof sizes>;

/** An Auto Scaling group, and what it is made of in the week and on the weekend. */
const groupSizes = z.strictObject({ groupName: z.string().min(1), week: sizes, weekend: sizes });
export type GroupSizes = z.output<typeof groupSizes>;

const json = z.string().transform((text, context): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    context.addIssue({ code: "custom", message: "must be JSON" });
    return z.NEVER;
  }
});

export const weekendEnvironment = z.object({
  /** JSON array of GroupSizes. */
  GROUPS: json.pipe(z.array(groupSizes).min(1)),
});

const period = z.enum(["weekend", "week"]);
export type Period = z.output<typeof period>;

/** What EventBridge Scheduler sends: when the run was due, and what begins then. */
export const weekendEvent = z.object({
  time: z.iso.datetime({ offset: true }).transform((text) => new Date(text)),
  period,
});

/**
 * A run that comes later than this is refused, and changes nothing: by then the other period may have begun, and a weekend
 * that is late would shrink a group in the week. The schedules' maximum event age is the same.
 */
export const MAX_EVENT_AGE_SECONDS = 6 * 60 * 60;
