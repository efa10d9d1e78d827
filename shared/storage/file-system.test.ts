import { Token } from "cdktf";
import fc from "fast-check";
import { BlueprintMistakes } from "../blueprint/mistakes";
import { SecurityGroup } from "../network/security-group";
import { Key } from "../security/key";
import { ServiceRole } from "../security/service-role";
import { parsePolicy } from "../testing/policy-document";
import { refersTo } from "../testing/references";
import { Template } from "../testing/template";
import { testNetwork as network } from "../testing/test-network";
import { TestStack } from "../testing/test-stack";
import { FileSystem, type FileSystemProps } from "./file-system";

const required: FileSystemProps = {
  network,
  subnetIds: ["subnet-private-a", "subnet-private-b"],
  uid: 1001,
  gid: 1002,
  path: "/data",
};

function deployed(props: Partial<FileSystemProps> = {}, stack = new TestStack()) {
  const files = new FileSystem(stack, "files", { ...required, ...props });
  return { stack, files, template: Template.of(stack) };
}

function mistakesOf(props: Partial<FileSystemProps>): readonly string[] {
  try {
    deployed(props);
  } catch (error) {
    if (error instanceof BlueprintMistakes) return error.mistakes;
    throw error;
  }
  return [];
}

describe("a file system", () => {
  const { template } = deployed();

  test("is encrypted with a key of its own, elastic, and moves what nobody reads to infrequent access and back", () => {
    const key = template.find("aws_kms_key", { description: "Files of test-files" });
    const { attributes } = template.only("aws_efs_file_system");
    expect(attributes).toMatchObject({
      creation_token: "test-files",
      encrypted: true,
      throughput_mode: "elastic",
      // A block each: EFS refuses one with both.
      lifecycle_policy: [
        { transition_to_ia: "AFTER_30_DAYS" },
        { transition_to_primary_storage_class: "AFTER_1_ACCESS" },
      ],
      tags: { Name: "test-files" },
      lifecycle: { prevent_destroy: true },
    });
    expect(refersTo(attributes.kms_key_id, key.address)).toBe(true);
  });

  test("takes a key and the throughput that it is given", () => {
    const stack = new TestStack();
    const key = new Key(stack, "key", { description: "Everything" });
    const { template: own, files } = deployed({ key, throughput: "bursting" }, stack);
    const { attributes } = own.only("aws_efs_file_system");
    expect(attributes.throughput_mode).toBe("bursting");
    expect(refersTo(attributes.kms_key_id, own.find("aws_kms_key", { description: "Everything" }).address)).toBe(true);
    expect(files.key).toBe(key);
    expect(own.resources("aws_kms_key").map(({ attributes: { description } }) => description)).not.toContain(
      "Files of test-files",
    );
  });

  test("can be destroyed once data are let go of", () => {
    const { template: own } = deployed({}, new TestStack({ retainData: false }));
    expect(own.only("aws_efs_file_system").attributes.lifecycle).toEqual({ prevent_destroy: false });
  });

  test("is backed up by AWS every night, unless a backup plan does it", () => {
    expect(template.only("aws_efs_backup_policy").attributes.backup_policy).toEqual({ status: "ENABLED" });
    expect(deployed({ automaticBackups: false }).template.resourceCount("aws_efs_backup_policy")).toBe(0);
  });

  test("has a mount target in every subnet, made when its policy is in force", () => {
    const targets = template.resources("aws_efs_mount_target");
    const policy = template.only("aws_efs_file_system_policy");
    const group = template.only("aws_security_group");
    expect(targets.map(({ attributes }) => attributes.subnet_id)).toEqual(["subnet-private-a", "subnet-private-b"]);
    for (const { attributes } of targets) {
      expect(attributes.depends_on).toEqual([policy.address]);
      expect(attributes.security_groups).toHaveLength(1);
      expect(refersTo(attributes.security_groups, group.address)).toBe(true);
    }
  });

  test("is open to nobody until a security group is let in, and then for NFS only", () => {
    expect(template.resourceCount("aws_vpc_security_group_ingress_rule")).toBe(0);
    expect(template.resourceCount("aws_vpc_security_group_egress_rule")).toBe(0);
    const { stack, files } = deployed();
    const machines = new SecurityGroup(stack, "machines", { network, description: "Machines" });
    files.allowFrom(machines);
    const rule = { ip_protocol: "tcp", from_port: 2049, to_port: 2049 };
    expect(Template.of(stack).only("aws_vpc_security_group_ingress_rule").attributes).toMatchObject(rule);
    expect(Template.of(stack).only("aws_vpc_security_group_egress_rule").attributes).toMatchObject(rule);
  });

  test("refuses clients without TLS, and allows nothing to anybody that IAM does not", () => {
    const { attributes } = template.only("aws_efs_file_system_policy");
    expect(attributes.bypass_policy_lockout_safety_check).toBeUndefined();
    expect(parsePolicy(attributes.policy)).toEqual([
      {
        Sid: "TlsOnly",
        Effect: "Deny",
        Principal: { AWS: ["*"] },
        Action: [
          "elasticfilesystem:ClientMount",
          "elasticfilesystem:ClientWrite",
          "elasticfilesystem:ClientRootAccess",
        ],
        Resource: [expect.stringMatching(/aws_efs_file_system\.[\w-]+\.arn/)],
        Condition: { Bool: { "aws:SecureTransport": ["false"] } },
      },
    ]);
  });

  test("is one directory and one user to all clients", () => {
    expect(template.only("aws_efs_access_point").attributes).toMatchObject({
      posix_user: { uid: 1001, gid: 1002 },
      root_directory: {
        path: "/data",
        creation_info: { owner_uid: 1001, owner_gid: 1002, permissions: "0750" },
      },
    });
    const { template: own } = deployed({ permissions: "770" });
    expect(own.only("aws_efs_access_point").attributes.root_directory.creation_info.permissions).toBe("770");
  });

  test("lets a role mount its access point, and not as root", () => {
    const { stack, files } = deployed();
    const role = new ServiceRole(stack, "machine", { service: "ec2.amazonaws.com", description: "Machine" });
    files.grantMount(role);
    const own = Template.of(stack);
    expect(own.policyStatements(own.only("aws_iam_role").address)).toEqual([
      {
        Effect: "Allow",
        Action: ["elasticfilesystem:ClientMount", "elasticfilesystem:ClientWrite"],
        Resource: [expect.stringMatching(/aws_efs_file_system\.[\w-]+\.arn/)],
        Condition: {
          StringEquals: {
            "elasticfilesystem:AccessPointArn": [expect.stringMatching(/aws_efs_access_point\.[\w-]+\.arn/)],
          },
        },
      },
    ]);
    expect(stack.uncalledPermissions.map(({ action }) => action)).toEqual([
      "elasticfilesystem:ClientMount",
      "elasticfilesystem:ClientWrite",
    ]);
  });

  test("names its metrics", () => {
    const { files } = deployed();
    expect(files.metric("ClientConnections", "Sum")).toEqual({
      namespace: "AWS/EFS",
      name: "ClientConnections",
      statistic: "Sum",
      dimensions: { FileSystemId: files.fileSystemId },
    });
    expect(Token.isUnresolved(files.fileSystemId)).toBe(true);
  });
});

