#!/usr/bin/env python3
"""Every extension of the local AWS, against a server of its own: python3 tools/local-aws/test_moto_extensions.py"""

from __future__ import annotations

import base64
import gzip
import io
import json
import os
import re
import socket
import subprocess
import sys
import tempfile
import time
import unittest
import urllib.error
import urllib.request
import zipfile
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError, ReadTimeoutError

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
import moto_extensions  # noqa: E402

ACCOUNT = "123456789012"
REGION = "eu-central-1"
RESHARD_SECONDS = 0.5
ONCE = {"total_max_attempts": 1}
AL2023 = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64"


class LocalAws:
    """A server on a free port, with its settings."""

    def __init__(self, **settings: str) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        self.url = f"http://127.0.0.1:{port}"
        self._stderr = tempfile.TemporaryFile("w+")
        self._process = subprocess.Popen(
            [sys.executable, str(HERE / "moto_extensions.py"), "-H", "127.0.0.1", "-p", str(port)],
            env={**os.environ, **settings},
            stdout=subprocess.DEVNULL,
            stderr=self._stderr,
        )
        deadline = time.monotonic() + 120
        while True:
            try:
                socket.create_connection(("127.0.0.1", port)).close()
                return
            except OSError:
                if self._process.poll() is not None or time.monotonic() > deadline:
                    self._process.kill()
                    raise RuntimeError(f"the local AWS did not start: {self.stderr()}") from None
                time.sleep(0.05)

    def client(self, service: str, access_key_id: str = "test", retries: dict[str, Any] | None = None) -> Any:
        return boto3.client(
            service,
            endpoint_url=self.url,
            region_name=REGION,
            aws_access_key_id=access_key_id,
            aws_secret_access_key="test",
            config=Config(retries=retries or ONCE),
        )

    def post(self, service: str, target: str, body: bytes, headers: dict[str, str]) -> tuple[int, dict[str, Any]]:
        """Posts a JSON request as it is, for what boto3 does not send."""
        scope = f"test/20260101/{REGION}/{service}/aws4_request"
        request = urllib.request.Request(
            self.url,
            data=body,
            headers={
                "Authorization": f"AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=0",
                "Content-Type": "application/x-amz-json-1.0",
                "X-Amz-Target": target,
                **headers,
            },
        )
        try:
            with urllib.request.urlopen(request) as answer:
                return answer.status, json.loads(answer.read() or b"{}")
        except urllib.error.HTTPError as error:
            with error:
                return error.code, json.loads(error.read())

    def control(self, method: str, path: str) -> int:
        """The status of a request to one of the extensions' own paths."""
        request = urllib.request.Request(f"{self.url}/local-aws/{path}", method=method)
        try:
            with urllib.request.urlopen(request) as answer:
                return answer.status
        except urllib.error.HTTPError as error:
            with error:
                return error.code

    def inventory(self) -> list[str]:
        with urllib.request.urlopen(f"{self.url}/local-aws/inventory") as response:
            return json.load(response)

    def stderr(self) -> str:
        self._stderr.flush()
        self._stderr.seek(0)
        return self._stderr.read()

    def stop(self) -> None:
        self._process.terminate()
        self._process.wait()
        self._stderr.close()


class ExtensionTest(unittest.TestCase):
    """Tests that share one server; each makes resources under names of its own."""

    aws: LocalAws
    request_log: Path

    def refused(self, code: str, message: str, call: Any, **parameters: Any) -> ClientError:
        with self.assertRaises(ClientError) as raised:
            call(**parameters)
        self.assertEqual(raised.exception.response["Error"]["Code"], code)
        self.assertRegex(raised.exception.response["Error"]["Message"], message)
        return raised.exception


def setUpModule() -> None:
    directory = tempfile.TemporaryDirectory()
    unittest.addModuleCleanup(directory.cleanup)
    ExtensionTest.request_log = Path(directory.name, "requests.jsonl")
    ExtensionTest.aws = LocalAws(
        MOTO_REQUEST_LOG=str(ExtensionTest.request_log),
        MOTO_KINESIS_RESHARD_SECONDS=str(RESHARD_SECONDS),
        MOTO_KINESIS_RATE_LIMITS="0",
    )
    unittest.addModuleCleanup(ExtensionTest.aws.stop)


class ReadableErrors(ExtensionTest):
    def not_implemented(self, what: str, call: Any, **parameters: Any) -> None:
        error = self.refused("NotImplemented", re.escape(what), call, **parameters)
        metadata = error.response["ResponseMetadata"]
        self.assertEqual((metadata["HTTPStatusCode"], metadata["RetryAttempts"]), (501, 0))
        self.assertIn(f"local AWS: not implemented by moto {moto_extensions.MOTO_VERSION}: {what}", self.aws.stderr())

    def test_an_action_that_is_missing_is_named_at_once_and_not_retried(self) -> None:
        kinesis = self.aws.client("kinesis", retries={"mode": "standard"})
        self.not_implemented("kinesis DescribeAccountSettings", kinesis.describe_account_settings)

    def test_so_is_one_of_a_service_with_the_query_protocol(self) -> None:
        autoscaling = self.aws.client("autoscaling", retries={"mode": "standard"})
        self.not_implemented("autoscaling DescribeAccountLimits", autoscaling.describe_account_limits)

    def test_so_is_one_of_ec2(self) -> None:
        ec2 = self.aws.client("ec2", retries={"mode": "standard"})
        self.not_implemented("ec2 DescribeFastLaunchImages", ec2.describe_fast_launch_images)

    def test_so_is_a_path_of_a_rest_service(self) -> None:
        functions = self.aws.client("lambda", retries={"mode": "standard"})
        what = "lambda GetRuntimeManagementConfig"
        self.not_implemented(what, functions.get_runtime_management_config, FunctionName="f")

    def test_so_is_a_service_that_moto_does_not_have(self) -> None:
        builder = self.aws.client("imagebuilder", retries={"mode": "standard"})
        self.not_implemented("imagebuilder POST /ListImages", builder.list_images)

    def test_a_failure_of_moto_itself_is_readable_and_not_retried(self) -> None:
        status, body = self.aws.post("monitoring", "GraniteServiceVersion20100801.PutMetricData", b"[]", {})
        self.assertEqual((status, body["__type"]), (501, "LocalAwsFailure"))
        self.assertRegex(body["message"], r"failed on monitoring PutMetricData: \w+")

    def test_an_error_of_aws_stays_what_it_is(self) -> None:
        functions = self.aws.client("lambda")
        self.refused("ResourceNotFoundException", "Function not found", functions.get_function, FunctionName="none")


class RequestLog(ExtensionTest):
    def entries(self, access_key_id: str) -> list[dict[str, Any]]:
        entries = [json.loads(line) for line in self.request_log.read_text().splitlines()]
        return [entry for entry in entries if entry["accessKeyId"] == access_key_id]

    def test_each_caller_is_told_apart_by_its_access_key(self) -> None:
        self.aws.client("kinesis", "AKIAMONITOR").list_streams()
        self.aws.client("dynamodb", "AKIASCALER").list_tables(Limit=7)
        [monitor], [scaler] = self.entries("AKIAMONITOR"), self.entries("AKIASCALER")
        self.assertEqual((monitor["service"], monitor["action"]), ("kinesis", "ListStreams"))
        self.assertEqual(
            (scaler["service"], scaler["action"], scaler["parameters"]), ("dynamodb", "ListTables", {"Limit": 7})
        )
        age = datetime.now(timezone.utc) - datetime.fromisoformat(scaler["time"])
        self.assertLess(abs(age), timedelta(seconds=30))

    def test_the_action_of_a_query_is_its_parameter_and_that_of_a_rest_request_its_path(self) -> None:
        self.aws.client("sts", "AKIAQUERY").get_caller_identity()
        self.aws.client("apigateway", "AKIAREST").get_rest_apis()
        self.assertEqual([entry["action"] for entry in self.entries("AKIAQUERY")], ["GetCallerIdentity"])
        self.assertEqual([entry["action"] for entry in self.entries("AKIAREST")], ["GET /restapis"])

    def test_a_rest_request_of_some_services_is_known_by_its_operation_with_what_its_path_and_query_say(self) -> None:
        s3 = self.aws.client("s3", "AKIAS3")
        s3.create_bucket(Bucket="rest-log", CreateBucketConfiguration={"LocationConstraint": REGION})
        s3.put_bucket_policy(Bucket="rest-log", Policy='{"Version":"2012-10-17","Statement":[]}')
        s3.put_object(Bucket="rest-log", Key="a/b c.json", Body=b'{"Bucket":"content"}', ContentType="application/json")
        s3.copy_object(Bucket="rest-log", Key="d", CopySource="rest-log/a/b c.json")
        s3.list_objects_v2(Bucket="rest-log", Prefix="a/")
        vault = f"arn:aws:backup:us-east-1:{ACCOUNT}:backup-vault:v"
        of_vault = {"BackupVaultName": "v", "BackupVaultTags": {"a": "b"}, "CreatorRequestId": "once"}
        self.aws.client("backup", "AKIAS3").create_backup_vault(**of_vault)
        self.aws.client("backup", "AKIAS3").list_tags(ResourceArn=vault)
        bucket = {"Bucket": "rest-log"}
        self.assertEqual(
            [(entry["action"], entry.get("parameters")) for entry in self.entries("AKIAS3")],
            [
                ("CreateBucket", bucket),
                ("PutBucketPolicy", bucket),
                ("PutObject", {**bucket, "Key": "a/b c.json"}),
                ("CopyObject", {**bucket, "Key": "d"}),
                ("ListObjectsV2", {**bucket, "Prefix": "a/", "EncodingType": "url"}),
                ("CreateBackupVault", of_vault),
                ("ListTags", {"ResourceArn": vault}),
            ],
        )

    def test_of_large_parameters_only_the_names_are_kept(self) -> None:
        self.aws.client("sqs", "AKIALARGE").create_queue(QueueName="large")
        url = f"{self.aws.url}/{ACCOUNT}/large"
        self.aws.client("sqs", "AKIALARGE").send_message(QueueUrl=url, MessageBody="x" * 5000)
        self.assertEqual(self.entries("AKIALARGE")[-1]["parameters"], {"QueueUrl": url})

    def test_a_refused_request_is_recorded_too(self) -> None:
        with self.assertRaises(ClientError):
            self.aws.client("kinesis", "AKIAREFUSED").describe_account_settings()
        self.assertEqual([entry["action"] for entry in self.entries("AKIAREFUSED")], ["DescribeAccountSettings"])


class Inventory(ExtensionTest):
    def entries(self) -> list[str]:
        return [entry for entry in self.aws.inventory() if "inventory-test" in entry]

    def test_what_an_account_has_from_the_beginning_is_not_listed(self) -> None:
        aws = LocalAws()
        self.addCleanup(aws.stop)
        self.assertTrue(aws.client("ec2").describe_vpcs()["Vpcs"])
        self.assertTrue(aws.client("ssm").get_parameter(Name=AL2023)["Parameter"]["Value"])
        self.assertEqual(aws.inventory(), [])

    def test_what_aws_only_still_shows_as_deleted_is_not_listed(self) -> None:
        secrets = self.aws.client("secretsmanager")
        secrets.create_secret(Name="inventory-test-secret", SecretString="s")
        self.assertEqual(self.entries(), ["secretsmanager secrets inventory-test-secret"])
        secrets.delete_secret(SecretId="inventory-test-secret", RecoveryWindowInDays=30)
        self.assertEqual(self.entries(), [])

    def test_tags_of_what_is_deleted_are_not_listed(self) -> None:
        aws = LocalAws()
        self.addCleanup(aws.stop)
        parameters = aws.client("ssm")
        parameters.put_parameter(Name="/tagged", Value="v", Type="String", Tags=[{"Key": "Of", "Value": "parameter"}])
        parameters.delete_parameter(Name="/tagged")
        self.assertEqual(aws.inventory(), [])

    def test_what_is_made_is_listed_and_what_is_deleted_is_not(self) -> None:
        queues = self.aws.client("sqs")
        url = queues.create_queue(QueueName="inventory-test")["QueueUrl"]
        self.assertEqual(self.entries(), ["sqs queues inventory-test"])
        queues.delete_queue(QueueUrl=url)
        self.assertEqual(self.entries(), [])


class GzipRequests(ExtensionTest):
    def test_a_thousand_metrics_in_one_compressed_request_are_stored(self) -> None:
        minute = datetime.now(timezone.utc).replace(second=0, microsecond=0) - timedelta(minutes=1)
        data = [
            {"MetricName": f"m{index}", "Value": index, "Timestamp": minute.timestamp(), "Unit": "Percent"}
            for index in range(1000)
        ]
        body = gzip.compress(json.dumps({"Namespace": "Compressed", "MetricData": data}).encode())
        status, _ = self.aws.post(
            "monitoring", "GraniteServiceVersion20100801.PutMetricData", body, {"Content-Encoding": "gzip"}
        )
        self.assertEqual(status, 200)
        query = {
            "Id": "q",
            "MetricStat": {"Metric": {"Namespace": "Compressed", "MetricName": "m999"}, "Period": 60, "Stat": "Sum"},
        }
        answer = self.aws.client("cloudwatch").get_metric_data(
            MetricDataQueries=[query], StartTime=minute, EndTime=minute + timedelta(minutes=1)
        )
        self.assertEqual(answer["MetricDataResults"][0]["Values"], [999])


