import { isAbsolute } from "node:path";
import * as z from "zod";

const number = z
  .string("is missing")
  .regex(/^\d+(\.\d+)?$/, "must be a number")
  .transform(Number);
/** 0: any port that is free; the log says which. */
const port = number.pipe(z.int("must be a port, 0..65535").max(65_535, "must be a port, 0..65535"));
const seconds = (otherwise: number) =>
  number.pipe(z.number().positive("must be above 0").max(86_400, "must be 86400 at most")).default(otherwise);
const text = z.string("is missing").min(1, "must not be empty");
const path = text.refine(isAbsolute, "must be an absolute path");

const both = {
  PORT: port,
  HEALTH_CHECK_PORT: port,
  LOG_FILE: path,
  /** `<mount>/<role>/<instance id>`, on the file system that all servers share. */
  STATE_FOLDER: path,
  /** Holds the text by which order servers and matching engines know each other. */
  TOKEN_FILE: path,
};

export const orderServerSettings = z
  .object({
    ...both,
    DOWNSTREAM_HOST: text,
    DOWNSTREAM_PORT: port,
    DOWNSTREAM_TLS: z
      .enum(["true", "false"])
      .default("false")
      .transform((given) => given === "true"),
    /** How long to wait for a matching engine's answer before another connection is made. */
    REPLY_SECONDS: seconds(10),
    /** How often a server shows that it is at work. */
    HEARTBEAT_SECONDS: seconds(20),
    /** How long a server has not done so when another takes over its orders. */
    ORPHAN_SECONDS: seconds(300),
    /** How often a server looks for such orders. */
    ADOPTION_SECONDS: seconds(60),
    /** After SIGTERM: how long open connections are served. */
    DRAIN_SECONDS: seconds(30),
    /** After that: how long orders are forwarded. What is left then, another server takes over. */
    FORWARD_SECONDS: seconds(30),
  })
  .refine(({ HEARTBEAT_SECONDS, ORPHAN_SECONDS }) => ORPHAN_SECONDS >= 3 * HEARTBEAT_SECONDS, {
    path: ["ORPHAN_SECONDS"],
    error: "must be three times HEARTBEAT_SECONDS at least",
  });

export const matchingEngineSettings = z.object(both);

export type OrderServerSettings = z.output<typeof orderServerSettings>;
export type MatchingEngineSettings = z.output<typeof matchingEngineSettings>;
