import * as z from "zod";

/** A parameter that names a certificate for a load balancer's listener. */
export const certificateArn = z
  .string()
  .regex(/^arn:[a-z-]+:acm:[a-z0-9-]+:\d{12}:certificate\/.+$/, "the ARN of a certificate in ACM");
