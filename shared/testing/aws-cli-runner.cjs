// What the `aws` of aws-cli.ts runs.
const { readFileSync } = require("node:fs");

/** The SDK's package, loaded when it is used, and its client, by the AWS CLI's name of the service. */
const SERVICES = {
  "application-autoscaling": [
    () => require("@aws-sdk/client-application-auto-scaling"),
    "ApplicationAutoScalingClient",
  ],
  autoscaling: [() => require("@aws-sdk/client-auto-scaling"), "AutoScalingClient"],
  cloudwatch: [() => require("@aws-sdk/client-cloudwatch"), "CloudWatchClient"],
  ecr: [() => require("@aws-sdk/client-ecr"), "ECRClient"],
  ecs: [() => require("@aws-sdk/client-ecs"), "ECSClient"],
};

/** What the AWS CLI has beside the operations of the API: which one it calls, and what it prints of the output. */
const OWN_OPERATIONS = {
  "ecr get-login-password": {
    operation: "get-authorization-token",
    print: ({ authorizationData: [{ authorizationToken }] }) =>
      Buffer.from(authorizationToken, "base64").toString("utf8").replace(/^AWS:/, ""),
  },
};

/** Statuses of the AWS CLI: docs.aws.amazon.com/cli/latest/userguide/cli-usage-returncodes.html */
const MISUSE = 252;
const REFUSED = 254;
const OTHER = 255;

function fail(status, message) {
  process.stderr.write(`\n${message}\n`);
  process.exit(status);
}

function readOptions(words) {
  const options = {};
  for (let index = 0; index < words.length; index += 2) {
    const [name, value] = words.slice(index, index + 2);
    if (!["--cli-input-json", "--region"].includes(name) || value === undefined) {
      fail(MISUSE, `aws: this stand-in takes --cli-input-json and --region, each with a value, got ${name}`);
    }
    options[name] = value;
  }
  return options;
}

function readInput(given = "{}") {
  try {
    const text = given.startsWith("file://") ? readFileSync(given.slice("file://".length), "utf8") : given;
    return JSON.parse(text, (key, value) =>
      /Time(stamp)?$/.test(key) && typeof value === "string" ? new Date(value) : value,
    );
  } catch (error) {
    return fail(MISUSE, `Error parsing parameter '--cli-input-json': ${error.message}`);
  }
}

const asJson = (output) => JSON.stringify(output, undefined, 4);

module.exports = async ({ endpoint, region, credentials }) => {
  const [service, command = "", ...words] = process.argv.slice(2);
  const { operation = command, print = asJson } = OWN_OPERATIONS[`${service} ${command}`] ?? {};
  const name = operation.replace(/(?:^|-)([a-z])/g, (_match, letter) => letter.toUpperCase());
  const [library, client] = SERVICES[service] ?? [];
  const sdk = library?.();
  const Command = sdk?.[`${name}Command`];
  if (!Command) fail(MISUSE, `aws: this stand-in has no ${service} ${command}`);
  const { "--cli-input-json": json, "--region": asked = region } = readOptions(words);
  const input = readInput(json);
  try {
    const sender = new sdk[client]({ endpoint, region: asked, ...(credentials && { credentials }) });
    const { $metadata, ...output } = await sender.send(new Command(input));
    if (Object.keys(output).length > 0) console.log(print(output));
  } catch (error) {
    if (!error.$metadata?.httpStatusCode)
      fail(OTHER, error.message || `Could not connect to ${endpoint}: ${error.code}`);
    fail(
      REFUSED,
      `An error occurred (${error.Code ?? error.name}) when calling the ${name} operation: ${error.message}`,
    );
  }
};
