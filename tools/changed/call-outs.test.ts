import { type Attributes, Template } from "../../shared/testing/template";
import { callOutsOf } from "./call-outs";

/** Resources by type, each under the name `a`, or several by name. */
const stack = (resource: Attributes) => Template.of({ resource });
const told = async (before: Attributes | undefined, after: Attributes) =>
  (await callOutsOf(before && stack(before), stack(after))).map(
    ({ effect, address, what, attention }) =>
      `${effect} ${address} ${what}${attention.map((one) => ` ! ${one}`).join("")}`,
  );

const group = { aws_security_group: { web: { name: "web" }, db: { name: "db" } } };
const ingress = (rule: Attributes) => ({
  ...group,
  aws_vpc_security_group_ingress_rule: {
    one: { security_group_id: "${aws_security_group.web.id}", from_port: 22, to_port: 22, ip_protocol: "tcp", ...rule },
  },
});

describe("security groups", () => {
  test("a range that is let in is told with its port, and the whole internet is worth a look", async () => {
    expect(await told(ingress({ cidr_ipv4: "10.0.0.0/8" }), ingress({ cidr_ipv4: "0.0.0.0/0" }))).toEqual([
      "opens aws_security_group.web now lets in 0.0.0.0/0 on tcp 22 ! the whole internet",
      "closes aws_security_group.web no longer lets in 10.0.0.0/8 on tcp 22",
    ]);
  });

  test("a group that is let in is told by its address", async () => {
    expect(await told(group, ingress({ referenced_security_group_id: "${aws_security_group.db.id}" }))).toEqual([
      "opens aws_security_group.web now lets in aws_security_group.db on tcp 22",
    ]);
  });

  test("the same rule written inside the group is no change", async () => {
    const inline = {
      aws_security_group: {
        ...group.aws_security_group,
        web: {
          name: "web",
          ingress: [{ from_port: 22, to_port: 22, protocol: "tcp", cidr_blocks: ["10.0.0.0/8"] }],
        },
      },
    };
    expect(await told(ingress({ cidr_ipv4: "10.0.0.0/8" }), inline)).toEqual([]);
  });

  test("a way out on every port is told", async () => {
    const egress = {
      ...group,
      aws_vpc_security_group_egress_rule: {
        one: { security_group_id: "${aws_security_group.web.id}", cidr_ipv4: "0.0.0.0/0", ip_protocol: "-1" },
      },
    };
    expect(await told(group, egress)).toEqual([
      "opens aws_security_group.web now lets out to 0.0.0.0/0 on every protocol and port ! the whole internet",
    ]);
  });
});

const acl = (...rules: Attributes[]) => ({
  aws_network_acl: { a: {} },
  aws_network_acl_rule: Object.fromEntries(
    rules.map((rule, index) => [
      `rule${index}`,
      { network_acl_id: "${aws_network_acl.a.id}", rule_number: 100 + index, protocol: "tcp", ...rule },
    ]),
  ),
});
const ssh = { from_port: 22, to_port: 22, cidr_block: "0.0.0.0/0" };

