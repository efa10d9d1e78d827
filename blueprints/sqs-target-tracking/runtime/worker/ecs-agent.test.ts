import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { EcsAgent } from "./ecs-agent";

let answer = "";
const requests: string[] = [];
const server = createServer(async (request, response) => {
  const body = (await request.toArray()).join("");
  requests.push(`${request.method} ${request.url} ${request.headers["content-type"]} ${body}`);
  response.end(answer);
});
let agent: EcsAgent;
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  agent = new EcsAgent(`http://127.0.0.1:${(server.address() as AddressInfo).port}/api/c1`);
});
beforeEach(() => requests.splice(0));
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

test("the agent is asked for its task as its API wants it", async () => {
  for (const enabled of [true, false]) {
    answer = JSON.stringify({ protection: { ProtectionEnabled: enabled, TaskArn: "arn", ExpirationDate: null } });
    await agent.protect(enabled, 20);
  }
  const put = "PUT /api/c1/task-protection/v1/state application/json";
  expect(requests).toEqual([
    `${put} {"ProtectionEnabled":true,"ExpiresInMinutes":20}`,
    `${put} {"ProtectionEnabled":false}`,
  ]);
});

test.each([
  ['{"failure": {"Arn": "arn", "Detail": null, "Reason": "DEPLOYMENT_BLOCKED"}}', "DEPLOYMENT_BLOCKED"],
  ['{"error": {"Arn": "arn", "Code": "AccessDeniedException", "Message": "no"}}', "AccessDeniedException: no"],
  [
    '{"protection": {"ProtectionEnabled": false}}',
    'the agent answers 200 {"protection": {"ProtectionEnabled": false}}',
  ],
  ["404 page not found", "the agent answers 200 404 page not found"],
  ["null", "the agent answers 200 null"],
])("an agent that answers %s has not protected the task", async (given, reason) => {
  answer = given;
  await expect(agent.protect(true, 20)).rejects.toThrow(new Error(reason));
});
