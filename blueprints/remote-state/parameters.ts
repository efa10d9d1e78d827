import * as z from "zod";
import { commonParameters } from "../../shared/blueprint/common-parameters";
import { always } from "../../shared/blueprint/parameters";
import { repeated } from "../../shared/blueprint/repeated";

// Nothing here goes off by itself, so there is nobody to notify.
const { notificationEmail: _, ...common } = commonParameters;

/** Folders, each with its slash; then a stack's name, or the beginning of some and an asterisk. */
const STATES = /^([A-Za-z0-9_.-]+\/)*(\*|[a-z][a-z0-9-]*\*?)$/;

const parameters = z.strictObject({
  ...common,
  policiesFor: z
    .array(
      z
        .string()
        .max(80)
        .regex(
          STATES,
          "a stack's name such as kinesis-scaler, or the beginning of names and an asterisk such as ha-jenkins*",
        ),
    )
    .max(100)
    .refine((states) => repeated(states) === undefined, {
      ...always,
      error: ({ input }) => `a list without repetition; ${JSON.stringify(repeated(input as string[]))} is in it twice`,
    })
    .default([])
    .describe(
      "Stacks that a policy for reading and one for writing are made for: names such as kinesis-scaler, or beginnings of names and an asterisk such as ha-jenkins*. With a keyPrefix in the setting, that first: platform/*. An asterisk alone is for all, this stack's own included. Default: none.",
    ),
  oldVersionsKept: z
    .int()
    .min(1)
    .max(100)
    .default(20)
    .describe("Old versions of a state that are kept whatever their age, 1..100. Default: 20."),
  oldVersionDays: z
    .int()
    .min(1)
    .max(3650)
    .default(90)
    .describe("Days after which those beyond that number are deleted, 1..3650. Default: 90."),
});

export default parameters;
export type Parameters = z.output<typeof parameters>;