class Kinesis(ExtensionTest):
    def setUp(self) -> None:
        self.kinesis = self.aws.client("kinesis")
        self.name = self.id().rpartition(".")[2][:128]

    def summary(self) -> tuple[str, int]:
        summary = self.kinesis.describe_stream_summary(StreamName=self.name)["StreamDescriptionSummary"]
        return summary["StreamStatus"], summary["OpenShardCount"]

    def update(self, target: int) -> Any:
        return self.kinesis.update_shard_count(
            StreamName=self.name, TargetShardCount=target, ScalingType="UNIFORM_SCALING"
        )

    def wait_until_active(self) -> None:
        deadline = time.monotonic() + 60
        while self.summary()[0] != "ACTIVE":
            self.assertLess(time.monotonic(), deadline, "the stream stays UPDATING")
            time.sleep(0.05)

    def test_tags_given_at_creation_are_kept(self) -> None:
        self.kinesis.create_stream(StreamName=self.name, ShardCount=1, Tags={"Stack": "s"})
        tags = self.kinesis.list_tags_for_stream(StreamName=self.name)["Tags"]
        self.assertEqual(tags, [{"Key": "Stack", "Value": "s"}])

    def test_a_stream_is_updating_with_its_old_shards_and_then_active_with_the_new(self) -> None:
        self.kinesis.create_stream(StreamName=self.name, ShardCount=4)
        answer = self.update(8)
        self.assertEqual((answer["CurrentShardCount"], answer["TargetShardCount"]), (4, 8))
        self.assertEqual(self.summary(), ("UPDATING", 4))
        self.refused("ResourceInUseException", "not ACTIVE, instead in state UPDATING", self.update, target=6)
        self.wait_until_active()
        self.assertEqual(self.summary(), ("ACTIVE", 8))

        self.update(5)
        self.wait_until_active()
        self.assertEqual(self.summary(), ("ACTIVE", 5))
        shards = self.kinesis.list_shards(StreamName=self.name)["Shards"]
        self.assertEqual(sum("EndingSequenceNumber" not in one["SequenceNumberRange"] for one in shards), 5)

    def test_open_shards_are_counted_after_a_split_too(self) -> None:
        self.kinesis.create_stream(StreamName=self.name, ShardCount=1)
        self.kinesis.split_shard(
            StreamName=self.name, ShardToSplit="shardId-000000000000", NewStartingHashKey=str(2**127)
        )
        self.assertEqual(self.summary(), ("ACTIVE", 2))

    def test_no_update_goes_beyond_double_or_half_or_stays_where_it_is(self) -> None:
        self.kinesis.create_stream(StreamName=self.name, ShardCount=5)
        self.refused("InvalidArgumentException", "already has the target", self.update, target=5)
        self.refused("LimitExceededException", "cannot scale up over double", self.update, target=11)
        self.refused("LimitExceededException", "cannot scale down below half", self.update, target=2)
        self.update(3)
        self.wait_until_active()
        self.assertEqual(self.summary(), ("ACTIVE", 3))

    def test_the_eleventh_update_of_a_day_is_refused_and_refused_ones_do_not_count(self) -> None:
        fast = LocalAws(MOTO_KINESIS_RESHARD_SECONDS="0", MOTO_KINESIS_RATE_LIMITS="0")
        self.addCleanup(fast.stop)
        self.kinesis = fast.client("kinesis")
        self.kinesis.create_stream(StreamName=self.name, ShardCount=1)
        for target in [2, 1] * 5:
            self.refused("LimitExceededException", "over double", self.update, target=9)
            self.update(target)
        self.refused("LimitExceededException", "10 times in the last 24 hours", self.update, target=2)
        self.assertEqual(self.summary(), ("ACTIVE", 1))


class KinesisRequestRates(unittest.TestCase):
    def test_more_calls_a_second_than_kinesis_takes_are_refused(self) -> None:
        aws = LocalAws()
        self.addCleanup(aws.stop)
        kinesis = aws.client("kinesis")
        kinesis.create_stream(StreamName="s", ShardCount=1)

        def refusals(calls: int, call: Any) -> list[str]:
            messages = []
            for _ in range(calls):
                try:
                    call()
                except ClientError as error:
                    messages.append(error.response["Error"]["Message"])
            return messages

        rate_exceeded = f"Rate exceeded for stream s under account {ACCOUNT}."
        described = refusals(60, lambda: kinesis.describe_stream_summary(StreamName="s"))
        self.assertGreaterEqual(described.count(rate_exceeded), 20)
        same = {"StreamName": "s", "TargetShardCount": 1, "ScalingType": "UNIFORM_SCALING"}
        updated = refusals(30, lambda: kinesis.update_shard_count(**same))
        self.assertGreaterEqual(updated.count(rate_exceeded), 10)
        time.sleep(1.01)
        kinesis.describe_stream_summary(StreamName="s")

    def test_a_rolling_window_admits_again_when_its_oldest_event_has_left_it(self) -> None:
        now = 0.0
        window = moto_extensions.RollingWindow(2, 10, clock=lambda: now)
        admitted = []
        for now in (0, 5, 9.9, 10, 14.9, 15):
            admitted.append(window.admit())
        self.assertEqual(admitted, [True, True, False, True, False, True])


class CloudWatch(ExtensionTest):
    def test_a_query_is_answered_from_its_own_namespace_name_and_dimensions(self) -> None:
        cloudwatch = self.aws.client("cloudwatch")
        minute = datetime.now(timezone.utc).replace(second=0, microsecond=0) - timedelta(minutes=1)

        def dimensions(names: str) -> list[dict[str, str]]:
            return [{"Name": name, "Value": "v"} for name in names]

        for namespace, names, value in (("Here", "a", 1), ("There", "a", 2), ("Here", "", 4), ("Here", "ab", 8)):
            datum = {"MetricName": "m", "Dimensions": dimensions(names), "Value": value, "Timestamp": minute}
            cloudwatch.put_metric_data(Namespace=namespace, MetricData=[datum])
        metrics = [("Here", "a"), ("There", "a"), ("Here", ""), ("Here", "ba"), ("Nowhere", "a"), ("Here", "c")]
        queries = [
            {
                "Id": f"q{index}",
                "MetricStat": {
                    "Metric": {"Namespace": namespace, "MetricName": "m", "Dimensions": dimensions(names)},
                    "Period": 60,
                    "Stat": "Sum",
                },
            }
            for index, (namespace, names) in enumerate(metrics)
        ]
        results = cloudwatch.get_metric_data(
            MetricDataQueries=queries, StartTime=minute, EndTime=minute + timedelta(minutes=1)
        )["MetricDataResults"]
        self.assertEqual([one["Id"] for one in results], [f"q{index}" for index in range(6)])
        self.assertEqual([one["Values"] for one in results], [[1], [2], [4], [8], [], []])


class ApplicationAutoScaling(ExtensionTest):
    def setUp(self) -> None:
        self.autoscaling = self.aws.client("application-autoscaling")

    def identity(self, resource: str) -> dict[str, str]:
        stage = f"https://example.execute-api.{REGION}.amazonaws.com/prod"
        return {
            "ServiceNamespace": "custom-resource",
            "ResourceId": f"{stage}/scalableTargetDimensions/{resource}",
            "ScalableDimension": "custom-resource:ResourceType:Property",
        }

    def register(self, resource: str, **more: Any) -> str:
        return self.autoscaling.register_scalable_target(
            MinCapacity=1, MaxCapacity=2, **self.identity(resource), **more
        )["ScalableTargetARN"]

    def put_policies(self, resource: str, *names: str) -> None:
        steps = {"AdjustmentType": "ChangeInCapacity", "StepAdjustments": [{"ScalingAdjustment": 1}]}
        for name in names:
            self.autoscaling.put_scaling_policy(
                PolicyName=name,
                PolicyType="StepScaling",
                StepScalingPolicyConfiguration=steps,
                **self.identity(resource),
            )

    def test_tags_of_a_target_are_kept_changed_and_removed(self) -> None:
        arn = self.register("tagged", Tags={"Stack": "s", "Gone": "g"})
        self.autoscaling.tag_resource(ResourceARN=arn, Tags={"Stack": "t"})
        self.autoscaling.untag_resource(ResourceARN=arn, TagKeys=["Gone"])
        self.assertEqual(self.autoscaling.list_tags_for_resource(ResourceARN=arn)["Tags"], {"Stack": "t"})
        self.refused(
            "ResourceNotFoundException", arn[:-1], self.autoscaling.list_tags_for_resource, ResourceARN=arn[:-1]
        )

    def test_each_of_many_targets_is_described_once(self) -> None:
        registered = {self.register(f"page-{index}") for index in range(120)}
        described: list[str] = []
        pages = self.autoscaling.get_paginator("describe_scalable_targets").paginate(ServiceNamespace="custom-resource")
        for _, page in zip(range(10), pages, strict=False):
            described += [target["ScalableTargetARN"] for target in page["ScalableTargets"]]
        self.assertEqual(len(described), len(set(described)))
        self.assertLessEqual(registered, set(described))

    def test_a_target_that_is_registered_again_changes_what_is_given_and_keeps_its_bounds_in_order(self) -> None:
        register, target = self.autoscaling.register_scalable_target, self.identity("again")
        self.refused("ValidationException", "are required", register, MinCapacity=1, **target)
        suspended = {"DynamicScalingInSuspended": True, "DynamicScalingOutSuspended": True}
        register(MinCapacity=0, MaxCapacity=5, SuspendedState=suspended, **target)
        beyond = "6 must not be greater than MaxCapacity 5"
        self.refused("ValidationException", beyond, register, MinCapacity=6, **target)
        register(MinCapacity=2, SuspendedState={"DynamicScalingOutSuspended": False}, **target)
        described = self.autoscaling.describe_scalable_targets(
            ServiceNamespace="custom-resource", ResourceIds=[target["ResourceId"]]
        )["ScalableTargets"]
        self.assertEqual([(one["MinCapacity"], one["MaxCapacity"]) for one in described], [(2, 5)])
        expected = {**suspended, "DynamicScalingOutSuspended": False, "ScheduledScalingSuspended": False}
        self.assertEqual(described[0]["SuspendedState"], expected)

    def test_a_policy_belongs_to_a_target_and_goes_with_it(self) -> None:
        target = self.identity("gone")
        early = {"PolicyName": "early", "PolicyType": "StepScaling", "StepScalingPolicyConfiguration": {}}
        put = self.autoscaling.put_scaling_policy
        self.refused("ObjectNotFoundException", "No scalable target registered", put, **early, **target)
        self.register("gone")
        self.put_policies("gone", "policy")
        action = {"ScheduledActionName": "action", "Schedule": "rate(1 hour)"}
        self.autoscaling.put_scheduled_action(ScalableTargetAction={"MinCapacity": 1}, **action, **target)
        self.autoscaling.deregister_scalable_target(**target)
        policies = self.autoscaling.describe_scaling_policies(**target)["ScalingPolicies"]
        actions = self.autoscaling.describe_scheduled_actions(**target)["ScheduledActions"]
        self.assertEqual((policies, actions), ([], []))

    def test_a_policy_that_is_put_again_keeps_its_arn_and_every_field_that_is_given(self) -> None:
        self.register("kept")
        statistic = {"Namespace": "AWS/SQS", "MetricName": "Visible", "Dimensions": [{"Name": "Q", "Value": "q"}]}
        metrics = [
            {"Id": "m", "MetricStat": {"Metric": statistic, "Stat": "Average"}, "ReturnData": False},
            {"Id": "e", "Expression": "FILL(m, REPEAT)", "Label": "backlog", "ReturnData": True},
        ]
        tracking = {"CustomizedMetricSpecification": {"Metrics": metrics}, "ScaleInCooldown": 0, "DisableScaleIn": True}

        def put(target: float) -> dict[str, Any]:
            return self.autoscaling.put_scaling_policy(
                PolicyName="track",
                PolicyType="TargetTrackingScaling",
                TargetTrackingScalingPolicyConfiguration={**tracking, "TargetValue": target},
                **self.identity("kept"),
            )

        first, second = put(10), put(12.5)
        self.assertEqual(first["PolicyARN"], second["PolicyARN"])
        [policy] = self.autoscaling.describe_scaling_policies(**self.identity("kept"))["ScalingPolicies"]
        self.assertEqual(policy["TargetTrackingScalingPolicyConfiguration"], {**tracking, "TargetValue": 12.5})

    def test_policies_are_found_by_name_and_by_the_whole_resource_page_by_page(self) -> None:
        for resource in ("found", "found-too"):
            self.register(resource)
        self.put_policies("found", "one", "two")
        self.put_policies("found-too", "one", *(f"many-{index}" for index in range(11)))

        def names(resource: str, *asked: str) -> list[str]:
            more = {"PolicyNames": list(asked)} if asked else {}
            paginator = self.autoscaling.get_paginator("describe_scaling_policies")
            pages = paginator.paginate(**self.identity(resource), **more)
            return [one["PolicyName"] for page in pages for one in page["ScalingPolicies"]]

        self.assertEqual(names("found-too", "one", "none"), ["one"])
        self.assertEqual(len(names("found-too")), 12)
        self.assertEqual(names("found"), ["one", "two"])
        first = self.autoscaling.describe_scaling_policies(**self.identity("found-too"))
        self.assertEqual(len(first["ScalingPolicies"]), 10)


