import { blocks } from "../../../../shared/testing/policy-document";
import type { Attributes, Resource, Template } from "../../../../shared/testing/template";
import type { Rule } from "../rule";
import { findingsFor, isFalse, isTrue } from "./findings";

const INSTANCE = "aws_db_instance";
const CLUSTER = "aws_rds_cluster";
const CLUSTER_INSTANCE = "aws_rds_cluster_instance";

export const databaseRules: readonly Rule[] = [
  {
    id: "57.encryption",
    title: "every database is encrypted",
    source: "RDS.3",
    check: (template) =>
      findingsFor(
        originals(template, INSTANCE, CLUSTER),
        ({ storage_encrypted }) => !isTrue(storage_encrypted),
        "is not encrypted",
        "set storage_encrypted to true; it cannot be added later",
      ),
  },
  {
    id: "57.public",
    title: "no database has a public address",
    source: "RDS.2",
    check: (template) =>
      findingsFor(
        databases(template, INSTANCE, CLUSTER_INSTANCE),
        ({ publicly_accessible = false }) => publicly_accessible !== null && !isFalse(publicly_accessible),
        "may have a public address",
        "set publicly_accessible to false",
      ),
  },
  {
    id: "57.zones",
    title: "a database survives the loss of an Availability Zone",
    source: "RDS.5",
    check: (template) =>
      findingsFor(
        originals(template, INSTANCE),
        ({ multi_az }) => !isTrue(multi_az),
        "is in one zone",
        "set multi_az to true",
      ),
  },
  {
    id: "57.deletion",
    title: "no database can be deleted in passing",
    source: "RDS.7, RDS.8",
    check: (template) =>
      findingsFor(
        databases(template, INSTANCE, CLUSTER),
        ({ deletion_protection }) => !isTrue(deletion_protection),
        "can be deleted",
        "set deletion_protection to true, or declare an exception where the data is not to be retained",
      ),
  },
  {
    id: "57.backup",
    title: "a database can be restored to any minute of a week at least",
    source: "RDS.11",
    check: (template) =>
      findingsFor(
        originals(template, INSTANCE, CLUSTER),
        ({ backup_retention_period }) => !(Number(backup_retention_period ?? 0) >= 7),
        "keeps backups for less than a week",
        "set backup_retention_period to 7 or more",
      ),
  },
  {
    id: "57.password",
    title: "nobody knows a database's first password, and Secrets Manager rotates it",
    source: "practice: a password in the configuration is in the state in clear text",
    check: (template) =>
      findingsFor(
        originals(template, INSTANCE, CLUSTER),
        ({ manage_master_user_password }) => !isTrue(manage_master_user_password),
        "has its password from somebody",
        "set manage_master_user_password to true",
      ),
  },
  {
    id: "57.sign-in",
    title: "programs sign in to a database by IAM",
    source: "RDS.10, RDS.12",
    check: (template) =>
      findingsFor(
        databases(template, INSTANCE, CLUSTER),
        ({ iam_database_authentication_enabled }) => !isTrue(iam_database_authentication_enabled),
        "knows passwords only",
        "set iam_database_authentication_enabled to true",
      ),
  },
  {
    id: "57.logs",
    title: "a database's logs are kept",
    source: "RDS.9",
    check: (template) =>
      findingsFor(
        databases(template, INSTANCE, CLUSTER),
        ({ enabled_cloudwatch_logs_exports }) => blocks(enabled_cloudwatch_logs_exports).length === 0,
        "keeps its logs to itself",
        "set enabled_cloudwatch_logs_exports",
      ),
  },
  {
    id: "57.upgrades",
    title: "a database takes minor versions, and the fixes in them, by itself",
    source: "RDS.13",
    check: (template) =>
      findingsFor(
        databases(template, INSTANCE, CLUSTER_INSTANCE),
        ({ auto_minor_version_upgrade }) => !isTrue(auto_minor_version_upgrade ?? true),
        "does not take minor versions",
        "remove auto_minor_version_upgrade = false",
      ),
  },
  {
    id: "57.tags",
    title: "a snapshot says whose it is",
    source: "RDS.16, RDS.17",
    check: (template) =>
      findingsFor(
        databases(template, INSTANCE, CLUSTER),
        ({ copy_tags_to_snapshot }) => !isTrue(copy_tags_to_snapshot),
        "has snapshots without tags",
        "set copy_tags_to_snapshot to true",
      ),
  },
];

function databases(template: Template, ...types: string[]): Resource[] {
  return types.flatMap((type) => template.resources(type));
}

/** Without replicas, which take these from the database that they follow. */
function originals(template: Template, ...types: string[]): Resource[] {
  const isReplica = ({ replicate_source_db, replication_source_identifier }: Attributes) =>
    replicate_source_db || replication_source_identifier;
  return databases(template, ...types).filter(({ attributes }) => !isReplica(attributes));
}
