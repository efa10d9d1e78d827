import type { PropCheck } from "../blueprint/checked-props";

/** A cooldown of Application Auto Scaling: no upper limit is documented. */
export function cooldownRule(prop: string, given: number): PropCheck {
  return {
    prop,
    holds: Number.isInteger(given) && given >= 0,
    allowed: "a whole number of 0 or more",
    given,
    mend: "take 300, AWS's own default for ECS",
  };
}