class Lambda(ExtensionTest):
    def test_logging_and_tracing_are_returned_as_created_and_as_updated(self) -> None:
        functions = self.aws.client("lambda")
        trust = {
            "Version": "2012-10-17",
            "Statement": [
                {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
            ],
        }
        role = self.aws.client("iam").create_role(RoleName="fn", AssumeRolePolicyDocument=json.dumps(trust))
        code = io.BytesIO()
        with zipfile.ZipFile(code, "w") as archive:
            archive.writestr("index.js", "exports.handler = async () => {}")
        create = {
            "Role": role["Role"]["Arn"],
            "Code": {"ZipFile": code.getvalue()},
            "Runtime": "nodejs22.x",
            "Handler": "index.handler",
        }
        functions.create_function(
            FunctionName="json", LoggingConfig={"LogFormat": "JSON", "LogGroup": "/other"}, **create
        )
        functions.create_function(FunctionName="plain", **create)

        def configuration(name: str) -> dict[str, Any]:
            return functions.get_function(FunctionName=name)["Configuration"]

        self.assertEqual(
            configuration("json")["LoggingConfig"],
            {"LogFormat": "JSON", "LogGroup": "/other", "ApplicationLogLevel": "INFO", "SystemLogLevel": "INFO"},
        )
        self.assertEqual(
            configuration("plain")["LoggingConfig"], {"LogFormat": "Text", "LogGroup": "/aws/lambda/plain"}
        )
        functions.update_function_configuration(
            FunctionName="plain", LoggingConfig={"LogGroup": "/new"}, TracingConfig={"Mode": "Active"}
        )
        self.assertEqual(configuration("plain")["LoggingConfig"], {"LogFormat": "Text", "LogGroup": "/new"})
        self.assertEqual(configuration("plain")["TracingConfig"], {"Mode": "Active"})


class ApiGateway(ExtensionTest):
    def test_the_policy_is_returned_with_its_quotes_escaped(self) -> None:
        apis = self.aws.client("apigateway")
        policy = json.dumps({"Version": "2012-10-17", "Statement": []})
        api = apis.create_rest_api(name="policy")
        self.assertNotIn("policy", api)
        apis.update_rest_api(
            restApiId=api["id"], patchOperations=[{"op": "replace", "path": "/policy", "value": policy}]
        )
        returned = apis.get_rest_api(restApiId=api["id"])["policy"]
        self.assertIn('\\"', returned)
        self.assertEqual(json.loads(f'"{returned}"'), policy)

    def test_tags_of_an_api_and_of_a_stage_are_changed_and_removed(self) -> None:
        apis = self.aws.client("apigateway")
        tags = {"Stack": "s", "Gone": "g"}
        api = apis.create_rest_api(name="tags", tags=tags)["id"]
        root = apis.get_resources(restApiId=api)["items"][0]["id"]
        apis.put_method(restApiId=api, resourceId=root, httpMethod="GET", authorizationType="NONE")
        apis.put_integration(restApiId=api, resourceId=root, httpMethod="GET", type="MOCK")
        deployment = apis.create_deployment(restApiId=api)["id"]
        apis.create_stage(restApiId=api, stageName="prod", deploymentId=deployment, tags=tags)
        arn = f"arn:aws:apigateway:{REGION}::/restapis/{api}"
        for one in (arn, f"{arn}/stages/prod"):
            apis.tag_resource(resourceArn=one, tags={"Stack": "t"})
            apis.untag_resource(resourceArn=one, tagKeys=["Gone"])
        self.assertEqual(apis.get_rest_api(restApiId=api)["tags"], {"Stack": "t"})
        self.assertEqual(apis.get_stage(restApiId=api, stageName="prod")["tags"], {"Stack": "t"})


class Sqs(ExtensionTest):
    def test_the_redrive_policy_comes_back_as_terraform_writes_it(self) -> None:
        sqs = self.aws.client("sqs")
        sqs.create_queue(QueueName="dead")
        arn = f"arn:aws:sqs:{REGION}:{ACCOUNT}:dead"
        policy = f'{{"deadLetterTargetArn":"{arn}","maxReceiveCount":5}}'
        url = sqs.create_queue(QueueName="alive", Attributes={"RedrivePolicy": policy})["QueueUrl"]
        attributes = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
        self.assertEqual(attributes["RedrivePolicy"], policy)

    def test_a_dead_letter_queue_is_only_that_of_whom_it_allows(self) -> None:
        sqs = self.aws.client("sqs")

        def arn(name: str) -> str:
            return f"arn:aws:sqs:{REGION}:{ACCOUNT}:{name}"

        def create(name: str) -> str:
            redrive = json.dumps({"deadLetterTargetArn": arn("choosy"), "maxReceiveCount": 5})
            return sqs.create_queue(QueueName=name, Attributes={"RedrivePolicy": redrive})["QueueUrl"]

        allowed = json.dumps({"redrivePermission": "byQueue", "sourceQueueArns": [arn("welcome")]})
        made = sqs.create_queue(QueueName="choosy", Attributes={"RedriveAllowPolicy": allowed})
        choosy = {"QueueUrl": made["QueueUrl"]}
        attributes = sqs.get_queue_attributes(AttributeNames=["RedriveAllowPolicy"], **choosy)["Attributes"]
        self.assertEqual(attributes, {"RedriveAllowPolicy": allowed})
        create("welcome")
        self.refused("InvalidParameterValue", "choosy does not allow .*:stranger", create, name="stranger")
        sqs.set_queue_attributes(Attributes={"RedriveAllowPolicy": ""}, **choosy)
        attributes = sqs.get_queue_attributes(AttributeNames=["All"], **choosy)["Attributes"]
        self.assertNotIn("RedriveAllowPolicy", attributes)
        create("stranger")

    def test_requests_are_throttled_as_often_as_it_is_told_and_not_carried_out(self) -> None:
        sqs = self.aws.client("sqs")
        url = sqs.create_queue(QueueName="throttled")["QueueUrl"]
        self.assertEqual(self.aws.control("PUT", "throttling/sqs/2"), 204)
        try:
            accepted = 0
            for _ in range(6):
                try:
                    sqs.send_message(QueueUrl=url, MessageBody="one")
                    accepted += 1
                except ClientError as error:
                    self.assertEqual(error.response["Error"]["Code"], "RequestThrottled")
        finally:
            self.assertEqual(self.aws.control("DELETE", "throttling/sqs"), 204)
        self.assertEqual(accepted, 3)
        attributes = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
        self.assertEqual(attributes["ApproximateNumberOfMessages"], "3")
        self.assertEqual(self.aws.control("PUT", "throttling/sqs/0"), 404)

    def test_a_queue_keeps_its_policy_when_something_else_is_set(self) -> None:
        sqs = self.aws.client("sqs")
        policy = json.dumps({"Version": "2012-10-17", "Statement": [{"Sid": "s", "Effect": "Deny"}]})
        url = sqs.create_queue(QueueName="policy", Attributes={"Policy": policy})["QueueUrl"]
        for attributes, expected in (({"VisibilityTimeout": "5"}, policy), ({"Policy": ""}, None)):
            sqs.set_queue_attributes(QueueUrl=url, Attributes=attributes)
            attributes = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
            self.assertEqual(attributes.get("Policy"), expected)


class Messages(ExtensionTest):
    """A queue for each test, and what is sent to it and received from it."""

    def setUp(self) -> None:
        self.sqs = self.aws.client("sqs")
        self.name = self.id().rpartition(".")[2][-70:]

    def make(self, **attributes: str) -> None:
        self.queue = {"QueueUrl": self.sqs.create_queue(QueueName=self.name, Attributes=attributes)["QueueUrl"]}

    def make_fifo(self, **attributes: str) -> None:
        self.name += ".fifo"
        self.make(FifoQueue="true", **attributes)

    def send(self, *bodies: str, group: str | None = None, deduplicated_by: str | None = None) -> None:
        for body in bodies:
            fifo = {"MessageGroupId": group, "MessageDeduplicationId": deduplicated_by or body} if group else {}
            self.sqs.send_message(MessageBody=body, **fifo, **self.queue)

    def receive(self, most: int = 10, **more: Any) -> list[dict[str, Any]]:
        return self.sqs.receive_message(MaxNumberOfMessages=most, **more, **self.queue).get("Messages", [])

    def bodies(self, **more: Any) -> list[str]:
        return [message["Body"] for message in self.receive(**more)]

    def delete(self, *messages: dict[str, Any]) -> None:
        for message in messages:
            self.sqs.delete_message(ReceiptHandle=message["ReceiptHandle"], **self.queue)

    def change_visibility(self, received: dict[str, Any], seconds: int) -> None:
        self.sqs.change_message_visibility(
            ReceiptHandle=received["ReceiptHandle"], VisibilityTimeout=seconds, **self.queue
        )

    def counts(self) -> tuple[int, int, int]:
        names = [f"ApproximateNumberOfMessages{kind}" for kind in ("", "NotVisible", "Delayed")]
        attributes = self.sqs.get_queue_attributes(AttributeNames=names, **self.queue)["Attributes"]
        return tuple(int(attributes[name]) for name in names)

    def test_messages_are_counted_by_what_can_be_done_with_them(self) -> None:
        self.make()
        self.send("one", "two", "three")
        self.sqs.send_message(MessageBody="later", DelaySeconds=60, **self.queue)
        self.receive(1)
        self.assertEqual(self.counts(), (2, 1, 1))

    def test_none_is_lost_and_none_delivered_twice_while_many_send_receive_and_delete(self) -> None:
        script = """
import sys, threading
import moto_extensions
for extension in moto_extensions.EXTENSIONS:
    extension.apply()
from moto.sqs.models import sqs_backends
sys.setswitchinterval(1e-6)  # Threads get into each other's way as often as they can.
sqs, received = sqs_backends["123456789012"]["eu-central-1"], []
sqs.create_queue("queue", VisibilityTimeout="600")

def send(sender):
    for number in range(150):
        sqs.send_message("queue", f"{sender}-{number}")

def work():
    while messages := sqs.receive_message("queue", 1, 1, 600):
        received.extend(message.body for message in messages)
        for message in messages:
            sqs.delete_message("queue", message.receipt_handle)

threads = [threading.Thread(target=send, args=(one,)) for one in range(4)]
threads += [threading.Thread(target=work) for _ in range(4)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(len(received), len(set(received)), len(sqs.queues["queue"]._messages))
"""
        done = subprocess.run([sys.executable, "-c", script], cwd=HERE, capture_output=True, text=True)
        self.assertEqual((done.stdout.strip(), done.stderr), ("600 600 0", ""))

    def test_who_waits_gets_what_arrives_and_nobody_waits_for_them(self) -> None:
        self.make()
        begun = time.monotonic()
        with ThreadPoolExecutor(4) as receivers:
            waiting = [receivers.submit(self.bodies, most=1, WaitTimeSeconds=20) for _ in range(4)]
            while time.monotonic() - begun < 0.5:
                self.assertEqual(self.counts(), (0, 0, 0))
            self.assertFalse(any(one.done() for one in waiting))
            self.send("a", "b", "c", "d")
            received = [body for one in waiting for body in one.result()]
        self.assertEqual(sorted(received), ["a", "b", "c", "d"])
        self.assertLess(time.monotonic() - begun, 10)

    def test_who_has_hung_up_while_waiting_gets_nothing(self) -> None:
        self.make()
        impatient = boto3.client(
            "sqs",
            endpoint_url=self.aws.url,
            region_name=REGION,
            aws_access_key_id="test",
            aws_secret_access_key="test",
            config=Config(retries=ONCE, read_timeout=0.3),
        )
        with self.assertRaises(ReadTimeoutError):
            impatient.receive_message(WaitTimeSeconds=20, **self.queue)
        self.send("for who is there")
        self.assertEqual(self.bodies(), ["for who is there"])

    def test_a_group_waits_for_its_message_in_flight_and_others_do_not(self) -> None:
        self.make_fifo()
        self.send("a1", "a2", group="a")
        self.send("b1", group="b")
        [first] = self.receive(1)
        self.assertEqual(first["Body"], "a1")
        self.assertEqual(self.bodies(), ["b1"])
        self.assertEqual(self.bodies(), [])
        self.delete(first)
        self.assertEqual(self.bodies(), ["a2"])

    def test_a_group_keeps_its_order_when_its_messages_were_not_done_in_time(self) -> None:
        self.make_fifo()
        self.send("1", "2", "3", group="g")
        self.assertEqual(self.bodies(VisibilityTimeout=1), ["1", "2", "3"])
        received: list[str] = []
        while len(received) < 3:
            messages = self.receive(WaitTimeSeconds=3)
            received += [message["Body"] for message in messages]
            self.delete(*messages)
        self.assertEqual(received, ["1", "2", "3"])

    def test_a_message_received_too_often_goes_to_the_dead_letter_queue_and_its_group_goes_on(self) -> None:
        dead = self.sqs.create_queue(QueueName="too-often.fifo", Attributes={"FifoQueue": "true"})["QueueUrl"]
        arn = f"arn:aws:sqs:{REGION}:{ACCOUNT}:too-often.fifo"
        self.make_fifo(RedrivePolicy=json.dumps({"deadLetterTargetArn": arn, "maxReceiveCount": 2}))
        for name in ("first", "second"):
            self.send(f"{name} bad", f"{name} good", group="g")
            for _ in range(2):
                [message] = self.receive(1)
                self.assertEqual(message["Body"], f"{name} bad")
                self.change_visibility(message, 0)
            [good] = self.receive(1)
            self.assertEqual(good["Body"], f"{name} good")
            self.delete(good)
        self.queue = {"QueueUrl": dead}
        messages = self.receive(MessageSystemAttributeNames=["ApproximateReceiveCount"])
        self.assertEqual([message["Body"] for message in messages], ["first bad", "second bad"])
        self.assertEqual([message["Attributes"]["ApproximateReceiveCount"] for message in messages], ["3", "3"])

    def test_an_older_receipt_deletes_nothing_and_the_last_one_does(self) -> None:
        self.make()
        self.send("m")
        [older] = self.receive()
        self.change_visibility(older, 0)
        [last] = self.receive()
        self.delete(older)
        self.change_visibility(older, 0)
        self.assertEqual(self.counts(), (0, 1, 0))
        self.change_visibility(last, 0)
        self.change_visibility(last, 60)  # It is not in flight any more.
        self.assertEqual(self.counts(), (1, 0, 0))
        self.delete(last, last, older)
        self.assertEqual(self.counts(), (0, 0, 0))
        self.refused("InvalidParameterValue", "does not exist", self.change_visibility, received=last, seconds=9)
        unknown = {"ReceiptHandle": "none", **self.queue}
        self.refused("ReceiptHandleIsInvalid", "receipt handle is invalid", self.sqs.delete_message, **unknown)

    def test_in_a_fifo_queue_a_receipt_expires(self) -> None:
        self.make_fifo()
        self.send("m", group="g")
        [older] = self.receive()
        self.change_visibility(older, 0)
        expired = "The receipt handle has expired"
        handle = {"ReceiptHandle": older["ReceiptHandle"]}
        self.refused("InvalidParameterValue", expired, self.sqs.delete_message, **handle, **self.queue)
        [last] = self.receive()
        self.refused("InvalidParameterValue", expired, self.change_visibility, received=older, seconds=9)
        answer = self.sqs.delete_message_batch(Entries=[{"Id": "older", **handle}], **self.queue)
        self.assertEqual([one["Code"] for one in answer["Failed"]], ["ReceiptHandleIsInvalid"])
        self.delete(last, last)
        self.assertEqual(self.counts(), (0, 0, 0))

    def test_a_message_is_in_flight_for_twelve_hours_from_its_receipt(self) -> None:
        self.make()
        self.sqs.send_message(MessageBody="m", DelaySeconds=1, **self.queue)
        [message] = self.receive(WaitTimeSeconds=5)
        change = self.change_visibility
        change(message, 43_199)
        self.refused("InvalidParameterValue", "beyond the limit", change, received=message, seconds=43_200)
        self.assertEqual(self.counts(), (0, 1, 0))

    def test_a_deduplication_id_is_delivered_once_also_when_its_message_is_deleted(self) -> None:
        self.make_fifo()
        self.send("first", group="g", deduplicated_by="id")
        self.delete(*self.receive())
        self.send("again", group="g", deduplicated_by="id")
        self.send("again", group="h", deduplicated_by="id")
        self.assertEqual(self.bodies(), [])
        self.send("other", group="g", deduplicated_by="other id")
        self.assertEqual(self.bodies(), ["other"])

    def test_where_deduplication_is_by_group_another_group_may_have_the_id(self) -> None:
        self.make_fifo(DeduplicationScope="messageGroup", FifoThroughputLimit="perMessageGroupId")
        for group in ("g", "h", "g"):
            self.send(f"of {group}", group=group, deduplicated_by="id")
        self.assertEqual(self.bodies(), ["of g", "of h"])


class Ecs(ExtensionTest):
    """A cluster for each test, with a service that is named like it."""

    def setUp(self) -> None:
        self.ecs = self.aws.client("ecs")
        self.name = self.id().rpartition(".")[2][-70:]
        self.ecs.create_cluster(clusterName=self.name)
        self.revision = self.register("1")
        self.service = {"cluster": self.name, "service": self.name}

    def register(self, image: str, **more: Any) -> str:
        container = {"name": "worker", "image": image, "memory": 128}
        made = self.ecs.register_task_definition(family=self.name, containerDefinitions=[container], **more)
        return made["taskDefinition"]["taskDefinitionArn"]

    def make(self, desired: int = 0, **more: Any) -> None:
        self.ecs.create_service(
            cluster=self.name, serviceName=self.name, taskDefinition=self.revision, desiredCount=desired, **more
        )

    def update(self, **changed: Any) -> None:
        self.ecs.update_service(**self.service, **changed)

    def described(self) -> dict[str, Any]:
        [service] = self.ecs.describe_services(cluster=self.name, services=[self.name])["services"]
        return service

    def deployments(self) -> list[tuple[str, str, str, int, int]]:
        names = ("status", "taskDefinition", "rolloutState", "desiredCount", "runningCount")
        return [tuple(one[name] for name in names) for one in self.described()["deployments"]]

    def run_tasks(self, count: int) -> None:
        self.assertEqual(self.aws.control("PUT", f"running-tasks/{self.name}/{self.name}/{count}"), 204)

    def test_a_family_is_its_latest_active_revision_and_an_inactive_one_is_not_deployed(self) -> None:
        second = self.register("2")
        self.ecs.deregister_task_definition(taskDefinition=second)

        def latest() -> str:
            described = self.ecs.describe_task_definition(taskDefinition=self.name)
            return described["taskDefinition"]["taskDefinitionArn"]

        self.assertEqual(latest(), self.revision)
        self.make()
        self.refused("ClientException", "is inactive", self.update, taskDefinition=second)
        self.assertEqual(self.described()["taskDefinition"], self.revision)
        third = self.register("3")
        self.update(taskDefinition=self.name)
        self.assertEqual(self.described()["taskDefinition"], third)
        for revision in (self.revision, third):
            self.ecs.deregister_task_definition(taskDefinition=revision)
        self.refused("ClientException", "Unable to describe", latest)
        other = {"cluster": self.name, "serviceName": "other", "taskDefinition": third}
        self.refused("ClientException", "is inactive", self.ecs.create_service, **other)

    def test_a_revision_that_is_registered_as_a_copy_is_like_the_first_but_for_what_was_changed(self) -> None:
        limits = {"initProcessEnabled": True, "capabilities": {"drop": ["ALL"]}}
        container = {
            "name": "worker",
            "image": "repository:none",
            "readonlyRootFilesystem": True,
            "stopTimeout": 120,
            "linuxParameters": limits,
            "logConfiguration": {"logDriver": "awslogs", "options": {"awslogs-group": "g"}},
        }
        self.ecs.register_task_definition(
            family="copied",
            containerDefinitions=[container],
            cpu="256",
            memory="512",
            networkMode="awsvpc",
            requiresCompatibilities=["FARGATE"],
            runtimePlatform={"cpuArchitecture": "ARM64", "operatingSystemFamily": "LINUX"},
            taskRoleArn=f"arn:aws:iam::{ACCOUNT}:role/task",
            tags=[{"key": "Stack", "value": "s"}],
        )
        first = self.ecs.describe_task_definition(taskDefinition="copied", include=["TAGS"])
        own = ("taskDefinitionArn", "revision", "status", "compatibilities")
        copy = {key: value for key, value in first["taskDefinition"].items() if key not in own}
        copy["containerDefinitions"][0]["image"] = "repository:built"
        self.ecs.register_task_definition(**copy, tags=first["tags"])
        second = self.ecs.describe_task_definition(taskDefinition="copied", include=["TAGS"])
        self.assertEqual((second["taskDefinition"]["revision"], second["tags"]), (2, first["tags"]))
        self.assertEqual({key: second["taskDefinition"][key] for key in copy}, copy)

    def test_settings_of_a_service_are_returned_as_they_were_set(self) -> None:
        strategy = [{"capacityProvider": "FARGATE", "weight": 1, "base": 1}]
        breaker = {"enable": True, "rollback": True}
        settings = {
            "capacityProviderStrategy": strategy,
            "availabilityZoneRebalancing": "ENABLED",
            "enableECSManagedTags": True,
            "healthCheckGracePeriodSeconds": 30,
        }
        self.make(deploymentConfiguration={"deploymentCircuitBreaker": breaker, "maximumPercent": 200}, **settings)
        described = self.described()
        self.assertEqual({key: described[key] for key in settings}, settings)
        self.assertNotIn("launchType", described)
        self.assertNotIn("networkConfiguration", described)
        [deployment] = described["deployments"]
        self.assertEqual(deployment["capacityProviderStrategy"], strategy)
        self.update(deploymentConfiguration={"maximumPercent": 150}, enableECSManagedTags=False)
        described = self.described()
        expected = {"deploymentCircuitBreaker": breaker, "maximumPercent": 150}
        self.assertEqual((described["deploymentConfiguration"], described["enableECSManagedTags"]), (expected, False))

    def test_another_revision_is_a_new_deployment_which_ends_when_its_tasks_run_alone(self) -> None:
        first, second = self.revision, self.register("2")
        self.make()
        self.assertEqual(self.deployments(), [("PRIMARY", first, "COMPLETED", 0, 0)])
        self.update(desiredCount=2, taskDefinition=second)
        self.assertEqual(self.deployments(), [("PRIMARY", second, "IN_PROGRESS", 2, 0)])
        self.run_tasks(1)
        self.assertEqual(self.deployments(), [("PRIMARY", second, "IN_PROGRESS", 2, 1)])
        self.run_tasks(2)
        self.assertEqual(self.deployments(), [("PRIMARY", second, "COMPLETED", 2, 2)])
        third = self.register("3")
        self.update(taskDefinition=third)
        before = ("ACTIVE", second, "COMPLETED", 2, 2)
        self.assertEqual(self.deployments(), [("PRIMARY", third, "IN_PROGRESS", 2, 0), before])
        described = self.described()
        self.assertEqual((described["runningCount"], described["pendingCount"]), (2, 2))
        self.run_tasks(2)
        self.assertEqual(self.deployments(), [("PRIMARY", third, "COMPLETED", 2, 2)])

    def test_another_desired_count_is_no_deployment_and_runs_nothing(self) -> None:
        self.make()
        before = self.described()["deployments"][0]["id"]
        self.update(desiredCount=3, deploymentConfiguration={"maximumPercent": 150})
        described = self.described()
        self.assertEqual((described["desiredCount"], described["runningCount"], described["pendingCount"]), (3, 0, 3))
        self.assertEqual(self.deployments(), [("PRIMARY", self.revision, "COMPLETED", 3, 0)])
        self.assertEqual(described["deployments"][0]["id"], before)
        [cluster] = self.ecs.describe_clusters(clusters=[self.name])["clusters"]
        counts = [cluster[f"{kind}Count"] for kind in ("activeServices", "runningTasks", "pendingTasks")]
        self.assertEqual(counts, [1, 0, 3])
        self.update(forceNewDeployment=True)
        self.assertNotEqual(self.described()["deployments"][0]["id"], before)
        self.assertEqual(self.deployments(), [("PRIMARY", self.revision, "IN_PROGRESS", 3, 0)])

    def test_tasks_run_only_in_a_service_that_is_there(self) -> None:
        self.assertEqual(self.aws.control("PUT", f"running-tasks/{self.name}/none/1"), 404)
        self.make()
        self.assertEqual(self.aws.control("PUT", f"running-tasks/{self.name}/{self.name}/many"), 404)
        self.assertEqual(self.aws.control("DELETE", f"running-tasks/{self.name}/{self.name}/1"), 405)
        self.assertEqual(self.described()["runningCount"], 0)

    def test_a_cluster_with_a_service_is_not_deleted_and_of_deleted_ones_nothing_is_left(self) -> None:
        self.make(desired=1)
        self.run_tasks(1)
        deletion = self.ecs.delete_cluster
        self.refused("ClusterContainsServicesException", "while Services are active", deletion, cluster=self.name)
        self.ecs.delete_service(force=True, **self.service)
        self.refused("ServiceNotActiveException", "not ACTIVE", self.update, desiredCount=1)
        [cluster] = self.ecs.describe_clusters(clusters=[self.name])["clusters"]
        self.assertEqual((cluster["activeServicesCount"], cluster["runningTasksCount"]), (0, 0))
        deletion(cluster=self.name)
        self.ecs.deregister_task_definition(taskDefinition=self.revision)
        self.assertEqual([one for one in self.aws.inventory() if self.name in one], [])

    def test_registering_a_target_brings_the_desired_count_within_its_bounds(self) -> None:
        self.make(desired=1)
        scaling = self.aws.client("application-autoscaling")

        def register(**bounds: int) -> int:
            scaling.register_scalable_target(
                ServiceNamespace="ecs",
                ResourceId=f"service/{self.name}/{self.name}",
                ScalableDimension="ecs:service:DesiredCount",
                **bounds,
            )
            return self.described()["desiredCount"]

        self.assertEqual(register(MinCapacity=0, MaxCapacity=5), 1)
        self.assertEqual(register(MinCapacity=3), 3)
        self.assertEqual(register(MinCapacity=0, MaxCapacity=2), 2)
        self.update(desiredCount=4)
        self.assertEqual(register(), 2)

    def test_no_alarms_are_invented_for_a_policy(self) -> None:
        self.make()
        scaling = self.aws.client("application-autoscaling")
        target = {
            "ServiceNamespace": "ecs",
            "ResourceId": f"service/{self.name}/{self.name}",
            "ScalableDimension": "ecs:service:DesiredCount",
        }
        scaling.register_scalable_target(MinCapacity=0, MaxCapacity=5, **target)
        metric = {"PredefinedMetricType": "ECSServiceAverageMemoryUtilization"}
        answer = scaling.put_scaling_policy(
            PolicyName="track",
            PolicyType="TargetTrackingScaling",
            TargetTrackingScalingPolicyConfiguration={"PredefinedMetricSpecification": metric, "TargetValue": 50},
            **target,
        )
        self.assertEqual(answer["Alarms"], [])
        alarms = self.aws.client("cloudwatch").describe_alarms(AlarmNamePrefix=f"TargetTracking-{target['ResourceId']}")
        self.assertEqual(alarms["MetricAlarms"], [])


class Ecr(ExtensionTest):
    def test_a_tag_of_an_immutable_repository_stays_with_its_image(self) -> None:
        ecr = self.aws.client("ecr")
        media_type = "application/vnd.docker.distribution.manifest.v2+json"
        layers = [{"digest": f"sha256:{'0' * 64}", "size": 1, "mediaType": "layer"}]

        def put(repository: str, config: str, tag: str) -> str:
            manifest = {"schemaVersion": 2, "mediaType": media_type, "layers": layers, "config": {"digest": config}}
            image = {"imageManifest": json.dumps(manifest), "imageTag": tag}
            return ecr.put_image(repositoryName=repository, **image)["image"]["imageId"]["imageDigest"]

        ecr.create_repository(repositoryName="immutable", imageTagMutability="IMMUTABLE")
        first = put("immutable", "1", "tag")
        self.assertNotEqual(put("immutable", "2", "other"), first)
        taken = "'tag' already exists in the 'immutable' repository"
        self.refused("ImageTagAlreadyExistsException", taken, put, repository="immutable", config="2", tag="tag")
        self.refused("ImageAlreadyExistsException", "exists", put, repository="immutable", config="1", tag="tag")
        self.assertEqual(put("immutable", "1", "second tag"), first)
        ecr.create_repository(repositoryName="mutable")
        self.assertNotEqual(put("mutable", "1", "tag"), put("mutable", "2", "tag"))


class CodeBuild(ExtensionTest):
    def test_a_project_of_a_pipeline_is_returned_as_it_was_made_and_updated_and_goes_by_its_arn(self) -> None:
        builds = self.aws.client("codebuild")
        environment = {"type": "ARM_CONTAINER", "computeType": "BUILD_GENERAL1_SMALL", "image": "aws/codebuild/a:3.0"}
        given = {
            "name": "project",
            "source": {"type": "CODEPIPELINE", "buildspec": "version: 0.2"},
            "artifacts": {"type": "CODEPIPELINE"},
            "environment": {**environment, "environmentVariables": [{"name": "A", "value": "a", "type": "PLAINTEXT"}]},
            "serviceRole": f"arn:aws:iam::{ACCOUNT}:role/build",
            "encryptionKey": f"arn:aws:kms:{REGION}:{ACCOUNT}:key/k",
            "timeoutInMinutes": 30,
            "logsConfig": {"cloudWatchLogs": {"status": "ENABLED", "groupName": "g"}},
            "tags": [{"key": "Stack", "value": "s"}],
        }
        arn = builds.create_project(**given)["project"]["arn"]

        def described() -> dict[str, Any]:
            [project] = builds.batch_get_projects(names=[arn])["projects"]
            return {key: project[key] for key in given}

        self.assertEqual(described(), given)
        changed = {"source": {"type": "CODEPIPELINE", "buildspec": "version: 0.2 # changed"}, "timeoutInMinutes": 60}
        builds.update_project(name="project", **changed)
        self.assertEqual(described(), {**given, **changed})
        self.refused("ResourceNotFoundException", "none", builds.update_project, name="none")
        location = {"source": {"type": "S3"}, "name": "without-location"}
        self.refused("InvalidInputException", "location is required", builds.create_project, **{**given, **location})
        builds.delete_project(name=arn)
        self.assertEqual([one for one in self.aws.inventory() if one.startswith("codebuild ")], [])


class CodePipeline(ExtensionTest):
    def test_a_pipeline_says_in_seconds_when_it_was_made_and_changed(self) -> None:
        trust = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "codepipeline.amazonaws.com"}}
        role = self.aws.client("iam").create_role(
            RoleName="pipeline", AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [trust]})
        )["Role"]["Arn"]

        def stage(name: str, category: str, provider: str) -> dict[str, Any]:
            kind = {"category": category, "owner": "AWS", "provider": provider, "version": "1"}
            return {"name": name, "actions": [{"name": name, "actionTypeId": kind}]}

        pipelines = self.aws.client("codepipeline")
        stages = [stage("Source", "Source", "S3"), stage("Build", "Build", "CodeBuild")]
        store = {"type": "S3", "location": "bucket"}
        pipeline = {"name": "pipeline", "roleArn": role, "artifactStore": store, "stages": stages, "pipelineType": "V2"}
        pipelines.create_pipeline(pipeline=pipeline)
        pipelines.update_pipeline(pipeline={**pipeline, "executionMode": "QUEUED"})
        _, described = self.aws.post("codepipeline", "CodePipeline_20150709.GetPipeline", b'{"name": "pipeline"}', {})
        self.assertEqual(described["pipeline"]["executionMode"], "QUEUED")
        for time_of in ("created", "updated"):
            self.assertAlmostEqual(described["metadata"][time_of], time.time(), delta=30)


