const LONGEST = 300;

const EXPLANATIONS: readonly (readonly [names: RegExp, explanation: string])[] = [
  [
    /^QueueDoesNotExist$|NonExistentQueue$/,
    "there is no such queue in this account and Region; deploy the stack again, and look whether QUEUE_URL is its queue",
  ],
  [
    /^CredentialsProviderError$|^TokenProviderError$/,
    "there are no credentials; the task needs its task role, and a way to the address that gives them out",
  ],
  [
    /^(ExpiredToken|InvalidClientTokenId|UnrecognizedClient|InvalidSecurity|SignatureDoesNotMatch|IncompleteSignature)/,
    "AWS does not accept the credentials; look at the task role, and at AWS_* variables that stand before it",
  ],
  [
    /^(AccessDenied|Unauthorized|KMSAccessDenied|KmsAccessDenied)/,
    "the task role does not allow it; deploy the stack again",
  ],
];

/** Why a call failed, in a line for the log: with how to mend it, where that is known. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return shortened(String(error));
  const { name, message } = error;
  const explanation = EXPLANATIONS.find(([names]) => names.test(name))?.[1];
  // A refused connection to a name with several addresses is an AggregateError, whose own message is empty.
  const own = message || (error as NodeJS.ErrnoException).code || "no message";
  return shortened(explanation ? `${explanation} (${name}: ${own})` : `${name}: ${own}`);
}

/** Why work failed. What the error quotes of the body does not go to the log: it may be a secret. */
export function failureOf(error: unknown, body: string): { readonly reason: string; readonly at?: string } {
  if (!(error instanceof Error)) return { reason: shortened(withoutBody(String(error), body)) };
  const frame = error.stack?.split("\n").find((line) => /^\s+at /.test(line));
  return { reason: shortened(withoutBody(`${error.name}: ${error.message}`, body)), at: frame?.trim() };
}

function withoutBody(text: string, body: string): string {
  return body === "" ? text : text.replaceAll(body, "(the body)");
}

function shortened(text: string): string {
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}...` : text;
}
