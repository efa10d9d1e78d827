#!/usr/bin/env python3
"""Every extension of the local AWS, against a server of its own: python3 tools/local-aws/test_moto_extensions.py"""

from __future__ import annotations

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
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
import moto_extensions  # noqa: E402

ACCOUNT = "123456789012"
REGION = "eu-central-1"
RESHARD_SECONDS = 0.5
ONCE = {"total_max_attempts": 1}


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
        deadline = time.monotonic() + 20
        while True:
            try:
                socket.create_connection(("127.0.0.1", port)).close()
                return
            except OSError:
                if self._process.poll() is not None or time.monotonic() > deadline:
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
        what = "lambda GET /2021-07-20/functions/f/runtime-management-config"
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
        self.aws.client("lambda", "AKIAREST").list_functions()
        self.assertEqual([entry["action"] for entry in self.entries("AKIAQUERY")], ["GetCallerIdentity"])
        self.assertRegex(self.entries("AKIAREST")[0]["action"], r"^GET /2015-03-31/functions/?$")

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
        with urllib.request.urlopen(f"{self.aws.url}/local-aws/inventory") as response:
            return [entry for entry in json.load(response) if "inventory-test" in entry]

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
        deadline = time.monotonic() + 5
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

    def register(self, resource: str, **more: Any) -> str:
        return self.autoscaling.register_scalable_target(
            ServiceNamespace="custom-resource",
            ResourceId=f"https://example.execute-api.{REGION}.amazonaws.com/prod/scalableTargetDimensions/{resource}",
            ScalableDimension="custom-resource:ResourceType:Property",
            MinCapacity=1,
            MaxCapacity=2,
            **more,
        )["ScalableTargetARN"]

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