class CodeConnections(ExtensionTest):
    def test_a_connection_waits_for_a_person_has_tags_and_is_deleted(self) -> None:
        for service in ("codeconnections", "codestar-connections"):
            connections = self.aws.client(service)
            tags = [{"Key": "Stack", "Value": "s"}, {"Key": "Gone", "Value": "g"}]
            made = connections.create_connection(ConnectionName="github", ProviderType="GitHub", Tags=tags)
            arn = made["ConnectionArn"]
            self.assertRegex(arn, rf"^arn:aws:{service}:{REGION}:{ACCOUNT}:connection/[0-9a-f-]{{36}}$")
            connection = connections.get_connection(ConnectionArn=arn)["Connection"]
            self.assertEqual(
                (connection["ConnectionName"], connection["ProviderType"], connection["ConnectionStatus"]),
                ("github", "GitHub", "PENDING"),
            )
            self.assertEqual(connections.list_connections()["Connections"], [connection])
            connections.tag_resource(ResourceArn=arn, Tags=[{"Key": "Stack", "Value": "t"}])
            connections.untag_resource(ResourceArn=arn, TagKeys=["Gone"])
            tagged = connections.list_tags_for_resource(ResourceArn=arn)["Tags"]
            self.assertEqual(tagged, [{"Key": "Stack", "Value": "t"}])
            self.assertIn(f"codeconnections connections {arn}", self.aws.inventory())
            connections.delete_connection(ConnectionArn=arn)
            get = connections.get_connection
            self.refused("ResourceNotFoundException", "Connection not found", get, ConnectionArn=arn)
            self.refused("NotImplemented", "ListHosts", connections.list_hosts)
        self.assertEqual([one for one in self.aws.inventory() if one.startswith("codeconnections ")], [])


