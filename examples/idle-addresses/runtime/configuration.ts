import * as z from "zod";

/** What the function is deployed with: the stack writes it, the handler reads it. */
export const environment = z.object({ METRIC_NAMESPACE: z.string().min(1) });

export const METRIC_NAME = "IdleAddresses";
