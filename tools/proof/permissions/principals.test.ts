import { rolesOfCode, workersByRole } from "./principals";

const role = (roleName: string, ...services: string[]) => ({
  roleName,
  trust: JSON.stringify({
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Principal: { Service: services }, Action: "sts:AssumeRole" }],
  }),
});
const arn = (name: string) => `arn:aws:iam::123456789012:role/path/${name}`;

test("code works with the roles of functions, builds and tasks, not with those of other services", () => {
  const roles = [
    role("function", "lambda.amazonaws.com"),
    role("build", "codebuild.amazonaws.com"),
    role("task", "ecs-tasks.amazonaws.com"),
    role("pipeline", "codepipeline.amazonaws.com"),
    role("machine", "ec2.amazonaws.com"),
  ];
  expect(rolesOfCode(roles, [])).toEqual(["function", "build", "task"]);
});

test("a role with which ECS starts tasks is no role of code, unless the tasks have it as well", () => {
  const roles = [role("task", "ecs-tasks.amazonaws.com"), role("start", "ecs-tasks.amazonaws.com")];
  const definition = { taskRoleArn: arn("task"), executionRoleArn: arn("start") };
  expect(rolesOfCode(roles, [definition])).toEqual(["task"]);
  expect(rolesOfCode(roles, [definition, { taskRoleArn: arn("start") }])).toEqual(["task", "start"]);
});

test("all who work with one role are taken together, each once", () => {
  expect(
    workersByRole([
      { principal: "producer", roleName: "a" },
      { principal: "worker", roleName: "b" },
      { principal: "other", roleName: "a" },
      { principal: "worker", roleName: "b" },
    ]),
  ).toEqual([
    { roleName: "a", principals: ["producer", "other"] },
    { roleName: "b", principals: ["worker"] },
  ]);
});