class Network(ExtensionTest):
    """A VPC with two subnets in two zones, and a security group, for each test."""

    def setUp(self) -> None:
        self.ec2 = self.aws.client("ec2")
        self.vpc = self.ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
        self.subnets = [
            self.ec2.create_subnet(
                VpcId=self.vpc, CidrBlock=f"10.0.{index}.0/24", AvailabilityZone=f"{REGION}{zone}"
            )["Subnet"]["SubnetId"]
            for index, zone in enumerate("ab")
        ]
        self.name = self.id().rpartition(".")[2][:60]
        self.group = self.ec2.create_security_group(GroupName=self.name, Description="d", VpcId=self.vpc)["GroupId"]

    def template(self, name: str | None = None, **data: Any) -> str:
        data = {"ImageId": f"resolve:ssm:{AL2023}", "InstanceType": "t3.small", **data}
        made = self.ec2.create_launch_template(LaunchTemplateName=name or self.name, LaunchTemplateData=data)
        return made["LaunchTemplate"]["LaunchTemplateId"]

    def instances(self, **request: Any) -> list[dict[str, Any]]:
        reservations = self.ec2.describe_instances(**request)["Reservations"]
        return [instance for one in reservations for instance in one["Instances"]]

    def run_instance(self, **request: Any) -> dict[str, Any]:
        made = self.ec2.run_instances(MinCount=1, MaxCount=1, **request)["Instances"][0]
        return self.instances(InstanceIds=[made["InstanceId"]])[0]


def encoded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


class Ec2(Network):
    def rule(self, **permission: Any) -> str:
        permission = {"IpProtocol": "tcp", "FromPort": 80, "ToPort": 80, **permission}
        made = self.ec2.authorize_security_group_ingress(GroupId=self.group, IpPermissions=[permission])
        return made["SecurityGroupRules"][0]["SecurityGroupRuleId"]

    def described(self, rule: str) -> dict[str, Any]:
        return self.ec2.describe_security_group_rules(SecurityGroupRuleIds=[rule])["SecurityGroupRules"][0]

    def modify(self, rule: str, **changed: Any) -> None:
        self.ec2.modify_security_group_rules(
            GroupId=self.group, SecurityGroupRules=[{"SecurityGroupRuleId": rule, "SecurityGroupRule": changed}]
        )

    def test_a_rule_that_refers_to_a_group_has_a_description_and_is_modified(self) -> None:
        other = self.ec2.create_security_group(GroupName="other", Description="d", VpcId=self.vpc)["GroupId"]
        rule = self.rule(UserIdGroupPairs=[{"GroupId": self.group, "Description": "from itself"}])
        self.assertEqual(self.described(rule)["Description"], "from itself")
        self.modify(
            rule, IpProtocol="tcp", FromPort=80, ToPort=81, ReferencedGroupId=other, Description="from the other"
        )
        described = self.described(rule)
        self.assertEqual((described["Description"], described["ToPort"]), ("from the other", 81))
        self.assertEqual(described["ReferencedGroupInfo"]["GroupId"], other)

    def test_so_has_and_is_one_that_refers_to_a_prefix_list(self) -> None:
        prefix_list, other, *_ = self.ec2.describe_prefix_lists()["PrefixLists"]
        rule = self.rule(PrefixListIds=[{"PrefixListId": prefix_list["PrefixListId"], "Description": "from AWS"}])
        self.assertEqual(self.described(rule)["Description"], "from AWS")
        changed = {"PrefixListId": other["PrefixListId"], "Description": "from elsewhere"}
        self.modify(rule, IpProtocol="tcp", FromPort=80, ToPort=81, **changed)
        described = self.described(rule)
        self.assertEqual({key: described[key] for key in changed}, changed)
        [group] = self.ec2.describe_security_groups(GroupIds=[self.group])["SecurityGroups"]
        self.assertEqual(group["IpPermissions"][0]["IpRanges"], [])

    def test_a_rule_for_all_protocols_is_modified(self) -> None:
        rule = self.rule(IpProtocol="-1", IpRanges=[{"CidrIp": "10.0.0.0/16"}])
        self.modify(rule, IpProtocol="-1", CidrIpv4="10.1.0.0/16", Description="all")
        described = self.described(rule)
        self.assertEqual(
            (described["CidrIpv4"], described["Description"], described["FromPort"]), ("10.1.0.0/16", "all", -1)
        )

    def test_nothing_is_left_of_a_nat_gateway(self) -> None:
        gateway = self.ec2.create_nat_gateway(SubnetId=self.subnets[0], ConnectivityType="private")["NatGateway"]
        interfaces = {"Filters": [{"Name": "subnet-id", "Values": [self.subnets[0]]}]}
        self.assertEqual(len(self.ec2.describe_network_interfaces(**interfaces)["NetworkInterfaces"]), 1)
        self.ec2.delete_nat_gateway(NatGatewayId=gateway["NatGatewayId"])
        self.assertEqual(self.ec2.describe_network_interfaces(**interfaces)["NetworkInterfaces"], [])
        with urllib.request.urlopen(f"{self.aws.url}/local-aws/inventory") as response:
            self.assertNotIn(f"ec2 nat_gateways {gateway['NatGatewayId']}", json.load(response))

    def test_nothing_is_left_of_a_vpc(self) -> None:
        vpc = self.ec2.create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]
        acls = {"Filters": [{"Name": "vpc-id", "Values": [vpc]}]}
        self.assertEqual(len(self.ec2.describe_network_acls(**acls)["NetworkAcls"]), 1)
        self.ec2.delete_vpc(VpcId=vpc)
        self.assertEqual(self.ec2.describe_network_acls(**acls)["NetworkAcls"], [])

    def test_monitoring_is_switched_on_and_off(self) -> None:
        instance = self.run_instance(ImageId="ami-1", SubnetId=self.subnets[0])["InstanceId"]
        for switch, state in ((self.ec2.monitor_instances, "enabled"), (self.ec2.unmonitor_instances, "disabled")):
            answer = switch(InstanceIds=[instance])["InstanceMonitorings"]
            self.assertEqual(answer, [{"InstanceId": instance, "Monitoring": {"State": state}}])
            self.assertEqual(self.instances(InstanceIds=[instance])[0]["Monitoring"], {"State": state})

    def test_credits_and_recovery_are_returned_as_requested_and_as_modified(self) -> None:
        instance = self.run_instance(
            ImageId="ami-1",
            InstanceType="t3.small",
            CreditSpecification={"CpuCredits": "standard"},
            MaintenanceOptions={"AutoRecovery": "disabled"},
        )

        def options() -> tuple[str, str]:
            ids = [instance["InstanceId"]]
            credits = self.ec2.describe_instance_credit_specifications(InstanceIds=ids)
            [specification] = credits["InstanceCreditSpecifications"]
            return specification["CpuCredits"], self.instances(InstanceIds=ids)[0]["MaintenanceOptions"]["AutoRecovery"]

        self.assertEqual(options(), ("standard", "disabled"))
        self.ec2.modify_instance_credit_specification(
            InstanceCreditSpecifications=[{"InstanceId": instance["InstanceId"], "CpuCredits": "unlimited"}]
        )
        self.ec2.modify_instance_maintenance_options(InstanceId=instance["InstanceId"], AutoRecovery="default")
        self.assertEqual(options(), ("unlimited", "default"))

    def test_an_instance_has_the_groups_of_its_interface_until_they_are_changed(self) -> None:
        interface = {"DeviceIndex": 0, "SubnetId": self.subnets[0], "Groups": [self.group]}
        instance = self.run_instance(ImageId="ami-1", NetworkInterfaces=[interface])["InstanceId"]

        def groups() -> list[list[str]]:
            described = self.instances(InstanceIds=[instance])[0]
            both = (described["SecurityGroups"], described["NetworkInterfaces"][0]["Groups"])
            return [[one["GroupId"] for one in groups] for groups in both]

        self.ec2.modify_instance_attribute(
            InstanceId=instance, InstanceInitiatedShutdownBehavior={"Value": "terminate"}
        )
        self.assertEqual(groups(), [[self.group], [self.group]])
        other = self.ec2.create_security_group(GroupName="other", Description="d", VpcId=self.vpc)["GroupId"]
        self.ec2.modify_instance_attribute(InstanceId=instance, Groups=[other])
        self.assertEqual(groups(), [[other], [other]])
        described = self.ec2.describe_instance_attribute(
            InstanceId=instance, Attribute="instanceInitiatedShutdownBehavior"
        )
        self.assertEqual(described["InstanceInitiatedShutdownBehavior"], {"Value": "terminate"})

    def test_a_launch_templates_tags_are_no_part_of_its_data(self) -> None:
        tags = {"ResourceType": "launch-template", "Tags": [{"Key": "Stack", "Value": "s"}]}
        template = self.ec2.create_launch_template(
            LaunchTemplateName=self.name, LaunchTemplateData={"InstanceType": "t3.small"}, TagSpecifications=[tags]
        )["LaunchTemplate"]["LaunchTemplateId"]
        self.ec2.create_tags(Resources=[template], Tags=[{"Key": "Stack", "Value": "t"}])
        [described] = self.ec2.describe_launch_templates(LaunchTemplateIds=[template])["LaunchTemplates"]
        self.assertEqual(described["Tags"], [{"Key": "Stack", "Value": "t"}])
        [version] = self.ec2.describe_launch_template_versions(LaunchTemplateId=template)["LaunchTemplateVersions"]
        self.assertEqual(version["LaunchTemplateData"], {"InstanceType": "t3.small"})

    def test_an_instance_is_what_its_launch_template_says(self) -> None:
        iam = self.aws.client("iam")
        profile = iam.create_instance_profile(InstanceProfileName=self.name)["InstanceProfile"]["Arn"]
        template = self.template(
            UserData=encoded("#!/bin/sh\n"),
            IamInstanceProfile={"Arn": profile},
            MetadataOptions={"HttpTokens": "required", "HttpPutResponseHopLimit": 2},
            Monitoring={"Enabled": True},
            BlockDeviceMappings=[
                {"DeviceName": "/dev/xvda", "Ebs": {"VolumeSize": 20, "VolumeType": "gp3", "DeleteOnTermination": True}}
            ],
            NetworkInterfaces=[{"DeviceIndex": 0, "AssociatePublicIpAddress": True, "Groups": [self.group]}],
            TagSpecifications=[
                {"ResourceType": resource, "Tags": [{"Key": "Of", "Value": resource}]}
                for resource in ("instance", "volume", "network-interface")
            ],
        )
        instance = self.run_instance(LaunchTemplate={"LaunchTemplateId": template}, SubnetId=self.subnets[0])
        image = self.aws.client("ssm").get_parameter(Name=AL2023)["Parameter"]["Value"]
        self.assertEqual(instance["ImageId"], image)
        self.assertEqual(instance["IamInstanceProfile"]["Arn"], profile)
        self.assertEqual(instance["MetadataOptions"]["HttpTokens"], "required")
        self.assertEqual(instance["MetadataOptions"]["HttpPutResponseHopLimit"], 2)
        self.assertEqual(instance["Monitoring"], {"State": "enabled"})
        self.assertEqual([one["GroupId"] for one in instance["SecurityGroups"]], [self.group])
        self.assertTrue(instance["PublicIpAddress"])
        self.assertIn({"Key": "Of", "Value": "instance"}, instance["Tags"])
        [device] = instance["BlockDeviceMappings"]
        self.assertEqual(device["DeviceName"], "/dev/xvda")
        [volume] = self.ec2.describe_volumes(VolumeIds=[device["Ebs"]["VolumeId"]])["Volumes"]
        self.assertEqual((volume["Size"], volume["Tags"]), (20, [{"Key": "Of", "Value": "volume"}]))
        interface = instance["NetworkInterfaces"][0]["NetworkInterfaceId"]
        [described] = self.ec2.describe_network_interfaces(NetworkInterfaceIds=[interface])["NetworkInterfaces"]
        self.assertEqual(described["TagSet"], [{"Key": "Of", "Value": "network-interface"}])
        user_data = self.ec2.describe_instance_attribute(InstanceId=instance["InstanceId"], Attribute="userData")
        self.assertEqual(user_data["UserData"]["Value"], encoded("#!/bin/sh\n"))

    def test_an_image_by_a_parameter_that_does_not_exist_fails_the_launch(self) -> None:
        template = self.template(ImageId="resolve:ssm:/none")
        self.refused(
            "InvalidAMIID.NotFound",
            "resolve:ssm:/none",
            self.run_instance,
            LaunchTemplate={"LaunchTemplateId": template},
            SubnetId=self.subnets[0],
        )

    def test_termination_protection_comes_with_the_launch_and_refuses_the_whole_request(self) -> None:
        self.template(DisableApiTermination=True)
        by_template = self.run_instance(LaunchTemplate={"LaunchTemplateName": self.name})["InstanceId"]
        by_request = self.run_instance(ImageId="ami-1", DisableApiTermination=True)["InstanceId"]
        free = self.run_instance(ImageId="ami-1")["InstanceId"]

        def is_protected(instance: str) -> bool:
            attribute = {"InstanceId": instance, "Attribute": "disableApiTermination"}
            return self.ec2.describe_instance_attribute(**attribute)["DisableApiTermination"]["Value"]

        self.assertEqual([is_protected(one) for one in (by_template, by_request, free)], [True, True, False])
        terminate, every = self.ec2.terminate_instances, [free, by_template, by_request]
        self.refused("OperationNotPermitted", by_template, terminate, InstanceIds=every)
        self.assertEqual({one["State"]["Name"] for one in self.instances(InstanceIds=every)}, {"running"})
        self.ec2.modify_instance_attribute(InstanceId=by_template, DisableApiTermination={"Value": False})
        self.ec2.modify_instance_attribute(InstanceId=by_request, Attribute="disableApiTermination", Value="false")
        self.ec2.modify_instance_attribute(InstanceId=free, Attribute="disableApiTermination", Value="true")
        self.assertEqual([is_protected(one) for one in every], [True, False, False])
        terminate(InstanceIds=[by_template, by_request])

    def test_interface_and_volume_end_with_their_instance(self) -> None:
        instance = self.run_instance(ImageId="ami-1", SubnetId=self.subnets[0])
        self.ec2.terminate_instances(InstanceIds=[instance["InstanceId"]])
        of_the_subnet = {"Filters": [{"Name": "subnet-id", "Values": [self.subnets[0]]}]}
        self.assertEqual(self.ec2.describe_network_interfaces(**of_the_subnet)["NetworkInterfaces"], [])
        volume = instance["BlockDeviceMappings"][0]["Ebs"]["VolumeId"]
        self.refused("InvalidVolume.NotFound", volume, self.ec2.describe_volumes, VolumeIds=[volume])
        self.assertEqual(self.instances(InstanceIds=[instance["InstanceId"]])[0]["State"]["Name"], "terminated")


