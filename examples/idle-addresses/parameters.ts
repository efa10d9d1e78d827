import * as z from "zod";
import { commonParameters } from "../../shared/blueprint/common-parameters";

const parameters = z.strictObject({
  ...commonParameters,
  allowedIdleAddresses: z
    .int()
    .min(0)
    .max(1000)
    .default(0)
    .describe("Idle addresses that nobody is told of. Default: 0."),
  checkEveryMinutes: z.int().min(5).max(1440).default(60).describe("Minutes from one count to the next. Default: 60."),
});

export default parameters;
export type Parameters = z.output<typeof parameters>;
