import * as z from "zod";
import { regionCode } from "./region-code";

// The characters that every AWS service accepts in tags: docs.aws.amazon.com/tag-editor/latest/userguide/best-practices-and-strats.html
const TAG_TEXT = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u;

/** Tags that a stack and its resources set themselves. */
export const OWN_TAGS = ["ManagedBy", "Name", "Stack"];

function clashingTag(tags: object): string | undefined {
  const keys = [...OWN_TAGS, ...Object.keys(tags)].map((key) => key.toLowerCase());
  return Object.keys(tags).find((key, index) => keys.indexOf(key.toLowerCase()) !== OWN_TAGS.length + index);
}

/** The parameters that every blueprint has. A blueprint spreads them into a `z.strictObject` of its own. */
export const commonParameters = {
  region: regionCode
    .default("us-east-1")
    .describe("AWS Region that the stack is deployed to, as its code, such as eu-central-1."),
  tags: z
    .record(
      z
        .string()
        .min(1)
        .max(128)
        .regex(TAG_TEXT)
        .refine(
          (key) => !key.toLowerCase().startsWith("aws:"),
          "a key that does not begin with aws:, which AWS reserves",
        ),
      z.string().max(256).regex(TAG_TEXT),
    )
    .refine((tags) => !clashingTag(tags), {
      // IAM has no tags of which two keys differ in case only.
      error: ({ input }) =>
        `keys that differ in more than case from one another and from ${OWN_TAGS.join(", ")}; "${clashingTag(input as object)}" does not`,
    })
    .default({})
    .describe(
      "Tags put on every resource that has tags, beside Stack and ManagedBy. Keys up to 128 and values up to 256 characters.",
    ),
  retainData: z
    .boolean()
    .default(true)
    .describe(
      "Whether what holds data is protected from `cdktf destroy`. To let go: set it to false, deploy, then destroy. It does not protect what is taken out of the parameters.",
    ),
  logRetentionDays: z
    .union(
      [1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653].map(
        (days) => z.literal(days),
      ),
    )
    .default(30)
    .describe("Days that logs are kept: one of the values that CloudWatch Logs accepts, 1 to 3653."),
  permissionsBoundaryArn: z
    .string()
    .regex(/^arn:[a-z-]+:iam::\d{12}:policy\/[\w+=,.@/-]+$/, "the ARN of a customer-managed policy")
    .optional()
    .describe(
      "ARN of the permissions boundary of every role that the stack makes: the most that they may do. Default: none; a pipeline may ask for one.",
    ),
  notificationEmail: z
    .email()
    .optional()
    .describe(
      "Address that alarms are sent to. AWS mails a link that has to be confirmed. Default: nobody; subscribe to the topic in the outputs.",
    ),
};

const common = z.object(commonParameters);
/** What the frame itself needs of a blueprint's parameters. */
export type CommonParameters = z.output<typeof common>;