class AutoScaling(Network):
    def setUp(self) -> None:
        super().setUp()
        self.autoscaling = self.aws.client("autoscaling")
        self.balancing = self.aws.client("elbv2")
        self.launch_template = self.template(UserData=encoded("1"))

    def make(self, size: int, **more: Any) -> None:
        self.autoscaling.create_auto_scaling_group(
            AutoScalingGroupName=self.name,
            MinSize=size,
            MaxSize=9,
            VPCZoneIdentifier=",".join(self.subnets),
            LaunchTemplate={"LaunchTemplateId": self.launch_template, "Version": "1"},
            **more,
        )

    def change(self, **changed: Any) -> None:
        self.autoscaling.update_auto_scaling_group(AutoScalingGroupName=self.name, **changed)

    def protect(self, instances: Iterable[str], protected: bool) -> None:
        self.autoscaling.set_instance_protection(
            AutoScalingGroupName=self.name, InstanceIds=sorted(instances), ProtectedFromScaleIn=protected
        )

    def execute(self, **parameters: Any) -> None:
        self.autoscaling.execute_policy(AutoScalingGroupName=self.name, **parameters)

    def policy(self, name: str, **policy: Any) -> None:
        self.autoscaling.put_scaling_policy(AutoScalingGroupName=self.name, PolicyName=name, **policy)

    def target_group(self, name: str) -> str:
        made = self.balancing.create_target_group(Name=name, Protocol="TCP", Port=80, VpcId=self.vpc)
        return made["TargetGroups"][0]["TargetGroupArn"]

    def targets(self, target_group: str) -> set[str]:
        health = self.balancing.describe_target_health(TargetGroupArn=target_group)["TargetHealthDescriptions"]
        return {one["Target"]["Id"] for one in health}

    def sizes(self) -> tuple[int, int, int, int]:
        group = self.described()
        return (group["MinSize"], group["DesiredCapacity"], group["MaxSize"], len(group["Instances"]))

    def described(self) -> dict[str, Any]:
        groups = self.autoscaling.describe_auto_scaling_groups(AutoScalingGroupNames=[self.name])
        return groups["AutoScalingGroups"][0]

    def ids(self) -> set[str]:
        return {one["InstanceId"] for one in self.described()["Instances"]}

    def versions(self) -> list[str]:
        return sorted(one["LaunchTemplate"]["Version"] for one in self.described()["Instances"])

    def new_version(self) -> None:
        self.ec2.create_launch_template_version(
            LaunchTemplateId=self.launch_template,
            LaunchTemplateData={"ImageId": "ami-2", "InstanceType": "t3.large", "UserData": encoded("2")},
        )
        self.change(LaunchTemplate={"LaunchTemplateId": self.launch_template, "Version": "2"})

    def test_instances_are_launched_into_both_zones_and_keep_their_version(self) -> None:
        self.make(2, Tags=[{"Key": "Of", "Value": "group", "PropagateAtLaunch": True}])
        launched = self.instances(InstanceIds=sorted(self.ids()))
        self.assertEqual({one["SubnetId"] for one in launched}, set(self.subnets))
        image = self.aws.client("ssm").get_parameter(Name=AL2023)["Parameter"]["Value"]
        for one in launched:
            self.assertEqual((one["ImageId"], one["InstanceType"]), (image, "t3.small"))
            self.assertIn({"Key": "Of", "Value": "group"}, one["Tags"])
            self.assertIn({"Key": "aws:autoscaling:groupName", "Value": self.name}, one["Tags"])
        self.new_version()
        self.change(DesiredCapacity=3)
        self.assertEqual(self.versions(), ["1", "1", "2"])

    def test_of_mixed_types_the_first_is_launched(self) -> None:
        specification = {"LaunchTemplateId": self.launch_template, "Version": "$Latest"}
        types = [{"InstanceType": "m7a.large"}, {"InstanceType": "m7i.large"}]
        self.autoscaling.create_auto_scaling_group(
            AutoScalingGroupName=self.name,
            MinSize=2,
            MaxSize=2,
            VPCZoneIdentifier=",".join(self.subnets),
            MixedInstancesPolicy={"LaunchTemplate": {"LaunchTemplateSpecification": specification, "Overrides": types}},
        )
        self.assertEqual([one["InstanceType"] for one in self.described()["Instances"]], ["m7a.large"] * 2)
        self.assertEqual(self.versions(), ["1", "1"])

    def test_what_replaces_a_terminated_instance_is_the_target(self) -> None:
        target_group = self.target_group("replaced")
        self.make(1, TargetGroupARNs=[target_group])
        [first] = self.ids()
        self.ec2.terminate_instances(InstanceIds=[first])
        self.assertNotIn(first, self.ids())
        self.assertEqual(len(self.ids()), 1)
        self.assertEqual(self.targets(target_group), self.ids())

    def test_a_capacity_beyond_the_sizes_is_refused_and_changes_nothing(self) -> None:
        self.make(2)
        group = {"AutoScalingGroupName": self.name}
        beyond = r"Desired capacity:10 must be between the specified min size:2 and max size:9"
        self.refused("ValidationError", beyond, self.change, DesiredCapacity=10)
        self.refused("ValidationError", "Max bound, 1", self.change, MaxSize=1, NewInstancesProtectedFromScaleIn=True)
        set_capacity = self.autoscaling.set_desired_capacity
        self.refused("ValidationError", "value 10 is above max value 9", set_capacity, DesiredCapacity=10, **group)
        self.refused("ValidationError", "value 1 is below min value 2", set_capacity, DesiredCapacity=1, **group)
        self.assertEqual(self.sizes(), (2, 2, 9, 2))
        self.assertFalse(self.described()["NewInstancesProtectedFromScaleIn"])
        self.name += "-new"
        self.refused("ValidationError", beyond, self.make, size=2, DesiredCapacity=10)

    def test_new_sizes_take_the_desired_capacity_along(self) -> None:
        self.make(2)
        self.change(MinSize=4)
        self.assertEqual(self.sizes(), (4, 4, 9, 4))
        self.change(MinSize=0, MaxSize=3)
        self.assertEqual(self.sizes(), (0, 3, 3, 3))
        self.protect(self.ids(), True)
        self.change(DesiredCapacity=0)
        self.change(MinSize=1)
        self.assertEqual(self.sizes(), (1, 1, 3, 3))

    def test_a_group_terminates_unprotected_instances_only_and_the_others_once_their_protection_is_lifted(self) -> None:
        target_group = self.target_group("protected")
        self.make(0, DesiredCapacity=5, NewInstancesProtectedFromScaleIn=True, TargetGroupARNs=[target_group])
        before = self.ids()
        free, *rest = sorted(before)
        self.protect([free], False)
        self.assertEqual(self.ids(), before)
        self.change(DesiredCapacity=2)
        self.assertEqual(self.ids(), set(rest))
        self.protect(rest[:1], False)
        self.assertEqual(self.ids(), set(rest[1:]))
        self.ec2.terminate_instances(InstanceIds=rest[1:2])  # One that ends by itself leaves none too few.
        self.assertEqual(self.ids(), set(rest[2:]))
        self.assertEqual(self.targets(target_group), set(rest[2:]))
        self.protect(rest[2:], False)
        self.assertEqual(self.sizes(), (0, 2, 9, 2))

    def test_protection_is_changed_for_all_instances_or_none(self) -> None:
        self.make(1)
        [instance] = self.ids()
        stranger = "i-1234567890abcdef0"
        many = [f"i-{number:017x}" for number in range(51)]
        for instances, message in (([instance, stranger], f"{stranger} is not part of"), (many, "or equal to 50")):
            self.refused("ValidationError", message, self.protect, instances=instances, protected=True)
        self.assertFalse(self.described()["Instances"][0]["ProtectedFromScaleIn"])

    def test_policies_scale_by_their_adjustment_and_never_beyond_the_sizes(self) -> None:
        self.make(1, DesiredCapacity=7)
        self.policy("one-more", AdjustmentType="ChangeInCapacity", ScalingAdjustment=1)
        self.policy("less", AdjustmentType="PercentChangeInCapacity", ScalingAdjustment=-25)
        steps = [
            {"MetricIntervalLowerBound": 0, "MetricIntervalUpperBound": 10, "ScalingAdjustment": 1},
            {"MetricIntervalLowerBound": 10, "ScalingAdjustment": 2},
        ]
        self.policy("steps", PolicyType="StepScaling", AdjustmentType="ChangeInCapacity", StepAdjustments=steps)
        for expected in (8, 9, 9):
            self.execute(PolicyName="one-more", HonorCooldown=False)
            self.assertEqual(self.sizes(), (1, expected, 9, expected))
        for expected in (7, 6, 5, 4, 3, 2, 1, 1):
            self.execute(PolicyName="less")
            self.assertEqual(self.sizes(), (1, expected, 9, expected))
        for value, expected in ((100, 2), (109.9, 3), (110, 5)):
            self.execute(PolicyName="steps", MetricValue=value, BreachThreshold=100)
            self.assertEqual(self.sizes(), (1, expected, 9, expected))
        below = {"PolicyName": "steps", "MetricValue": 99, "BreachThreshold": 100}
        self.refused("ValidationError", "No step adjustment", self.execute, **below)
        self.refused("ValidationError", "are required", self.execute, PolicyName="steps")
        self.refused("ValidationError", "PolicyName other not found", self.execute, PolicyName="other")

    def test_of_policies_executed_at_the_same_time_each_counts(self) -> None:
        self.make(0)
        self.policy("one-more", AdjustmentType="ChangeInCapacity", ScalingAdjustment=1)
        with ThreadPoolExecutor(8) as servers:
            list(servers.map(lambda _: self.execute(PolicyName="one-more"), range(8)))
        self.assertEqual(self.sizes(), (0, 8, 9, 8))

    def test_launches_wait_for_their_hook_where_that_was_asked_for(self) -> None:
        def launches_wait(method: str, name: str) -> int:
            return self.aws.control(method, f"waiting-launches/{name}")

        def states() -> list[str]:
            return sorted(one["LifecycleState"] for one in self.described()["Instances"])

        def complete(instance: str, result: str) -> None:
            self.autoscaling.complete_lifecycle_action(
                AutoScalingGroupName=self.name,
                LifecycleHookName="ready",
                InstanceId=instance,
                LifecycleActionResult=result,
            )

        target_group = self.target_group("waiting")
        hook = {"LifecycleHookName": "ready", "LifecycleTransition": "autoscaling:EC2_INSTANCE_LAUNCHING"}
        more = {"NewInstancesProtectedFromScaleIn": True, "TargetGroupARNs": [target_group]}
        self.make(1, LifecycleHookSpecificationList=[hook], **more)
        [first] = self.ids()
        self.assertEqual(launches_wait("PUT", self.name), 204)
        self.change(DesiredCapacity=3)
        self.assertEqual(states(), ["InService", "Pending:Wait", "Pending:Wait"])
        self.assertEqual(self.targets(target_group), {first})
        ready, failing = sorted(self.ids() - {first})
        not_in_service = f"{ready} is not in InService or EnteringStandby or Standby"
        self.refused("ValidationError", not_in_service, self.protect, instances=[first, ready], protected=False)
        self.assertTrue(all(one["ProtectedFromScaleIn"] for one in self.described()["Instances"]))
        complete(ready, "CONTINUE")
        self.assertEqual(states(), ["InService", "InService", "Pending:Wait"])
        self.assertEqual(self.targets(target_group), {first, ready})
        complete(failing, "ABANDON")
        self.assertNotIn(failing, self.ids())
        self.assertEqual(states(), ["InService", "InService", "Pending:Wait"])
        self.assertEqual(launches_wait("DELETE", self.name), 204)
        self.change(DesiredCapacity=4)
        self.assertEqual(states(), ["InService", "InService", "InService", "Pending:Wait"])
        self.assertEqual((launches_wait("PUT", "none"), launches_wait("POST", self.name)), (404, 405))
        self.autoscaling.delete_lifecycle_hook(AutoScalingGroupName=self.name, LifecycleHookName="ready")
        launches_wait("PUT", self.name)
        self.change(DesiredCapacity=5)
        self.assertEqual(states().count("Pending:Wait"), 1)

    def test_settings_are_returned_as_created_as_updated_and_as_taken_away(self) -> None:
        policy = {"MinHealthyPercentage": 0, "MaxHealthyPercentage": 100}
        self.make(0, DefaultInstanceWarmup=120, MaxInstanceLifetime=86400, InstanceMaintenancePolicy=policy)
        described = self.described()
        self.assertEqual((described["DefaultInstanceWarmup"], described["MaxInstanceLifetime"]), (120, 86400))
        self.assertEqual(described["InstanceMaintenancePolicy"], policy)
        none = {"MinHealthyPercentage": -1, "MaxHealthyPercentage": -1}
        self.change(DefaultInstanceWarmup=-1, InstanceMaintenancePolicy=none, DefaultCooldown=7)
        described = self.described()
        self.assertEqual(described["DefaultCooldown"], 7)
        self.assertNotIn("DefaultInstanceWarmup", described)
        self.assertNotIn("InstanceMaintenancePolicy", described)

    def test_a_group_with_protected_instances_goes_by_force_and_takes_all_with_it(self) -> None:
        self.launch_template = self.template(f"{self.name}-protected", DisableApiTermination=True)
        self.make(1, NewInstancesProtectedFromScaleIn=True)
        [instance] = self.ids()
        self.refused("OperationNotPermitted", instance, self.ec2.terminate_instances, InstanceIds=[instance])
        self.autoscaling.put_scaling_policy(
            AutoScalingGroupName=self.name, PolicyName="p", AdjustmentType="ExactCapacity", ScalingAdjustment=1
        )
        self.autoscaling.put_scheduled_update_group_action(
            AutoScalingGroupName=self.name, ScheduledActionName="s", Recurrence="0 1 * * *", DesiredCapacity=0
        )
        self.autoscaling.put_lifecycle_hook(
            AutoScalingGroupName=self.name,
            LifecycleHookName="h",
            LifecycleTransition="autoscaling:EC2_INSTANCE_TERMINATING",
        )
        delete = self.autoscaling.delete_auto_scaling_group
        self.refused("ResourceInUse", "still in the group", delete, AutoScalingGroupName=self.name)
        delete(AutoScalingGroupName=self.name, ForceDelete=True)
        self.assertEqual(self.instances(InstanceIds=[instance])[0]["State"]["Name"], "terminated")
        left = [one for one in self.aws.inventory() if self.name in one and "launch_template" not in one]
        self.assertEqual(left, [])

    def test_groups_may_name_their_policies_and_schedules_alike(self) -> None:
        first = self.name
        names = (first, f"{first}-other")
        arns = []
        for self.name, size in zip(names, (2, 3), strict=True):
            self.make(0)
            policy = {"AdjustmentType": "ExactCapacity", "ScalingAdjustment": size}
            answer = self.autoscaling.put_scaling_policy(AutoScalingGroupName=self.name, PolicyName="set", **policy)
            arns.append(answer["PolicyARN"])
            self.autoscaling.put_scheduled_update_group_action(
                AutoScalingGroupName=self.name, ScheduledActionName="set", Recurrence="0 1 * * *", DesiredCapacity=size
            )
        for self.name, arn, size in zip(names, arns, (2, 3), strict=True):
            [policy] = self.autoscaling.describe_policies(AutoScalingGroupName=self.name)["ScalingPolicies"]
            self.assertEqual((policy["PolicyARN"], policy["Enabled"]), (arn, True))
            self.assertNotIn("PredictiveScalingConfiguration", policy)
            schedules = self.autoscaling.describe_scheduled_actions(AutoScalingGroupName=self.name)
            self.assertEqual([one["DesiredCapacity"] for one in schedules["ScheduledUpdateGroupActions"]], [size])
            self.autoscaling.execute_policy(PolicyName=arn)
            self.assertEqual(len(self.ids()), size)
        self.autoscaling.delete_policy(AutoScalingGroupName=names[0], PolicyName="set")
        self.autoscaling.delete_scheduled_action(AutoScalingGroupName=names[0], ScheduledActionName="set")
        left = self.autoscaling.describe_policies(PolicyNames=["set"])["ScalingPolicies"]
        self.assertEqual([one["AutoScalingGroupName"] for one in left], [names[1]])

    def test_hooks_are_returned_as_they_were_set_and_their_actions_acknowledged(self) -> None:
        hook = {"LifecycleHookName": "ready", "LifecycleTransition": "autoscaling:EC2_INSTANCE_LAUNCHING"}
        self.make(1, LifecycleHookSpecificationList=[{**hook, "HeartbeatTimeout": 900}])
        [described] = self.autoscaling.describe_lifecycle_hooks(AutoScalingGroupName=self.name)["LifecycleHooks"]
        self.assertEqual((described["HeartbeatTimeout"], described["DefaultResult"]), (900, "ABANDON"))
        self.assertNotIn("NotificationTargetARN", described)
        self.assertNotIn("RoleARN", described)
        [instance] = self.ids()
        complete = {"AutoScalingGroupName": self.name, "LifecycleHookName": "ready", "InstanceId": instance}
        self.autoscaling.complete_lifecycle_action(LifecycleActionResult="CONTINUE", **complete)
        self.autoscaling.record_lifecycle_action_heartbeat(**complete)
        self.refused(
            "ValidationError",
            "No active Lifecycle Action",
            self.autoscaling.complete_lifecycle_action,
            LifecycleActionResult="CONTINUE",
            **{**complete, "InstanceId": "i-1234567890abcdef0"},
        )

    def test_an_unhealthy_instance_is_replaced_unless_it_is_new_or_nothing_is(self) -> None:
        self.make(1, HealthCheckGracePeriod=600)
        [instance] = self.ids()
        health = {"InstanceId": instance, "HealthStatus": "Unhealthy"}
        self.autoscaling.set_instance_health(**health)
        self.assertEqual(self.ids(), {instance})
        process = {"AutoScalingGroupName": self.name, "ScalingProcesses": ["ReplaceUnhealthy"]}
        self.autoscaling.suspend_processes(**process)
        self.autoscaling.set_instance_health(ShouldRespectGracePeriod=False, **health)
        self.assertEqual(self.ids(), {instance})
        self.autoscaling.resume_processes(**process)
        self.autoscaling.set_instance_health(ShouldRespectGracePeriod=False, **health)
        self.assertEqual(len(self.ids() - {instance}), 1)
        self.refused("ValidationError", "not found", self.autoscaling.set_instance_health, **health)

    def test_a_refresh_replaces_what_does_not_match_and_is_not_protected(self) -> None:
        self.make(2)
        protected, other = sorted(self.ids())
        self.autoscaling.set_instance_protection(
            AutoScalingGroupName=self.name, InstanceIds=[protected], ProtectedFromScaleIn=True
        )
        self.new_version()

        def refresh(**preferences: Any) -> str:
            return self.autoscaling.start_instance_refresh(
                AutoScalingGroupName=self.name, Preferences={"SkipMatching": True, **preferences}
            )["InstanceRefreshId"]

        first = refresh()
        self.assertEqual(self.versions(), ["1", "2"])
        self.assertIn(protected, self.ids())
        kept = self.ids() - {protected}
        second = refresh(ScaleInProtectedInstances="Refresh")
        self.assertEqual(self.versions(), ["2", "2"])
        self.assertLess(kept, self.ids())
        refreshes = self.autoscaling.describe_instance_refreshes(AutoScalingGroupName=self.name)["InstanceRefreshes"]
        self.assertEqual(
            [(one["InstanceRefreshId"], one["Status"]) for one in refreshes],
            [(second, "Successful"), (first, "Successful")],
        )
        self.refused(
            "ActiveInstanceRefreshNotFound",
            "No in progress",
            self.autoscaling.cancel_instance_refresh,
            AutoScalingGroupName=self.name,
        )


