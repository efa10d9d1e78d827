import { databaseRules } from "./databases";
import { resources, testRules } from "./examples";

const instance = (attributes: object) => resources({ "aws_db_instance.d": attributes });
const cluster = (attributes: object) => resources({ "aws_rds_cluster.c": attributes });
const replica = instance({ replicate_source_db: "${aws_db_instance.d.identifier}" });

testRules(databaseRules, {
  "57.encryption": {
    violating: {
      "an instance, by default": [instance({}), /^aws_db_instance.d is not encrypted/],
      "a cluster that says so": [cluster({ storage_encrypted: false }), /^aws_rds_cluster.c is not encrypted/],
    },
    conforming: {
      "an encrypted instance": instance({ storage_encrypted: true }),
      "a replica, which is as its source is": replica,
    },
  },
  "57.public": {
    violating: {
      "a public instance": [instance({ publicly_accessible: true }), /^aws_db_instance.d may have a public address/],
      "a public instance of a cluster": [
        resources({ "aws_rds_cluster_instance.i": { publicly_accessible: "true" } }),
        /^aws_rds_cluster_instance.i may/,
      ],
    },
    conforming: { "the default": instance({}), "a private one": instance({ publicly_accessible: false }) },
  },
  "57.zones": {
    violating: { "the default": [instance({}), /^aws_db_instance.d is in one zone/] },
    conforming: {
      "a standby": instance({ multi_az: true }),
      "a replica": replica,
      "a cluster, whose storage is in three": cluster({}),
    },
  },
  "57.deletion": {
    violating: {
      "an instance, by default": [instance({}), /^aws_db_instance.d can be deleted/],
      "a cluster that says so": [cluster({ deletion_protection: false }), /^aws_rds_cluster.c can be deleted/],
    },
    conforming: { protection: cluster({ deletion_protection: true }) },
  },
  "57.backup": {
    violating: {
      "an instance, by default": [instance({}), /^aws_db_instance.d keeps backups for less than a week/],
      "one day": [cluster({ backup_retention_period: 1 }), /less than a week/],
    },
    conforming: { "a week": instance({ backup_retention_period: 7 }), "a replica": replica },
  },
  "57.password": {
    violating: {
      "a password": [instance({ password: "${var.password}" }), /^aws_db_instance.d has its password from somebody/],
      "a cluster's password": [cluster({ master_password: "x" }), /^aws_rds_cluster.c has its password/],
    },
    conforming: { "a secret": instance({ manage_master_user_password: true }), "a replica": replica },
  },
  "57.sign-in": {
    violating: { "the default": [instance({}), /^aws_db_instance.d knows passwords only/] },
    conforming: { IAM: cluster({ iam_database_authentication_enabled: true }) },
  },
  "57.logs": {
    violating: {
      "no logs": [instance({}), /^aws_db_instance.d keeps its logs to itself/],
      "an empty list": [cluster({ enabled_cloudwatch_logs_exports: [] }), /keeps its logs/],
    },
    conforming: { "one log": instance({ enabled_cloudwatch_logs_exports: ["error"] }) },
  },
  "57.upgrades": {
    violating: {
      "an instance that says no": [
        instance({ auto_minor_version_upgrade: false }),
        /^aws_db_instance.d does not take minor versions/,
      ],
    },
    conforming: { "the default": instance({}) },
  },
  "57.tags": {
    violating: { "the default": [cluster({}), /^aws_rds_cluster.c has snapshots without tags/] },
    conforming: { "tags on snapshots": instance({ copy_tags_to_snapshot: true }) },
  },
});
