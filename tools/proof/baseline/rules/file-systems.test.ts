import { policy, resources, testRules } from "./examples";
import { fileSystemRules } from "./file-systems";

const efs = (attributes: object, others: Record<string, object> = {}) =>
  resources({ "aws_efs_file_system.home": attributes, ...others });
const ofHome = { file_system_id: "${aws_efs_file_system.home.id}" };
const accessPoint = (attributes: object) => resources({ "aws_efs_access_point.jenkins": attributes });
const posix_user = { uid: 1000, gid: 1000 };
const root_directory = { path: "/jenkins" };
const mounted = (others: Record<string, object>, security_groups: unknown = ["${aws_security_group.efs.id}"]) =>
  resources({ "aws_efs_mount_target.a": { ...ofHome, security_groups }, "aws_security_group.efs": {}, ...others });
const nfs = {
  security_group_id: "${aws_security_group.efs.id}",
  ip_protocol: "tcp",
  from_port: 2049,
  to_port: 2049,
  referenced_security_group_id: "${aws_security_group.app.id}",
};
const withPolicy = (...statements: object[]) =>
  efs({}, { "aws_efs_file_system_policy.p": { ...ofHome, policy: policy(...statements) } });
const tlsOnly = {
  Effect: "Deny",
  Principal: { AWS: "*" },
  Action: "elasticfilesystem:Client*",
  Resource: "${aws_efs_file_system.home.arn}",
  Condition: { Bool: { "aws:SecureTransport": "false" } },
};
const everybody = { Effect: "Allow", Principal: "*", Action: ["elasticfilesystem:ClientMount"] };