class LoadBalancers(Network):
    def test_the_kind_of_a_load_balancer_is_in_its_arn_and_its_name_is_taken_once(self) -> None:
        balancing = self.aws.client("elbv2")
        create = balancing.create_load_balancer
        for kind, part in (("network", "net"), ("application", "app")):
            tags = [{"Key": "Kind", "Value": kind}]
            made = {"Name": f"kind-{part}", "Type": kind, "Subnets": self.subnets, "Tags": tags}
            arn = create(**made)["LoadBalancers"][0]["LoadBalancerArn"]
            self.assertRegex(arn, rf":loadbalancer/{part}/kind-{part}/[0-9a-f]{{16}}$")
            [described] = balancing.describe_load_balancers(LoadBalancerArns=[arn])["LoadBalancers"]
            self.assertEqual((described["LoadBalancerArn"], described["Type"]), (arn, kind))
            [tagged] = balancing.describe_tags(ResourceArns=[arn])["TagDescriptions"]
            self.assertEqual(tagged["Tags"], tags)
            self.refused("DuplicateLoadBalancerName", "already exists", create, **made)


    def test_whether_rules_hold_for_private_link_is_returned_as_it_was_set(self) -> None:
        balancing = self.aws.client("elbv2")
        key = "EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic"
        made = balancing.create_load_balancer(Name="private-link", Type="network", Subnets=self.subnets)
        arn = made["LoadBalancers"][0]["LoadBalancerArn"]
        for value in ("on", "off"):
            balancing.set_security_groups(LoadBalancerArn=arn, SecurityGroups=[], **{key: value})
            [described] = balancing.describe_load_balancers(LoadBalancerArns=[arn])["LoadBalancers"]
            self.assertEqual(described[key], value)


class PrivateZones(Network):
    def test_a_zone_with_a_vpc_is_private_and_names_it(self) -> None:
        dns = self.aws.client("route53")
        vpc = {"VPCId": self.vpc, "VPCRegion": REGION}
        private = dns.create_hosted_zone(Name="servers.internal", CallerReference="private", VPC=vpc)
        self.assertEqual(private["VPC"], vpc)
        described = dns.get_hosted_zone(Id=private["HostedZone"]["Id"])
        self.assertEqual((described["HostedZone"]["Config"]["PrivateZone"], described["VPCs"]), (True, [vpc]))
        for answer in (private, described):
            self.assertNotIn("DelegationSet", answer)
        [listed] = dns.list_hosted_zones_by_vpc(**vpc)["HostedZoneSummaries"]
        self.assertEqual(listed["Name"], "servers.internal.")
        public = dns.create_hosted_zone(Name="example.com", CallerReference="public")
        self.assertFalse(public["HostedZone"]["Config"]["PrivateZone"])
        self.assertNotIn("VPCs", dns.get_hosted_zone(Id=public["HostedZone"]["Id"]))

    def test_nothing_is_left_of_a_private_zone(self) -> None:
        dns = self.aws.client("route53")

        def left() -> list[str]:
            return [entry for entry in self.aws.inventory() if entry.startswith("route53 ")]

        before = left()
        vpc = {"VPCId": self.vpc, "VPCRegion": REGION}
        zone = dns.create_hosted_zone(Name="short.internal", CallerReference="short", VPC=vpc)["HostedZone"]["Id"]
        of_zone = {"ResourceType": "hostedzone", "ResourceId": zone.rpartition("/")[2]}
        dns.change_tags_for_resource(AddTags=[{"Key": "Of", "Value": "zone"}], **of_zone)
        self.assertEqual(len(left()), len(before) + 1)
        dns.delete_hosted_zone(Id=zone)
        self.assertEqual(left(), before)


class Attempts(ExtensionTest):
    def test_a_further_attempt_of_a_call_gets_the_first_answer_and_one_that_was_refused_is_carried_out(self) -> None:
        def attempt(number: int, call: str, action: str, name: str) -> int:
            headers = {"amz-sdk-invocation-id": call, "amz-sdk-request": f"attempt={number}; max=3"}
            body = json.dumps({"DashboardNames": [name]} if action == "DeleteDashboards" else {}).encode()
            target = f"GraniteServiceVersion20100801.{action}"
            return self.aws.post("monitoring", target, body, headers)[0]

        watching = self.aws.client("cloudwatch")
        watching.put_dashboard(DashboardName="lost", DashboardBody='{"widgets":[]}')
        self.assertEqual(attempt(1, "one", "DeleteDashboards", "lost"), 200)
        self.assertEqual(attempt(2, "one", "DeleteDashboards", "lost"), 200)
        self.assertGreaterEqual(attempt(1, "two", "DeleteDashboards", "lost"), 400)
        watching.put_dashboard(DashboardName="lost", DashboardBody='{"widgets":[]}')
        self.assertEqual(attempt(2, "two", "DeleteDashboards", "lost"), 200)
        self.assertEqual(watching.list_dashboards()["DashboardEntries"], [])