describe("a file system's props", () => {
  test("are refused all at once, each with what is allowed and how to mend it", () => {
    expect(mistakesOf({ subnetIds: [], uid: 0, gid: 65_535, path: "/", permissions: "rwx" })).toEqual([
      "test: files.subnetIds: must be at least one subnet, each named once, got []; give one subnet of every zone that machines run in",
      "test: files.uid: must be a whole number from 1 to 65534, got 0; take that of the service that writes the files, which is not root",
      "test: files.gid: must be a whole number from 1 to 65534, got 65535; take that of the service that writes the files, which is not root",
      'test: files.path: must be a directory below /, one to four levels deep, of at most 100 characters, got "/"; name it after what it holds, such as /data',
      'test: files.permissions: must be three or four octal digits, got "rwx"; leave it out for "0750"',
    ]);
  });

  test("name no subnet twice", () => {
    expect(mistakesOf({ subnetIds: ["subnet-a", "subnet-a"] })).toEqual([
      expect.stringContaining('got ["subnet-a","subnet-a"]'),
    ]);
  });

  test.each(["data", "/a/b/c/d/e", "//", "/a/", "/.hidden", "/a b$c", "/x*", `/${"x".repeat(100)}`])(
    "refuse the path %s",
    (path) => {
      expect(mistakesOf({ path })).toHaveLength(1);
    },
  );

  test("accept a path of one to four names", () => {
    const name = fc.stringMatching(/^[a-z0-9_-][a-z0-9._-]{0,20}$/);
    fc.assert(
      fc.property(fc.array(name, { minLength: 1, maxLength: 4 }), (names) => {
        expect(mistakesOf({ path: `/${names.join("/")}` })).toEqual([]);
      }),
      { numRuns: 20 },
    );
  });
});
