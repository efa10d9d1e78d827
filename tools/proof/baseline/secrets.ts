/** Names of settings that hold a secret, but not of what points to one: `DB_PASSWORD`, not `DB_PASSWORD_SECRET_ARN`. */
export function isSecretName(name: string): boolean {
  const snake = name.replace(/([a-z])([A-Z])/g, "$1_$2");
  return (
    /(?:^|[_-])(?:passwords?|passwd|secrets?|tokens?|credentials?|(?:api|private|secret|access)[_-]?keys?)(?:$|[_-])/i.test(
      snake,
    ) &&
    !/[_-](?:arns?|ids?|names?|ur[il]s?|paths?|parameters?|commands?|seconds|minutes|count|limit|bytes|length)$/i.test(
      snake,
    )
  );
}

/** The kind of a secret whose value does not tell. */
export const NAMED_SECRET = "what its name calls a secret";

const SECRET_TEXTS: Record<string, RegExp> = {
  "an AWS access key": /\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/,
  "a private key": /-----BEGIN [A-Z ]*PRIVATE KEY-----/,
  "a GitHub token": /\b(?:gh[pousr]_[A-Za-z0-9]{36}|github_pat_\w{22,})/,
  "a Slack token": /\bxox[abeprs]-[A-Za-z0-9-]{10,}/,
  "a password in a URL": /:\/\/[^/\s:@$]+:[^/\s@$]+@/,
  "an assignment to a password, secret or token":
    /\b\w*(?:password|passwd|secret|token|secret_access_key)\s*[=:]\s*(?!["']?\$)["']?[^\s"']{4,}/i,
  "a reference to a secret's value":
    /\brandom_password\.|\.secret_(?:string|binary)\b|\baws_ssm_parameter\.[\w-]+\.value\b|\baws_iam_access_key\.[\w-]+\.secret\b/,
};

/** What kind of secret a text holds, or nothing. Looks for forms with a name, not for text that merely looks random. */
export function secretIn(text: string): string | undefined {
  return Object.keys(SECRET_TEXTS).find((kind) => SECRET_TEXTS[kind]!.test(text));
}

/** What kind of secret a setting holds, by its name or its value, or nothing. */
export function secretInSetting(name: string, value: string): string | undefined {
  return isSecretName(name) ? NAMED_SECRET : secretIn(value);
}