class Efs(ExtensionTest):
    def test_settings_of_a_file_system_are_returned_as_they_were_set(self) -> None:
        efs = self.aws.client("efs")
        one = {"FileSystemId": efs.create_file_system(CreationToken="settings")["FileSystemId"]}
        self.refused("PolicyNotFound", "None", efs.describe_backup_policy, **one)
        for status in ("DISABLED", "ENABLED"):
            efs.put_backup_policy(BackupPolicy={"Status": status}, **one)
            self.assertEqual(efs.describe_backup_policy(**one)["BackupPolicy"], {"Status": status})
        efs.update_file_system_protection(ReplicationOverwriteProtection="DISABLED", **one)
        efs.update_file_system(ThroughputMode="elastic", **one)
        [described] = efs.describe_file_systems(**one)["FileSystems"]
        self.assertEqual(described["FileSystemProtection"], {"ReplicationOverwriteProtection": "DISABLED"})
        self.assertEqual(described["ThroughputMode"], "elastic")
        efs.put_file_system_policy(Policy="{}", **one)
        efs.delete_file_system_policy(**one)
        self.refused("PolicyNotFound", "None", efs.describe_file_system_policy, **one)


class Backup(ExtensionTest):
    def setUp(self) -> None:
        self.backup = self.aws.client("backup")

    def test_a_vault_has_tags_and_notifications_and_no_backups(self) -> None:
        vault = {"BackupVaultName": "vault"}
        arn = self.backup.create_backup_vault(BackupVaultTags={"Stack": "s"}, **vault)["BackupVaultArn"]
        self.assertEqual(self.backup.list_tags(ResourceArn=arn)["Tags"], {"Stack": "s"})
        self.assertEqual(self.backup.list_recovery_points_by_backup_vault(**vault)["RecoveryPoints"], [])
        topic = f"arn:aws:sns:{REGION}:{ACCOUNT}:topic"
        get = self.backup.get_backup_vault_notifications
        self.refused("ResourceNotFoundException", "not found", get, **vault)
        self.backup.put_backup_vault_notifications(
            SNSTopicArn=topic, BackupVaultEvents=["BACKUP_JOB_FAILED"], **vault
        )
        self.assertEqual((get(**vault)["SNSTopicArn"], get(**vault)["BackupVaultArn"]), (topic, arn))
        self.backup.delete_backup_vault_notifications(**vault)
        self.refused("ResourceNotFoundException", "not found", get, **vault)

    def test_a_plan_is_updated_and_goes_after_its_selections(self) -> None:
        rule = {"RuleName": "daily", "TargetBackupVaultName": "v"}
        document = {"BackupPlanName": "plan", "Rules": [rule]}
        made = self.backup.create_backup_plan(BackupPlan=document, BackupPlanTags={"Stack": "s"})
        plan = {"BackupPlanId": made["BackupPlanId"]}
        self.assertEqual(self.backup.list_tags(ResourceArn=made["BackupPlanArn"])["Tags"], {"Stack": "s"})
        changed = {**document, "Rules": [{**rule, "Lifecycle": {"DeleteAfterDays": 35}}]}
        updated = self.backup.update_backup_plan(BackupPlan=changed, **plan)
        self.assertNotEqual(updated["VersionId"], made["VersionId"])
        [described] = self.backup.get_backup_plan(**plan)["BackupPlan"]["Rules"]
        self.assertEqual(described["Lifecycle"], {"DeleteAfterDays": 35})

        selection = {"SelectionName": "files", "IamRoleArn": f"arn:aws:iam::{ACCOUNT}:role/r", "Resources": ["*"]}
        created = self.backup.create_backup_selection(BackupSelection=selection, **plan)
        chosen = {**plan, "SelectionId": created["SelectionId"]}
        self.assertEqual(self.backup.get_backup_selection(**chosen)["BackupSelection"], selection)
        listed = self.backup.list_backup_selections(**plan)["BackupSelectionsList"]
        self.assertEqual([one["SelectionName"] for one in listed], ["files"])
        self.refused("InvalidRequestException", "must be deleted prior", self.backup.delete_backup_plan, **plan)
        self.backup.delete_backup_selection(**chosen)
        self.refused("InvalidParameterValueException", "Cannot find", self.backup.get_backup_selection, **chosen)
        self.backup.delete_backup_plan(**plan)
        self.refused("ResourceNotFoundException", "Failed reading", self.backup.get_backup_plan, **plan)


class S3(ExtensionTest):
    def test_that_events_go_to_event_bridge_is_returned_and_so_they_do(self) -> None:
        s3, events, sqs = (self.aws.client(service) for service in ("s3", "events", "sqs"))
        bucket = {"Bucket": "to-event-bridge"}
        s3.create_bucket(CreateBucketConfiguration={"LocationConstraint": REGION}, **bucket)
        put, get = s3.put_bucket_notification_configuration, s3.get_bucket_notification_configuration
        queue = sqs.create_queue(QueueName="of-event-bridge")["QueueUrl"]
        rules = {"bucket": {"name": ["to-event-bridge"]}, "object": {"key": ["release.json"]}}
        pattern = {"source": ["aws.s3"], "detail-type": ["Object Created"], "detail": rules}
        events.put_rule(Name="release", EventPattern=json.dumps(pattern))
        arn = f"arn:aws:sqs:{REGION}:{ACCOUNT}:of-event-bridge"
        events.put_targets(Rule="release", Targets=[{"Id": "queue", "Arn": arn}])
        put(NotificationConfiguration={"EventBridgeConfiguration": {}}, **bucket)
        self.assertEqual(get(**bucket)["EventBridgeConfiguration"], {})
        for key in ("source.zip", "release.json"):
            s3.put_object(Key=key, Body=b"", **bucket)
        [message] = sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10)["Messages"]
        self.assertEqual(json.loads(message["Body"])["detail"]["object"]["key"], "release.json")
        put(NotificationConfiguration={}, **bucket)
        self.assertNotIn("EventBridgeConfiguration", get(**bucket))

    def test_requests_are_logged_where_the_policy_lets_s3_and_denies_others(self) -> None:
        s3 = self.aws.client("s3")
        for name in ("logged", "request-logs"):
            s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": REGION})
        to = {"LoggingEnabled": {"TargetBucket": "request-logs", "TargetPrefix": "of/logged/"}}
        put = {"Bucket": "logged", "BucketLoggingStatus": to}
        objects = "arn:aws:s3:::request-logs"
        tls = {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": f"{objects}/*"}
        tls["Condition"] = {"Bool": {"aws:SecureTransport": "false"}}
        logging = {"Effect": "Allow", "Principal": {"Service": "logging.s3.amazonaws.com"}, "Action": "s3:PutObject"}

        def permit(*statements: dict[str, Any]) -> None:
            policy = {"Version": "2012-10-17", "Statement": statements}
            s3.put_bucket_policy(Bucket="request-logs", Policy=json.dumps(policy))

        permit(tls)
        self.refused("InvalidTargetBucketForLogging", "necessary permissions", s3.put_bucket_logging, **put)
        permit(tls, {**logging, "Resource": f"{objects}/of/logged/*"})
        s3.put_bucket_logging(**put)
        self.assertEqual(s3.get_bucket_logging(Bucket="logged")["LoggingEnabled"]["TargetPrefix"], "of/logged/")

    def test_the_number_of_old_versions_that_are_kept_is_given_back(self) -> None:
        s3 = self.aws.client("s3")
        s3.create_bucket(Bucket="versions", CreateBucketConfiguration={"LocationConstraint": REGION})
        rule = {"Status": "Enabled", "Filter": {}}
        kept = {"NoncurrentDays": 90, "NewerNoncurrentVersions": 20}
        rules = [
            {**rule, "ID": "kept", "NoncurrentVersionExpiration": kept},
            {**rule, "ID": "none", "NoncurrentVersionExpiration": {"NoncurrentDays": 7}},
            {**rule, "ID": "uploads", "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 1}},
        ]
        get = s3.get_bucket_lifecycle_configuration
        self.refused("NoSuchLifecycleConfiguration", "does not exist", get, Bucket="versions")
        s3.put_bucket_lifecycle_configuration(Bucket="versions", LifecycleConfiguration={"Rules": rules})
        described = get(Bucket="versions")["Rules"]
        expirations = [one.get("NoncurrentVersionExpiration") for one in described]
        self.assertEqual(expirations, [kept, {"NoncurrentDays": 7}, None])

    def test_versions_are_deleted_one_by_one_where_versioning_is_suspended(self) -> None:
        s3 = self.aws.client("s3")
        bucket = {"Bucket": "suspended"}
        s3.create_bucket(CreateBucketConfiguration={"LocationConstraint": REGION}, **bucket)
        s3.put_bucket_versioning(VersioningConfiguration={"Status": "Enabled"}, **bucket)
        first = s3.put_object(Key="lock", Body=b"1", **bucket)["VersionId"]
        marker = s3.delete_object(Key="lock", **bucket)["VersionId"]
        second = s3.put_object(Key="lock", Body=b"2", **bucket)["VersionId"]
        s3.put_bucket_versioning(VersioningConfiguration={"Status": "Suspended"}, **bucket)

        def there() -> set[str]:
            answer = s3.list_object_versions(**bucket)
            return {one["VersionId"] for kind in ("Versions", "DeleteMarkers") for one in answer.get(kind, [])}

        for version, left in ((second, {first, marker}), (marker, {first}), (first, set())):
            s3.delete_objects(Delete={"Objects": [{"Key": "lock", "VersionId": version}]}, **bucket)
            self.assertEqual(there(), left)
        s3.delete_bucket(**bucket)

    def test_a_statement_with_a_condition_denies_nothing_and_one_without_denies(self) -> None:
        s3 = self.aws.client("s3")
        s3.create_bucket(Bucket="conditions", CreateBucketConfiguration={"LocationConstraint": REGION})
        deny = {"Effect": "Deny", "Principal": "*", "Action": "s3:PutObject", "Resource": "arn:aws:s3:::conditions/*"}
        tls = {**deny, "Condition": {"Bool": {"aws:SecureTransport": "false"}}}

        def put_with(*statements: dict[str, Any]) -> None:
            policy = {"Version": "2012-10-17", "Statement": statements}
            s3.put_bucket_policy(Bucket="conditions", Policy=json.dumps(policy))
            s3.put_object(Bucket="conditions", Key="k", Body=b"")

        put_with(tls)
        with self.assertRaises(ClientError):
            put_with(tls, deny)


class Iam(ExtensionTest):
    def test_policies_of_aws_are_there_when_they_are_asked_for(self) -> None:
        iam = self.aws.client("iam")
        iam.create_role(RoleName="managed", AssumeRolePolicyDocument="{}")
        backup = "arn:aws:iam::aws:policy/service-role/AWSBackupServiceRolePolicyForBackup"
        iam.attach_role_policy(RoleName="managed", PolicyArn=backup)
        attached = iam.list_attached_role_policies(RoleName="managed")["AttachedPolicies"]
        self.assertEqual([one["PolicyArn"] for one in attached], [backup])
        iam.detach_role_policy(RoleName="managed", PolicyArn=backup)
        for wrong in ("arn:aws:iam::aws:policy/AWSBackupServiceRolePolicyForBackup", "arn:aws:iam::aws:policy/None"):
            self.refused("NoSuchEntity", "does not exist", iam.attach_role_policy, RoleName="managed", PolicyArn=wrong)
        self.assertEqual([one for one in self.aws.inventory() if "iam managed_policies" in one], [])


class CompositeAlarms(ExtensionTest):
    def test_a_composite_alarm_is_returned_as_it_was_put_and_deleted(self) -> None:
        cloudwatch = self.aws.client("cloudwatch")
        put = {"AlarmName": "any", "AlarmRule": 'ALARM("a") OR ALARM("b")', "AlarmDescription": "of both"}
        cloudwatch.put_composite_alarm(AlarmActions=[f"arn:aws:sns:{REGION}:{ACCOUNT}:topic"], **put)
        answer = cloudwatch.describe_alarms(AlarmNames=["any"], AlarmTypes=["CompositeAlarm"])
        [described] = answer["CompositeAlarms"]
        self.assertEqual({key: described[key] for key in put}, put)
        cloudwatch.delete_alarms(AlarmNames=["any"])
        self.assertEqual(cloudwatch.describe_alarms(AlarmNames=["any"])["CompositeAlarms"], [])


class Start(unittest.TestCase):
    def start(self, script: str, **settings: str) -> subprocess.CompletedProcess[str]:
        path = [sys.executable, "-c", f"import moto; {script}; import moto_extensions"]
        return subprocess.run(path, cwd=HERE, env={**os.environ, **settings}, capture_output=True, text=True)

    def test_another_release_of_moto_is_refused_with_the_way_out(self) -> None:
        refused = self.start("moto.__version__ = '9.9.9'")
        self.assertEqual(refused.returncode, 1)
        self.assertRegex(refused.stderr, r"^local AWS: .*moto 5\.2\.1, but 9\.9\.9 .*MOTO_EXTENSIONS_ANY_VERSION=1")
        self.assertNotIn("Traceback", refused.stderr)
        accepted = self.start("moto.__version__ = '9.9.9'", MOTO_EXTENSIONS_ANY_VERSION="1")
        self.assertEqual(accepted.returncode, 0, accepted.stderr)


class Documentation(unittest.TestCase):
    def test_the_table_of_extensions_names_those_that_are_applied(self) -> None:
        page = (HERE.parent.parent / "docs" / "local-aws.md").read_text()
        rows = re.findall(r"^\| `(\w+)` \|.*\| ([^|]+) \|$", page, flags=re.MULTILINE)
        applied = [(extension.name, extension.kind) for extension in moto_extensions.EXTENSIONS]
        self.assertEqual(rows, applied)

    def test_every_setting_is_documented(self) -> None:
        page = (HERE.parent.parent / "docs" / "local-aws.md").read_text()
        settings = set(re.findall(r"MOTO_[A-Z_]+[A-Z]", (HERE / "moto_extensions.py").read_text())) - {"MOTO_VERSION"}
        self.assertEqual(settings, set(re.findall(r"^\| `(MOTO_[A-Z_]+)", page, flags=re.MULTILINE)))


if __name__ == "__main__":
    unittest.main()
