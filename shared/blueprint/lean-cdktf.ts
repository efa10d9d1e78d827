import { Token, Tokenization } from "cdktf";

/** Does the work while cdktf leaves out what nothing here needs, as docs/decisions/0012-synthesis-does-less.md explains. */
export function withLeanCdktf<T>(work: () => T): T {
  const { captureStackTrace } = Error;
  const { resolve } = Tokenization;
  Error.captureStackTrace = ofErrorsOnly(captureStackTrace);
  Tokenization.resolve = ofTokensOnly(resolve);
  try {
    return work();
  } finally {
    Error.captureStackTrace = captureStackTrace;
    Tokenization.resolve = resolve;
  }
}

/**
 * cdktf records a stack trace for every token, a quarter of the time of a synthesis, though only to print it. Its traces
 * are taken on plain objects; those of errors stay as they are.
 */
function ofErrorsOnly(captureStackTrace: typeof Error.captureStackTrace): typeof Error.captureStackTrace {
  return (target, below) => {
    if (target instanceof Error) captureStackTrace(target, below);
  };
}

/**
 * cdktf resolves all that a stack consists of, value by value with several objects for each, and most of it twice, though
 * few values have tokens in them. The rest is copied here; what may have a token goes to cdktf, and the whole again when
 * that fails, as cdktf's messages say where.
 */
function ofTokensOnly(resolve: typeof Tokenization.resolve): typeof Tokenization.resolve {
  return (value, options) => {
    try {
      return resolvePlain(value, (part) => resolve(part, options));
    } catch {
      return resolve(value, options);
    }
  };
}

type Resolve = (part: unknown) => unknown;

/** As Tokenization.resolve. */
function resolvePlain(value: unknown, resolve: Resolve): unknown {
  if (typeof value === "string") return mayBeToken(value) ? resolve(value) : value;
  if (value === undefined || value === null) return value;
  // Numbers that stand for a token are negative.
  if (typeof value === "boolean" || (typeof value === "number" && value >= 0)) return value;
  if (Array.isArray(value)) return value.some(standsForList) ? resolve(value) : resolveElements(value, resolve);
  if (isPlainObject(value)) return Object.keys(value).some(mayBeToken) ? resolve(value) : resolveValues(value, resolve);
  return resolve(value);
}

function resolveElements(array: readonly unknown[], resolve: Resolve): unknown[] {
  return array.map((element) => resolvePlain(element, resolve)).filter((element) => element !== undefined);
}

function resolveValues(object: Record<string, unknown>, resolve: Resolve): Record<string, unknown> {
  const resolved: Record<string, unknown> = {};
  for (const key of Object.keys(object)) {
    const value = resolvePlain(object[key], resolve);
    if (value !== undefined) resolved[key] = value;
  }
  return resolved;
}

// What cdktf writes for a string, a list or a map; and what may be a number inside a string, such as -1.8e+289.
const ENCODED = /TfToken\[|[-|\d.+]e[-|\d.eE+]/;

function mayBeToken(text: string): boolean {
  return ENCODED.test(text) || text === Token.STRING_MAP_TOKEN_VALUE || text === Token.ANY_MAP_TOKEN_VALUE;
}

/** Whether an array with this element may be a token as a whole. */
function standsForList(element: unknown): boolean {
  return typeof element === "string" ? element.includes("#{TfToken[") : typeof element === "number" && !(element >= 0);
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}
