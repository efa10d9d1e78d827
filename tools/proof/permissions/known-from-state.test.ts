import { knownFromState } from "./known-from-state";

const environment = { partition: "aws", region: "us-east-1", account: "111122223333" };
const known = (...deployed: Parameters<typeof knownFromState>[0]) => knownFromState(deployed, environment);

test("a resource is known by its ARN, with all its tags", () => {
  expect(known({ type: "aws_vpc", values: { arn: "arn:v", id: "vpc-1", tags_all: { Stack: "jobs" } } })).toEqual([
    { arn: "arn:v", tags: { Stack: "jobs" } },
  ]);
});

test("a NAT gateway and the disk of an instance, of which the state has no ARN, get the one that AWS gives them", () => {
  const disk = { volume_id: "vol-1", tags_all: { Stack: "jobs" } };
  expect(
    known(
      { type: "aws_nat_gateway", values: { id: "nat-1", tags_all: {} } },
      { type: "aws_instance", values: { arn: "arn:i", root_block_device: [disk] } },
    ),
  ).toEqual([
    { arn: "arn:aws:ec2:us-east-1:111122223333:natgateway/nat-1", tags: {} },
    { arn: "arn:i", tags: {} },
    { arn: "arn:aws:ec2:us-east-1:111122223333:volume/vol-1", tags: { Stack: "jobs" } },
  ]);
});

test.each([
  [
    "a mount target, for its file system",
    { type: "aws_efs_mount_target", values: { id: "fsmt-1", file_system_arn: "arn:fs" } },
    { name: "fsmt-1", arn: "arn:fs" },
  ],
  [
    "an alias, for its key",
    { type: "aws_kms_alias", values: { name: "alias/a", target_key_arn: "arn:key" } },
    { name: "alias/a", arn: "arn:key" },
  ],
  [
    "a scalable target, for itself",
    {
      type: "aws_appautoscaling_target",
      values: { arn: "arn:t", service_namespace: "ecs", resource_id: "service/c/s", scalable_dimension: "d" },
    },
    { name: "ecs service/c/s d", arn: "arn:t" },
  ],
])("calls name %s", (_, resource, named) => {
  expect(known(resource)).toContainEqual(named);
});

test("an association stands for the table whose id the state has", () => {
  const table = { type: "aws_route_table", values: { arn: "arn:aws:ec2:us-east-1:1:route-table/rtb-1", id: "rtb-1" } };
  const association = { type: "aws_route_table_association", values: { id: "rtbassoc-1", route_table_id: "rtb-1" } };
  expect(known(table, association)).toContainEqual({ name: "rtbassoc-1", arn: table.values.arn });
});
