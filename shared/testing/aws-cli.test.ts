import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { installAwsCli } from "./aws-cli";
import { AwsStub } from "./aws-stub";

const folder = mkdtempSync(join(tmpdir(), "aws-cli-"));
const cloudWatch = new AwsStub();
/** Auto Scaling, which speaks the query protocol: forms in, XML out. */
const requests: { readonly authorization: string; readonly form: Record<string, string> }[] = [];
let answer = { status: 200, xml: "<ExecutePolicyResponse/>" };
const autoScaling = createServer(async (request, response) => {
  const form = Object.fromEntries(new URLSearchParams(await text(request)));
  requests.push({ authorization: String(request.headers.authorization), form });
  response.writeHead(answer.status, { "Content-Type": "text/xml" }).end(answer.xml);
});

const options = { region: "eu-west-1", credentials: { accessKeyId: "server", secretAccessKey: "local" } };
let aws: { readonly cloudwatch: string; readonly autoscaling: string };
beforeAll(async () => {
  await new Promise<void>((resolve) => autoScaling.listen(0, "127.0.0.1", resolve));
  const { port } = autoScaling.address() as AddressInfo;
  const { AWS_ENDPOINT_URL: endpoint = "" } = await cloudWatch.start();
  aws = {
    cloudwatch: installAwsCli(join(folder, "cloudwatch"), { ...options, endpoint }),
    autoscaling: installAwsCli(join(folder, "autoscaling"), { ...options, endpoint: `http://127.0.0.1:${port}` }),
  };
});
afterAll(async () => {
  autoScaling.close();
  await cloudWatch.stop();
  rmSync(folder, { recursive: true });
});
beforeEach(() => {
  requests.length = 0;
  cloudWatch.reset();
  answer = { status: 200, xml: "<ExecutePolicyResponse/>" };
});

/** Calls it with nothing else in its environment, as a machine's unit would. */
function call(command: string, ...args: string[]) {
  return new Promise<{ status: number; stdout: string; stderr: string }>((resolve) => {
    const child = execFile(command, args, { env: { AWS_MAX_ATTEMPTS: "1" } }, (_error, stdout, stderr) =>
      resolve({ status: child.exitCode ?? -1, stdout, stderr }),
    );
  });
}
const execute = (...args: string[]) =>
  call(aws.autoscaling, "autoscaling", "execute-policy", "--cli-input-json", '{"PolicyName":"more"}', ...args);

test("an operation without output is silent, and goes to the Region asked for with the credentials given", async () => {
  expect(await execute("--region", "us-west-2")).toEqual({ status: 0, stdout: "", stderr: "" });
  expect(requests[0]?.form).toMatchObject({ Action: "ExecutePolicy", PolicyName: "more" });
  expect(requests[0]?.authorization).toMatch(/Credential=server\/\d+\/us-west-2\/autoscaling\//);

  await execute();
  expect(requests[1]?.authorization).toContain("/eu-west-1/autoscaling/");
});

test("input may lie in a file, and its times are text as in the AWS CLI", async () => {
  cloudWatch.on("PutMetricData", () => ({}));
  const datum = { MetricName: "Connections", Value: 3, Timestamp: "2030-01-01T00:00:00.000Z" };
  writeFileSync(join(folder, "input.json"), JSON.stringify({ Namespace: "Test", MetricData: [datum] }));

  const words = ["cloudwatch", "put-metric-data", "--cli-input-json", `file://${join(folder, "input.json")}`];
  expect(await call(aws.cloudwatch, ...words)).toEqual({ status: 0, stdout: "", stderr: "" });
  const Timestamp = Date.parse(datum.Timestamp) / 1000;
  expect(cloudWatch.calls[0]?.input).toEqual({ Namespace: "Test", MetricData: [{ ...datum, Timestamp }] });
});

test("output is printed as JSON", async () => {
  cloudWatch.on("ListMetrics", () => ({ Metrics: [{ Namespace: "Test" }] }));

  const { stdout } = await call(aws.cloudwatch, "cloudwatch", "list-metrics");
  expect(JSON.parse(stdout)).toEqual({ Metrics: [{ Namespace: "Test" }] });
});

test("the password to a registry is printed bare, as docker login reads it", async () => {
  const authorizationToken = Buffer.from("AWS:the:password").toString("base64");
  cloudWatch.on("GetAuthorizationToken", () => ({ authorizationData: [{ authorizationToken }] }));

  const { stdout } = await call(aws.cloudwatch, "ecr", "get-login-password");
  expect(stdout).toBe("the:password\n");
});

test("a refusal of the service reads as the AWS CLI prints it, with status 254", async () => {
  const error =
    "<Error><Code>ScalingActivityInProgress</Code><Message>A scaling activity is in progress</Message></Error>";
  answer = { status: 400, xml: `<ErrorResponse>${error}</ErrorResponse>` };

  expect(await execute()).toEqual({
    status: 254,
    stdout: "",
    stderr:
      "\nAn error occurred (ScalingActivityInProgress) when calling the ExecutePolicy operation: A scaling activity is in progress\n",
  });
});

test("an endpoint that does not answer is status 255", async () => {
  const nowhere = installAwsCli(join(folder, "nowhere"), { ...options, endpoint: "http://127.0.0.1:1" });

  expect(await call(nowhere, "cloudwatch", "list-metrics")).toMatchObject({
    status: 255,
    stderr: expect.stringContaining("ECONNREFUSED"),
  });
});

test("what it does not know is refused with status 252, and calls nothing", async () => {
  const put = ["cloudwatch", "put-metric-data"];
  expect(await call(aws.cloudwatch, "s3", "ls")).toMatchObject({
    status: 252,
    stderr: expect.stringContaining("s3 ls"),
  });
  expect((await call(aws.cloudwatch, "cloudwatch", "put-metrics")).status).toBe(252);
  expect((await call(aws.cloudwatch, ...put, "--namespace", "Test")).stderr).toContain("--namespace");
  expect((await call(aws.cloudwatch, ...put, "--cli-input-json", "{")).status).toBe(252);
  expect((await call(aws.cloudwatch, ...put, "--cli-input-json", "file:///nowhere")).status).toBe(252);
  expect(cloudWatch.calls).toEqual([]);
});