test.each([
  [
    "a network ACL allows",
    acl(),
    acl({ rule_action: "allow", ...ssh }),
    "opens aws_network_acl.a now lets in 0.0.0.0/0 on tcp 22 (rule 100) ! the whole internet",
  ],
  [
    "a network ACL denies no longer",
    acl({ rule_action: "deny", ...ssh }),
    acl(),
    "opens aws_network_acl.a no longer denies what it otherwise lets in 0.0.0.0/0 on tcp 22 (rule 100) ! the whole internet",
  ],
  [
    "a load balancer is not internal any more",
    { aws_lb: { a: { internal: true } } },
    { aws_lb: { a: {} } },
    "opens aws_lb.a is now internet-facing ! the whole internet",
  ],
  [
    "a launch template gives public addresses",
    { aws_launch_template: { a: { network_interfaces: [{ associate_public_ip_address: "false" }] } } },
    { aws_launch_template: { a: { network_interfaces: [{ associate_public_ip_address: "true" }] } } },
    "opens aws_launch_template.a now gives its machines public addresses ! the whole internet",
  ],
  [
    "a route to the internet makes a subnet public",
    {
      aws_internet_gateway: { gate: {} },
      aws_subnet: { a: {} },
      aws_route_table: { table: {} },
      aws_route_table_association: {
        one: { subnet_id: "${aws_subnet.a.id}", route_table_id: "${aws_route_table.table.id}" },
      },
    },
    {
      aws_internet_gateway: { gate: {} },
      aws_subnet: { a: {} },
      aws_route_table: { table: {} },
      aws_route_table_association: {
        one: { subnet_id: "${aws_subnet.a.id}", route_table_id: "${aws_route_table.table.id}" },
      },
      aws_route: {
        out: { route_table_id: "${aws_route_table.table.id}", gateway_id: "${aws_internet_gateway.gate.id}" },
      },
    },
    "opens aws_subnet.a now has a route to the internet gateway",
  ],
  [
    "a function gets a URL that asks nobody",
    { aws_lambda_function: { a: { function_name: "a" } } },
    {
      aws_lambda_function: { a: { function_name: "a" } },
      aws_lambda_function_url: {
        a: { function_name: "${aws_lambda_function.a.function_name}", authorization_type: "NONE" },
      },
    },
    "opens aws_lambda_function.a now has a URL in the internet, with the authorisation NONE ! everybody",
  ],
  [
    "a service may call a function on behalf of anybody",
    { aws_lambda_function: { a: { function_name: "a" } } },
    {
      aws_lambda_function: { a: { function_name: "a" } },
      aws_lambda_permission: {
        p: { function_name: "a", action: "lambda:InvokeFunction", principal: "s3.amazonaws.com" },
      },
    },
    "opens aws_lambda_function.a now lets s3.amazonaws.com lambda:InvokeFunction ! from any account: it names no source",
  ],
  [
    "a method asks nobody any more",
    { aws_api_gateway_method: { a: { http_method: "GET", authorization: "AWS_IAM" } } },
    { aws_api_gateway_method: { a: { http_method: "GET", authorization: "NONE" } } },
    "opens aws_api_gateway_method.a now answers GET without authorisation (NONE) ! everybody",
  ],
  [
    "a public access block is weaker",
    {
      aws_s3_bucket: { a: {} },
      aws_s3_bucket_public_access_block: { b: { bucket: "${aws_s3_bucket.a.id}", block_public_policy: true } },
    },
    {
      aws_s3_bucket: { a: {} },
      aws_s3_bucket_public_access_block: { b: { bucket: "${aws_s3_bucket.a.id}", block_public_policy: false } },
    },
    "opens aws_s3_bucket.a no longer refuses a public bucket policy ! public access block weakened",
  ],
  [
    "a role gets a policy of AWS's",
    { aws_iam_role: { a: { name: "a", assume_role_policy: '{"Statement":[]}' } } },
    {
      aws_iam_role: { a: { name: "a", assume_role_policy: '{"Statement":[]}' } },
      aws_iam_role_policy_attachment: { x: { role: "a", policy_arn: "arn:aws:iam::aws:policy/AdministratorAccess" } },
    },
    "opens aws_iam_role.a now has the policy arn:aws:iam::aws:policy/AdministratorAccess ! a policy of AWS's, which AWS may widen",
  ],
  [
    "a role is held by no boundary any more",
    { aws_iam_role: { a: { assume_role_policy: '{"Statement":[]}', permissions_boundary: "arn:b" } } },
    { aws_iam_role: { a: { assume_role_policy: '{"Statement":[]}' } } },
    "opens aws_iam_role.a is no longer held within the boundary arn:b ! permissions boundary weakened",
  ],
])("%s", async (_, before, after, expected) => {
  expect(await told(before, after)).toEqual([expected]);
  // The other way round nothing opens.
  for (const line of await told(after, before)) expect(line).toMatch(/^closes .*[^!]*$/);
  expect(await told(after, after)).toEqual([]);
});

test("a bucket that is removed together with its public access block opens nothing", async () => {
  const before = {
    aws_s3_bucket: { a: {} },
    aws_s3_bucket_public_access_block: { b: { bucket: "${aws_s3_bucket.a.id}", block_public_policy: true } },
  };
  expect(await told(before, {})).toEqual([]);
});

test("of a new stack everything is new, and what deserves a look comes first", async () => {
  const after = { ...ingress({ cidr_ipv4: "10.0.0.0/8" }), aws_lb: { a: { internal: false } } };
  expect(await told(undefined, after)).toEqual([
    "opens aws_lb.a is now internet-facing ! the whole internet",
    "opens aws_security_group.web now lets in 10.0.0.0/8 on tcp 22",
  ]);
});
