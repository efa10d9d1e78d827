import type { StubAnswer, StubRule } from "./script-sandbox";

/** How what shared/runtime/machine.sh calls answers, for tests of the scripts that source it. */

/** Metadata's answer: the machine's id. */
export const INSTANCE = "i-0123456789abcdef0";

export const rule = (command: string, words: readonly string[] = [], ...answers: StubAnswer[]): StubRule => ({
  command,
  with: words,
  answers,
});

/** Fails that often, then does as told. */
export const failing = (times: number, failure: StubAnswer, then: StubAnswer = {}): StubAnswer[] => [
  ...Array.from({ length: times }, () => failure),
  then,
];

/** What metadata has below a path of `meta-data/`. */
export const imds = (path: string, ...answers: StubAnswer[]): StubRule =>
  rule("curl", [`http://169.254.169.254/latest/meta-data/${path}`], ...answers);

export const instanceMetadata: readonly StubRule[] = [
  rule("curl", ["http://169.254.169.254/latest/api/token"], { stdout: "TOKEN" }),
  imds("instance-id", { stdout: INSTANCE }),
];

/** The group is told CONTINUE or ABANDON. */
export const hook = (answer: StubAnswer = {}): StubRule =>
  rule("aws", ["autoscaling", "complete-lifecycle-action"], answer);

/** An error as the AWS CLI prints it. */
export const awsError = (code: string, message: string): StubAnswer => ({
  exit: 254,
  stderr: `\nAn error occurred (${code}) when calling the operation: ${message}\n`,
});

export const NOBODY_WAITS = awsError(
  "ValidationError",
  `No active Lifecycle Action found with instance ID ${INSTANCE}`,
);
export const DENIED = awsError("AccessDeniedException", "User is not authorized");

const get = (...answers: StubAnswer[]) => rule("aws", ["secretsmanager", "get-secret-value"], ...answers);
const put = (answer: StubAnswer) => rule("aws", ["secretsmanager", "put-secret-value"], answer);
const NO_VALUE = awsError(
  "ResourceNotFoundException",
  "Secrets Manager can't find the specified secret value for staging label: AWSCURRENT",
);
const TAKEN = awsError(
  "ResourceExistsException",
  "You can't use ClientRequestToken because that value is already in use for a version of secret",
);
/** Keeps what was put where the test, and the next call, can read it. */
const KEPT: StubAnswer = {
  run: 'for word in "$@"; do [[ $word != file://* ]] || cp "${word#file://}" "$ROOT/put"; done',
};

/** What may become of the secret that `keep_secret` settles. */
export const secrets = {
  there: [get({ stdout: "the-password\n" }), put({ exit: 1 })],
  without: [get(NO_VALUE, { run: 'cat "$ROOT/put"' }), put(KEPT)],
  lostRace: [get(NO_VALUE, { stdout: "the-other-machines\n" }), put(TAKEN)],
  deniedAtFirst: [get(...failing(2, DENIED, { stdout: "the-password\n" }))],
  denied: [get(DENIED)],
  binary: [get({ stdout: "None\n" })],
} as const satisfies Record<string, readonly StubRule[]>;

export const mounting = (...answers: StubAnswer[]): StubRule => rule("mount", [], ...answers);
export const mounted = (there: boolean): StubRule => rule("mountpoint", [], { exit: there ? 0 : 32 });