testRules(fileSystemRules, {
  "30": {
    violating: {
      "the default": [efs({}), /^aws_efs_file_system.home is not encrypted/],
      "a file system that says so": [efs({ encrypted: "false" }), /is not encrypted/],
    },
    conforming: { "an encrypted one": efs({ encrypted: true }) },
  },
  "31": {
    violating: {
      "no backup": [efs({}), /^aws_efs_file_system.home is not backed up/],
      "backups that are switched off": [
        efs({}, { "aws_efs_backup_policy.b": { ...ofHome, backup_policy: { status: "DISABLED" } } }),
        /is not backed up/,
      ],
      "another's backup": [
        efs(
          {},
          {
            "aws_efs_backup_policy.b": {
              file_system_id: "${aws_efs_file_system.home-2.id}",
              backup_policy: { status: "ENABLED" },
            },
          },
        ),
        /is not backed up/,
      ],
      "a selection that leaves it out": [
        efs(
          {},
          {
            "aws_backup_selection.s": {
              resources: ["arn:aws:elasticfilesystem:*:*:file-system/*"],
              not_resources: ["${aws_efs_file_system.home.arn}"],
            },
          },
        ),
        /is not backed up/,
      ],
    },
    conforming: {
      "automatic backups": efs(
        {},
        { "aws_efs_backup_policy.b": { ...ofHome, backup_policy: [{ status: "ENABLED" }] } },
      ),
      "a plan's selection": efs({}, { "aws_backup_selection.s": { resources: ["${aws_efs_file_system.home.arn}"] } }),
    },
  },
  "32": {
    violating: {
      "no user": [accessPoint({ root_directory }), /^aws_efs_access_point.jenkins lets its client say who it is/],
      "no folder": [accessPoint({ posix_user }), /^aws_efs_access_point.jenkins shows the whole file system/],
      "the root as its folder": [accessPoint({ posix_user, root_directory: [{ path: "/" }] }), /shows the whole/],
      "a folder that is made, without a path": [
        accessPoint({ posix_user, root_directory: { creation_info: { owner_uid: 1000 } } }),
        /shows the whole/,
      ],
    },
    conforming: { "a user and a folder": accessPoint({ posix_user: [posix_user], root_directory: [root_directory] }) },
  },
  "33": {
    violating: {
      "no group": [
        resources({ "aws_efs_mount_target.a": ofHome }),
        /^aws_efs_mount_target.a has the VPC's default security group/,
      ],
      "a group from elsewhere": [mounted({}, ["${aws_security_group.efs.id}", "sg-1"]), /from elsewhere, unseen/],
      "a range of addresses": [
        mounted({
          "aws_vpc_security_group_ingress_rule.in": {
            ...nfs,
            referenced_security_group_id: undefined,
            cidr_ipv4: "10.0.0.0/16",
          },
        }),
        /^aws_vpc_security_group_ingress_rule.in opens aws_efs_mount_target.a to more than a security group/,
      ],
      "another port": [
        mounted({ "aws_vpc_security_group_ingress_rule.in": { ...nfs, from_port: 111 } }),
        /opens aws_efs_mount_target.a/,
      ],
      "all protocols": [
        mounted({ "aws_vpc_security_group_ingress_rule.in": { ...nfs, ip_protocol: "-1" } }),
        /opens aws_efs_mount_target.a/,
      ],
      "addresses beside a group, inline": [
        resources({
          "aws_efs_mount_target.a": { ...ofHome, security_groups: ["${aws_security_group.efs.id}"] },
          "aws_security_group.efs": {
            ingress: [
              {
                protocol: "tcp",
                from_port: 2049,
                to_port: 2049,
                security_groups: ["${aws_security_group.app.id}"],
                cidr_blocks: ["10.0.0.0/16"],
              },
            ],
          },
        }),
        /^aws_security_group.efs opens/,
      ],
      "a prefix list, by a rule of the older kind": [
        mounted({
          "aws_security_group_rule.in": {
            type: "ingress",
            security_group_id: "${aws_security_group.efs.id}",
            protocol: "tcp",
            from_port: 2049,
            to_port: 2049,
            prefix_list_ids: ["pl-1"],
          },
        }),
        /^aws_security_group_rule.in opens/,
      ],
    },
    conforming: {
      "NFS from a group, and anything of another group": mounted({
        "aws_vpc_security_group_ingress_rule.in": nfs,
        "aws_vpc_security_group_ingress_rule.other": { security_group_id: "${aws_security_group.app.id}" },
        "aws_vpc_security_group_egress_rule.out": { security_group_id: "${aws_security_group.efs.id}" },
      }),
      "NFS inline, from a group and from itself": resources({
        "aws_efs_mount_target.a": { ...ofHome, security_groups: ["${aws_security_group.efs.id}"] },
        "aws_security_group.efs": {
          ingress: [
            { protocol: "tcp", from_port: 2049, to_port: 2049, security_groups: ["${aws_security_group.app.id}"] },
            { protocol: "tcp", from_port: 2049, to_port: 2049, self: true, cidr_blocks: [] },
          ],
        },
      }),
      "a group that lets nobody in": mounted({}),
    },
  },
  "34.tls": {
    violating: {
      "no policy": [efs({}), /^aws_efs_file_system.home takes requests without TLS/],
      "another's policy": [
        efs(
          {},
          {
            "aws_efs_file_system_policy.p": {
              file_system_id: "${aws_efs_file_system.other.id}",
              policy: policy(tlsOnly),
            },
          },
        ),
        /takes requests without TLS/,
      ],
      "a denial of writing only": [
        withPolicy({ ...tlsOnly, Action: "elasticfilesystem:ClientWrite" }),
        /takes requests without TLS/,
      ],
      "a denial for one role only": [
        withPolicy({ ...tlsOnly, Principal: { AWS: "${aws_iam_role.r.arn}" } }),
        /takes requests without TLS/,
      ],
      "a permission where there is TLS": [
        withPolicy({ ...tlsOnly, Effect: "Allow", Condition: { Bool: { "aws:SecureTransport": "true" } } }),
        /takes requests without TLS/,
      ],
    },
    conforming: {
      "a denial where there is none": withPolicy(tlsOnly),
      "a denial of everything, by a data source": {
        ...efs({}, { "aws_efs_file_system_policy.p": { ...ofHome, policy: "${data.aws_iam_policy_document.p.json}" } }),
        data: {
          aws_iam_policy_document: {
            p: {
              statement: [
                {
                  effect: "Deny",
                  actions: ["*"],
                  principals: [{ type: "*", identifiers: ["*"] }],
                  condition: [{ test: "Bool", variable: "aws:SecureTransport", values: ["false"] }],
                },
              ],
            },
          },
        },
      },
    },
  },
  "34.anonymous": {
    violating: {
      "no policy": [efs({}), /^aws_efs_file_system.home is open to clients that do not say who they are/],
      everybody: [withPolicy(tlsOnly, everybody), /is open to clients/],
      "everybody who comes by a mount target": [
        withPolicy({
          ...everybody,
          Condition: { Bool: { "elasticfilesystem:AccessedViaMountTarget": "true" } },
        }),
        /is open to clients/,
      ],
      "everybody who comes by an access point": [
        withPolicy({
          ...everybody,
          Condition: { StringEquals: { "elasticfilesystem:AccessPointArn": "${aws_efs_access_point.a.arn}" } },
        }),
        /is open to clients/,
      ],
    },
    conforming: {
      "a policy that only denies": withPolicy(tlsOnly),
      "a role": withPolicy({ ...everybody, Principal: { AWS: "${aws_iam_role.r.arn}" } }),
      "everybody of this account": withPolicy({
        ...everybody,
        Condition: { StringEquals: { "aws:PrincipalAccount": "${data.aws_caller_identity.c.account_id}" } },
      }),
    },
  },
});
