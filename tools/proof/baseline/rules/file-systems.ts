import { blocks, type PolicyStatement } from "../../../../shared/testing/policy-document";
import { refersTo } from "../../../../shared/testing/references";
import type { Attributes, Resource, Template } from "../../../../shared/testing/template";
import { matchesAction } from "../../../../shared/testing/wildcard";
import { deniesWithoutTls, isPublic, limitingConditionKeys, resourcePolicies } from "../policies";
import type { Finding, Rule } from "../rule";
import { findingsFor, isTrue } from "./findings";
import { groupRules, onlyPort, rangesOf } from "./security-groups";

const NFS_PORT = 2049;
/** Without it nothing can be read or written. */
const MOUNT = "elasticfilesystem:ClientMount";

export const fileSystemRules: readonly Rule[] = [
  {
    id: "30",
    title: "every file system is encrypted",
    source: "EFS.1, EFS.8, CKV_AWS_42, AWS-0037; a key of the stack's own is an option (CKV_AWS_184)",
    check: (template) =>
      findingsFor(
        fileSystems(template),
        ({ encrypted }) => !isTrue(encrypted),
        "is not encrypted",
        "set encrypted to true; it cannot be added later",
      ),
  },
  {
    id: "31",
    title: "every file system is backed up",
    source: "EFS.2, EFS.7, CKV2_AWS_18",
    check: (template) => {
      const automatic = template
        .resources("aws_efs_backup_policy")
        .filter(({ attributes }) => blocks<Attributes>(attributes.backup_policy)[0]?.status === "ENABLED")
        .map(({ attributes }) => attributes.file_system_id);
      const selected = template.resources("aws_backup_selection").map(({ attributes }) => attributes.resources);
      return findingsFor(
        fileSystems(template),
        (_, { address }) => !refersTo([automatic, selected], address),
        "is not backed up",
        'add an aws_efs_backup_policy with the status "ENABLED", or name its ARN in an aws_backup_selection',
      );
    },
  },
  {
    id: "32",
    title: "an access point decides who its user is, and shows a folder of the file system only",
    source: "EFS.3, EFS.4, CKV_AWS_329, CKV_AWS_330",
    check: (template) => {
      const points = template.resources("aws_efs_access_point");
      return [
        ...findingsFor(
          points,
          ({ posix_user }) => blocks(posix_user).length === 0,
          "lets its client say who it is",
          "set posix_user",
        ),
        ...findingsFor(
          points,
          // Left out, it is the whole.
          ({ root_directory }) => /^\/*$/.test(blocks<Attributes>(root_directory)[0]?.path ?? "/"),
          "shows the whole file system",
          "set root_directory.path to a folder",
        ),
      ];
    },
  },
  {
    id: "33",
    title: "a mount target is open on NFS's port only, and to security groups only",
    source: "practice: a range of addresses names no client; EFS.6 for subnets is rule 3",
    check: (template) =>
      template.resources("aws_efs_mount_target").flatMap((target) => mountFindings(template, target)),
  },
  {
    id: "34.tls",
    title: "every file system refuses requests without TLS",
    source: "practice: NFS itself encrypts nothing",
    check: (template) =>
      findingsFor(
        fileSystems(template),
        (_, fileSystem) => {
          const statements = statementsOn(template, fileSystem);
          return !statements.some((statement) => deniesWithoutTls(statement, (action) => matchesAction(action, MOUNT)));
        },
        "takes requests without TLS",
        "add a file system policy that denies elasticfilesystem:* to * where aws:SecureTransport is false",
      ),
  },
  {
    id: "34.anonymous",
    title: "no file system is open to clients that do not say who they are",
    source: "practice: without a policy whoever reaches a mount target may read and write; so may `*` in a policy",
    check: (template) =>
      findingsFor(
        fileSystems(template),
        (_, fileSystem) => {
          const statements = statementsOn(template, fileSystem);
          return statements.length === 0 || statements.some(allowsAnonymous);
        },
        "is open to clients that do not say who they are",
        "add a file system policy that allows roles, or * with a condition on aws:PrincipalArn or aws:PrincipalAccount",
      ),
  },
];

function fileSystems(template: Template): Resource[] {
  return template.resources("aws_efs_file_system");
}

function mountFindings(template: Template, { address, attributes }: Resource): Finding[] {
  const mend = "give it a security group of this stack that lets in other groups on port 2049";
  const given = blocks<unknown>(attributes.security_groups);
  if (given.length === 0) return [{ address, what: "has the VPC's default security group", mend }];
  const groups = template.resources("aws_security_group");
  const known = groups.filter((group) => refersTo(given, group.address));
  if (given.some((id) => !known.some((group) => refersTo(id, group.address)))) {
    return [{ address, what: "has a security group from elsewhere, unseen here", mend }];
  }
  return groupRules(template, "ingress")
    .filter(({ group }) => known.some((its) => refersTo(group, its.address)))
    .filter(({ rule }) => onlyPort(rule) !== NFS_PORT || !isFromGroup(rule))
    .map((opening) => ({
      address: opening.address,
      what: `opens ${address} to more than a security group on port ${NFS_PORT}`,
      mend: "let in a security group, on port 2049",
    }));
}

function isFromGroup(rule: Attributes): boolean {
  const { referenced_security_group_id, source_security_group_id, security_groups, self } = rule;
  const lists = [rule.prefix_list_id, rule.prefix_list_ids].flatMap((ids) => blocks<unknown>(ids));
  const groups = [referenced_security_group_id, source_security_group_id, security_groups].flatMap((ids) =>
    blocks<unknown>(ids),
  );
  return rangesOf(rule).length + lists.length === 0 && (groups.length > 0 || isTrue(self));
}

function statementsOn(template: Template, fileSystem: Resource): PolicyStatement[] {
  const type = "aws_efs_file_system_policy";
  const own = template
    .resources(type)
    .filter(({ attributes }) => refersTo(attributes.file_system_id, fileSystem.address))
    .map(({ address }) => address);
  return resourcePolicies(template, type)
    .filter(({ address }) => own.includes(address))
    .flatMap(({ statements }) => statements);
}

/** That a client comes by a mount target or an access point says where it comes from, not who it is. */
function allowsAnonymous(statement: PolicyStatement): boolean {
  return (
    statement.Effect === "Allow" &&
    isPublic(statement) &&
    !limitingConditionKeys(statement).some((key) => key.startsWith("aws:principal"))
  );
}
