import * as z from "zod";
import type { Decision } from "./scaling-decision";

/**
 * The contract that Application Auto Scaling has with a custom resource's API:
 * github.com/aws/aws-auto-scaling-custom-resource.
 */
const CONTRACT_VERSION = "1.0";

/** What API Gateway's proxy integration hands to the function, as far as it is used. */
const proxyEvent = z.object({
  httpMethod: z.string(),
  pathParameters: z.object({ scalableTargetDimensionId: z.string().min(1) }),
  body: z.string().nullish(),
  isBase64Encoded: z.boolean().optional(),
});

const patchBody = z.object({ desiredCapacity: z.number() });

export interface ScalingRequest {
  readonly streamName: string;
  /** Shards asked for; undefined when only the state is asked for. */
  readonly request?: number;
}

export interface HttpResponse {
  readonly statusCode: 200 | 400 | 403 | 404 | 429 | 500;
  readonly headers: Record<string, string>;
  readonly body: string;
}

/** An answer other than 200, with a message that says what was wrong. */
export class HttpError extends Error {
  constructor(
    readonly statusCode: 400 | 404 | 429 | 500,
    message: string,
  ) {
    super(message);
  }
}

/**
 * Reads GET or PATCH /scalableTargetDimensions/{scalableTargetDimensionId}.
 * @throws HttpError 400 when it is something else.
 */
export function readRequest(event: unknown): ScalingRequest {
  const parsed = proxyEvent.safeParse(event);
  if (!parsed.success) {
    throw new HttpError(400, "Call GET or PATCH /scalableTargetDimensions/{scalableTargetDimensionId}");
  }
  const { httpMethod, pathParameters, body, isBase64Encoded } = parsed.data;
  const streamName = pathParameters.scalableTargetDimensionId;
  if (httpMethod === "GET") return { streamName };
  if (httpMethod !== "PATCH") throw new HttpError(400, `The method must be GET or PATCH, got ${httpMethod}`);
  return { streamName, request: readDesiredCapacity(isBase64Encoded ? fromBase64(body ?? "") : body) };
}

function readDesiredCapacity(body: string | null | undefined): number {
  const expected = 'the body must be JSON such as {"desiredCapacity": 4}';
  let json: unknown;
  try {
    json = JSON.parse(body || "");
  } catch {
    throw new HttpError(400, `${expected}, got ${body ? "something that is not JSON" : "no body"}`);
  }
  const parsed = patchBody.safeParse(json);
  if (!parsed.success) throw new HttpError(400, `${expected}, with a number, got ${body?.slice(0, 100)}`);
  const { desiredCapacity } = parsed.data;
  if (!Number.isInteger(desiredCapacity) || desiredCapacity < 0) {
    throw new HttpError(400, `desiredCapacity must be a whole number of shards, 0 or more, got ${desiredCapacity}`);
  }
  return desiredCapacity;
}

/** The scalable target dimension as the contract has it: capacities are JSON numbers. */
export function scalableTargetDimension(streamName: string, report: Decision["report"]): HttpResponse {
  return json(200, {
    scalableTargetDimensionId: streamName,
    version: CONTRACT_VERSION,
    resourceName: streamName,
    dimensionName: "OpenShards",
    actualCapacity: report.actual,
    desiredCapacity: report.desired,
    scalingStatus: report.status,
    ...(report.failureReason && { failureReason: report.failureReason }),
  });
}

export function errorResponse(error: HttpError): HttpResponse {
  return json(error.statusCode, { message: error.message });
}

function json(statusCode: HttpResponse["statusCode"], body: unknown): HttpResponse {
  return { statusCode, headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) };
}

function fromBase64(text: string): string {
  return Buffer.from(text, "base64").toString("utf8");
}
