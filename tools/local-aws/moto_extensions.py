#!/usr/bin/env python3
"""The local AWS: moto's server, extended by what these blueprints need and moto does not do.

    python3 moto_extensions.py -H 127.0.0.1 -p 5000

takes the arguments of moto_server. What each extension changes, and what a green local deployment proves, is in
docs/local-aws.md; a test keeps its table and EXTENSIONS the same.

The extensions replace methods of moto, so they are tied to one release of it. Settings (environment variables):

    MOTO_REQUEST_LOG=FILE             append every API request to FILE, one JSON object a line
    MOTO_KINESIS_RESHARD_SECONDS=2    how long a stream is UPDATING after UpdateShardCount; fractions are allowed
    MOTO_KINESIS_RATE_LIMITS=0        let DescribeStreamSummary and UpdateShardCount be called at any rate
    MOTO_EXTENSIONS_ANY_VERSION=1     start on another release of moto, at your own risk
"""

from __future__ import annotations

import copy
import functools
import gzip
import hashlib
import inspect
import io
import itertools
import json
import os
import re
import socket
import sys
import threading
import time
import traceback
import uuid
from collections import Counter, deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any
from urllib.parse import parse_qsl, unquote
from xml.sax.saxutils import escape

MOTO_VERSION = "5.2.1"

try:
    import moto
    import moto.apigateway.urls
    import moto.backup.urls
    import moto.codebuild.responses
    import moto.efs.urls
    import moto.server
except ImportError as error:
    sys.exit(f"local AWS: {error}. Install it with: python3 -m pip install 'moto[server]=={MOTO_VERSION}'")

if moto.__version__ != MOTO_VERSION and os.environ.get("MOTO_EXTENSIONS_ANY_VERSION") != "1":
    sys.exit(
        f"local AWS: the extensions are written for moto {MOTO_VERSION}, but {moto.__version__} is installed. "
        f"Install the other one (python3 -m pip install 'moto[server]=={MOTO_VERSION}'), "
        "or set MOTO_EXTENSIONS_ANY_VERSION=1 to try with this one."
    )

from boto3 import Session
from botocore import xform_name
from botocore.session import get_session as get_botocore_session
from flask import Flask, has_request_context, request
from moto.apigateway.models import RestAPI
from moto.apigateway.responses import APIGatewayResponse
from moto.applicationautoscaling.exceptions import AWSValidationException
from moto.applicationautoscaling.models import (
    ApplicationAutoscalingBackend,
    FakeApplicationAutoscalingPolicy,
    FakeScalableTarget,
)
from moto.applicationautoscaling.responses import ApplicationAutoScalingResponse, _build_policy, _build_target
from moto.autoscaling.exceptions import AutoscalingClientError
from moto.autoscaling.models import (
    ASG_NAME_TAG,
    AutoScalingBackend,
    FakeAutoScalingGroup,
    InstanceState,
    autoscaling_backends,
)
from moto.autoscaling.responses import AutoScalingResponse
from moto.awslambda.models import LambdaFunction
from moto.backup.exceptions import InvalidParameterValueException, InvalidRequestException, ResourceNotFoundException
from moto.backup.models import BackupBackend, Plan, Vault
from moto.backup.responses import BackupResponse
from moto.cloudwatch.models import CloudWatchBackend
from moto.cloudwatch.responses import CloudWatchResponse
from moto.codebuild.models import CodeBuildBackend
from moto.codebuild.responses import CodeBuildResponse
from moto.codepipeline.models import CodePipeline
from moto.core import DEFAULT_ACCOUNT_ID
from moto.core.base_backend import AccountSpecificBackend, BackendDict, BaseBackend
from moto.core.exceptions import JsonRESTError
from moto.core.responses import ActionResult, EmptyResult
from moto.core.utils import unix_time, unix_time_millis, utcnow
from moto.ec2.exceptions import InvalidAMIIdError, OperationNotPermitted4
from moto.ec2.models import EC2Backend
from moto.ec2.models.elastic_network_interfaces import NetworkInterface
from moto.ec2.models.instances import Instance
from moto.ec2.models.launch_templates import LaunchTemplate, LaunchTemplateVersion
from moto.ec2.models.security_groups import SecurityGroupRule
from moto.ec2.responses.instances import InstanceResponse
from moto.ec2.responses.monitoring import Monitoring
from moto.ec2.utils import convert_tag_spec, parse_user_data
from moto.ecr.exceptions import ValidationException as EcrException
from moto.ecr.models import ECRBackend, Image
from moto.ecs.exceptions import ECSException, EcsClientException, TaskDefinitionNotFoundException
from moto.ecs.models import Cluster, EC2ContainerServiceBackend, Service, TaskDefinition, ecs_backends
from moto.ecs.responses import EC2ContainerServiceResponse
from moto.efs.models import FileSystem
from moto.efs.responses import EFSResponse
from moto.elbv2.exceptions import DuplicateLoadBalancerName
from moto.elbv2.models import ELBv2Backend, elbv2_backends
from moto.elbv2.responses import ELBV2Response
from moto.iam.access_control import IAMPolicy, PermissionResult
from moto.iam.aws_managed_policies import aws_managed_policies_data
from moto.iam.models import AWSManagedPolicy, IAMBackend
from moto.kinesis.exceptions import InvalidArgumentError, ResourceInUseError
from moto.kinesis.models import KinesisBackend, Stream
from moto.kinesis.responses import KinesisResponse
from moto.moto_server.werkzeug_app import DomainDispatcherApplication
from moto.packages.boto.ec2.instance import Reservation
from moto.route53.models import FakeZone
from moto.route53.responses import Route53
from moto.s3.models import FakeBucket, S3Backend
from moto.s3.responses import S3Response
from moto.sqs.exceptions import InvalidParameterValue, ReceiptHandleIsInvalid, SQSException
from moto.sqs.models import Queue, SQSBackend, _filter_message_attributes
from moto.ssm.models import ssm_backends
from werkzeug.exceptions import HTTPException, MethodNotAllowed, NotFound

Environ = dict[str, Any]


def wrap(owner: type, name: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Replaces a method of moto. The replacement gets the original as its first argument, before `self`."""

    def decorate(replacement: Callable[..., Any]) -> Callable[..., Any]:
        original = getattr(owner, name)

        @functools.wraps(original)
        def method(*args: Any, **kwargs: Any) -> Any:
            return replacement(original, *args, **kwargs)

        setattr(owner, name, method)
        return replacement

    return decorate


def action(owner: type) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Gives a service of moto's an action that it does not have."""

    def decorate(method: Callable[..., Any]) -> Callable[..., Any]:
        setattr(owner, method.__name__, method)
        return method

    return decorate


class RollingWindow:
    """Admits `limit` events in any `seconds` seconds. What is not admitted does not count."""

    def __init__(self, limit: int, seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._limit, self._seconds, self._clock = limit, seconds, clock
        self._admitted: deque[float] = deque()
        self._lock = threading.Lock()

    def admit(self) -> bool:
        with self._lock:
            now = self._clock()
            while self._admitted and self._admitted[0] <= now - self._seconds:
                self._admitted.popleft()
            if len(self._admitted) >= self._limit:
                return False
            self._admitted.append(now)
            return True


# --- Every service -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ApiRequest:
    """Who calls what. `service` is the signing name, not always the IAM prefix: CloudWatch has `monitoring`."""

    access_key_id: str | None
    service: str | None
    action: str
    parameters: dict[str, Any] | None


CREDENTIAL = re.compile(r"Credential=([^/]+)/\d{8}/[^/]+/([^/]+)/aws4_request")
RPC_V2_PATH = re.compile(r"^/service/[^/]+/operation/([^/]+)$")


def body_of(environ: Environ) -> bytes:
    """The request's body, left in place for moto."""
    length = int(environ.get("CONTENT_LENGTH") or 0)
    body: bytes = environ["wsgi.input"].read(length) if length else b""
    if length:
        environ["wsgi.input"] = io.BytesIO(body)
    return body


def caller_of(environ: Environ) -> tuple[str | None, str | None]:
    """Access key id and service from the credential scope of a Signature Version 4 header."""
    match = CREDENTIAL.search(environ.get("HTTP_AUTHORIZATION", ""))
    return (match[1], match[2]) if match else (None, None)


def is_form(environ: Environ) -> bool:
    return environ.get("CONTENT_TYPE", "").startswith("application/x-www-form-urlencoded")


# By signing name, the services of which a REST request tells its operation. API Gateway is none of them: IAM knows its
# requests by method and path as well.
REST_MODELS = {
    "backup": "backup",
    "elasticfilesystem": "efs",
    "lambda": "lambda",
    "route53": "route53",
    "s3": "s3",
    "scheduler": "scheduler",
}


@dataclass
class RestOperation:
    name: str
    method: str
    path: re.Pattern[str]
    # Names of parameters by what they are called in the path, the query and the headers.
    in_path: dict[str, str]
    in_query: dict[str, str]
    # What tells it from others of the same path: `?policy`, a part's number, the source of a copy.
    query: set[str]
    headers: set[str]

    def describes(self, environ: Environ, path: str, query: dict[str, str]) -> bool:
        return (
            self.method == environ["REQUEST_METHOD"]
            and self.path.fullmatch(path) is not None
            and self.query <= query.keys()
            and self.headers <= environ.keys()
        )

    def parameters(self, path: str, query: dict[str, str]) -> dict[str, Any]:
        match = self.path.fullmatch(path)
        assert match
        named = {self.in_path[place]: unquote(value) for place, value in match.groupdict().items()}
        return named | {name: query[key] for key, name in self.in_query.items() if key in query}


@functools.cache
def rest_operations(service: str) -> list[RestOperation]:
    """From botocore's model of the service, those first that say most about their requests."""
    model = get_botocore_session().get_service_model(service)
    found = []
    for operation in (model.operation_model(name) for name in model.operation_names):
        path, _, fixed = operation.http["requestUri"].partition("?")
        places: dict[str, dict[str, str]] = {"uri": {}, "querystring": {}, "header": {}}
        required: dict[str, set[str]] = {"querystring": set(), "header": set()}
        shape = operation.input_shape
        for name, member in shape.members.items() if shape else ():
            location, key = member.serialization.get("location"), member.serialization.get("name", name)
            if location in places:
                places[location][key] = name
            if location in required and name in shape.required_members:
                required[location].add(key)
        parts = re.split(r"\{(\w+)(\+?)\}", path.rstrip("/"))
        pattern = re.escape(parts[0])
        for place, greedy, text in zip(parts[1::3], parts[2::3], parts[3::3]):
            pattern += f"(?P<{place}>{'.+' if greedy else '[^/]+'}){re.escape(text)}"
        rest = RestOperation(
            name=operation.name,
            method=operation.http["method"],
            path=re.compile(pattern + "/?"),
            in_path=places["uri"],
            in_query=places["querystring"],
            query=required["querystring"] | {pair.partition("=")[0] for pair in fixed.split("&") if pair},
            headers={f"HTTP_{key.upper().replace('-', '_')}" for key in required["header"]},
        )
        found.append((operation.deprecated, -len(rest.query | rest.headers), len(rest.in_path), rest))
    return [rest for *_, rest in sorted(found, key=lambda one: one[:3])]


def rest_request(environ: Environ, service: str | None) -> tuple[str, dict[str, Any]] | None:
    """The operation of a REST request and what its path and query say, if botocore's model is asked for its service."""
    if service not in REST_MODELS:
        return None
    # As it was sent: a name in it may hold an escaped slash.
    path, _, query_string = environ.get("RAW_URI", environ.get("PATH_INFO", "/")).partition("?")
    query = dict(parse_qsl(query_string, keep_blank_values=True))
    operations = rest_operations(REST_MODELS[service])
    fitting = (one for one in operations if one.describes(environ, path, query))
    operation = next(fitting, None)
    return (operation.name, operation.parameters(path, query)) if operation else None


def read_api_request(environ: Environ) -> ApiRequest:
    """Names the action as the protocol does. A REST request's is its operation where that is known, with what path and
    query say among the parameters, else its method and path.
    """
    access_key_id, service = caller_of(environ)
    path = environ.get("PATH_INFO", "/")
    parameters: dict[str, Any] | None = None
    if is_form(environ):
        parameters = dict(parse_qsl(body_of(environ).decode(), keep_blank_values=True))
    elif "json" in environ.get("CONTENT_TYPE", ""):
        try:
            decoded = json.loads(body_of(environ) or b"{}")
            parameters = decoded if isinstance(decoded, dict) else None
        except ValueError:
            pass  # moto answers what AWS answers to a body that is not JSON.
    action = f"{environ['REQUEST_METHOD']} {path}"
    if target := environ.get("HTTP_X_AMZ_TARGET"):
        action = target.rpartition(".")[2]
    elif parameters and is_form(environ) and "Action" in parameters:
        action = parameters.pop("Action")
    elif rpc := RPC_V2_PATH.match(path):
        action = rpc[1]
    elif rest := rest_request(environ, service):
        action, named = rest
        # An object's content says nothing of the call.
        parameters = named if service == "s3" else {**(parameters or {}), **named}
    return ApiRequest(access_key_id, service, action, parameters)


def readable_errors() -> None:
    """What moto does not implement is an error that is readable, said on stderr, and not worth a retry.

    AWS: every action exists.
    moto: answers an HTML page with status 500 or 404. The SDKs cannot read it, and retry 500: the Terraform provider up
    to 25 times, for many minutes.
    Here: status 501 and an error in the protocol of the request. So does a request on which moto itself fails, because
    asking again would not help either.
    """
    create_backend_app = moto.server.create_backend_app

    def create_app(service: Any) -> Flask:
        if service is None:
            raise NotImplementedError("service")
        app = create_backend_app(service)

        def unknown_path(error: HTTPException) -> HTTPException:
            if request.routing_exception is error:
                raise NotImplementedError("path")
            return error

        app.register_error_handler(NotFound, unknown_path)
        app.register_error_handler(MethodNotAllowed, unknown_path)
        return app

    moto.server.create_backend_app = create_app

    @wrap(DomainDispatcherApplication, "__call__")
    def call(original: Any, app: Any, environ: Environ, start_response: Any) -> Iterable[bytes]:
        api = read_api_request(environ)
        what = f"{api.service or 'unsigned request'} {api.action}"
        try:
            return original(app, environ, start_response)
        except NotImplementedError:
            message = f"not implemented by moto {moto.__version__}: {what}"
            code = "NotImplemented"
        except Exception as failure:
            traceback.print_exc()
            message = f"moto {moto.__version__} failed on {what}: {type(failure).__name__}: {failure}"
            code = "LocalAwsFailure"
        print(f"local AWS: {message}", file=sys.stderr, flush=True)
        content_type, body = error_body(environ, api.service, code, f"The local AWS: {message}")
        headers = [("Content-Type", content_type), ("Content-Length", str(len(body))), ("x-amzn-ErrorType", code)]
        start_response("501 Not Implemented", headers)
        return [body]


def error_body(environ: Environ, service: str | None, code: str, message: str) -> tuple[str, bytes]:
    """An error in the protocol that the request has: JSON, query or EC2 query."""
    if not is_form(environ):
        content_type = environ.get("CONTENT_TYPE", "")
        body = json.dumps({"__type": code, "message": message})
        return content_type if "json" in content_type else "application/json", body.encode()
    error = f"<Error><Type>Sender</Type><Code>{code}</Code><Message>{escape(message)}</Message></Error>"
    if service == "ec2":
        return "text/xml", f"<Response><Errors>{error}</Errors><RequestID>local</RequestID></Response>".encode()
    return "text/xml", f"<ErrorResponse>{error}<RequestId>local</RequestId></ErrorResponse>".encode()


def request_log() -> None:
    """Appends every API request to the file that MOTO_REQUEST_LOG names; without it nothing is written.

    AWS: CloudTrail's events, some minutes later.
    moto: keeps no record of who called what.
    Here: one line {"time", "accessKeyId", "service", "action", "parameters"?} a request, so that a test can tell which
    actions each caller really used. Callers are told apart by their access key id; moto takes any.
    """
    path = os.environ.get("MOTO_REQUEST_LOG")
    if not path:
        return
    try:
        log = open(path, "a", encoding="utf-8")
    except OSError as error:
        sys.exit(f"local AWS: cannot write MOTO_REQUEST_LOG: {error}")
    lock = threading.Lock()

    @wrap(DomainDispatcherApplication, "__call__")
    def call(original: Any, app: Any, environ: Environ, start_response: Any) -> Iterable[bytes]:
        if not environ.get("PATH_INFO", "").startswith("/moto-api"):  # moto's own control, no API of AWS
            api = read_api_request(environ)
            entry: dict[str, Any] = {
                "time": datetime.now(timezone.utc).isoformat(timespec="milliseconds"),
                "accessKeyId": api.access_key_id,
                "service": api.service,
                "action": api.action,
            }
            if api.parameters:
                entry["parameters"] = identifying(api.parameters)
            with lock:
                log.write(json.dumps(entry) + "\n")
                log.flush()
        return original(app, environ, start_response)


LARGEST_PARAMETERS = 4096
LARGEST_NAME = 1024


def identifying(parameters: dict[str, Any]) -> dict[str, Any]:
    """Small parameters whole; of large ones what may be names or tags: values of at most 1 KB at the top."""
    if len(json.dumps(parameters)) < LARGEST_PARAMETERS:
        return parameters
    return {key: value for key, value in parameters.items() if len(json.dumps(value)) <= LARGEST_NAME}


INVENTORY_PATH = "/local-aws/inventory"
INACTIVE = "INACTIVE"


def inventory() -> None:
    """AWS: has Config and the Resource Explorer. moto: cannot tell what it holds.
    Here: GET /local-aws/inventory lists it, an entry `service collection key` each, so that a test can see whether a
    destroy left anything. Left out is what AWS only still shows as deleted, and what an account has from the beginning,
    such as its default VPC.
    """

    @wrap(AccountSpecificBackend, "__getitem__")
    def backend_of(original: Any, backends: Any, region: str) -> Any:
        backend = original(backends, region)
        if not hasattr(backend, "from_the_beginning"):  # It was made just now.
            backend.from_the_beginning = frozenset(entries_of(backends.service_name, backend))
        return backend

    @wrap(DomainDispatcherApplication, "__call__")
    def call(original: Any, app: Any, environ: Environ, start_response: Any) -> Iterable[bytes]:
        if environ.get("PATH_INFO") != INVENTORY_PATH:
            return original(app, environ, start_response)
        start_response("200 OK", [("Content-Type", "application/json")])
        return [json.dumps(sorted(held())).encode()]


def held() -> set[str]:
    entries: set[str] = set()
    for service in list(BackendDict._instances):
        for _, _, backend in service.iter_backends():
            beginning = getattr(backend, "from_the_beginning", frozenset())
            entries |= entries_of(service.service_name, backend) - beginning
    return entries


# moto forgets neither the tags of what was deleted, which is listed itself, nor the tokens of past requests.
NO_RESOURCES = {
    ("acm", "_idempotency_tokens"),
    ("ec2", "tags"),
    ("route53", "resource_tags"),
    ("ssm", "_resource_tags"),
}


# moto makes these when they are first asked for.
OF_AWS = re.compile(r"^(iam managed_policies arn:aws:iam::aws:policy/|ssm _parameters /aws/service/)")


def entries_of(service: str, backend: Any) -> set[str]:
    entries = {
        f"{service} {collection} {key}"
        for collection, value in vars(backend).items()
        if isinstance(value, dict) and (service, collection) not in NO_RESOURCES
        for key, item in value.items()
        if not is_gone(item)
    }
    return {entry for entry in entries if not OF_AWS.match(entry)}


def is_gone(item: Any) -> bool:
    if isinstance(item, (dict, list)):  # A collection is gone with its last member.
        return all(is_gone(one) for one in (item.values() if isinstance(item, dict) else item))
    if isinstance(item, Reservation):
        return all(instance.state == "terminated" for instance in item.instances)
    # A NAT gateway and a VPC endpoint; a secret that waits for its day and a backup plan; what ECS had.
    dates = (getattr(item, name, None) for name in ("deleted_date", "deletion_date"))
    return getattr(item, "state", None) == "deleted" or any(dates) or getattr(item, "status", None) == INACTIVE


def gzip_requests() -> None:
    """Compressed request bodies.

    AWS: takes gzip where the API's model says so; the SDKs compress PutMetricData from 10 KB on.
    moto: decompresses twice when the body is JSON, and fails.
    Here: decompressed once, before moto sees it. S3 is left out: there the encoding belongs to the object.
    """

    @wrap(DomainDispatcherApplication, "__call__")
    def call(original: Any, app: Any, environ: Environ, start_response: Any) -> Iterable[bytes]:
        if environ.get("HTTP_CONTENT_ENCODING") == "gzip" and caller_of(environ)[1] != "s3":
            body = gzip.decompress(body_of(environ))
            del environ["HTTP_CONTENT_ENCODING"]
            environ["CONTENT_LENGTH"] = str(len(body))
            environ["wsgi.input"] = io.BytesIO(body)
        return original(app, environ, start_response)


REMEMBERED_ANSWERS = 500


def repeated_attempts() -> None:
    """AWS: has carried out a call whose answer got lost on the way; the SDK's next attempt is a new request, and may fail.

    moto: the same. On a busy machine an answer gets lost now and then, and the deletion that is tried again finds
    nothing to delete. Here: a further attempt of a call that was carried out gets the answer of the first; one that was
    refused is carried out anew. SDKs number the attempts, and give all those of one call one id.
    """
    answers: dict[str, tuple[str, Any, list[bytes]]] = {}
    lock = threading.Lock()

    @wrap(DomainDispatcherApplication, "__call__")
    def call(original: Any, app: Any, environ: Environ, start_response: Any) -> Iterable[bytes]:
        invocation = environ.get("HTTP_AMZ_SDK_INVOCATION_ID")
        if not invocation:
            return original(app, environ, start_response)
        with lock:
            remembered = answers.get(invocation)
        if remembered and not re.match(r"attempt=1\b", environ.get("HTTP_AMZ_SDK_REQUEST", "attempt=1")):
            status, headers, body = remembered
            start_response(status, headers)
            return body
        begun: list[Any] = []

        def begin(status: str, headers: Any, *error: Any) -> Any:
            begun[:] = [status, headers]
            return start_response(status, headers, *error)

        result = original(app, environ, begin)
        body = list(result)
        if hasattr(result, "close"):
            result.close()
        if begun and begun[0].startswith("2"):
            with lock:
                answers[invocation] = (begun[0], begun[1], body)
                while len(answers) > REMEMBERED_ANSWERS:
                    del answers[next(iter(answers))]
        return body


# --- Kinesis -----------------------------------------------------------------------------------------------------

DAY_SECONDS = 24 * 60 * 60
UPDATES_PER_DAY = 10
MOST_SHARDS = 10_000


def kinesis_tags_on_create() -> None:
    """AWS: CreateStream takes tags. moto: drops them, so that Terraform plans them for ever. Here: they are kept."""

    @wrap(KinesisResponse, "create_stream")
    def create_stream(original: Any, response: KinesisResponse) -> ActionResult:
        result = original(response)
        stream = response.kinesis_backend.describe_stream(None, response._get_param("StreamName"))
        stream.tags.update(response._get_param("Tags") or {})
        return result


def open_shards(stream: Stream) -> int:
    return sum(shard.is_open for shard in stream.shards.values())


def kinesis_resharding() -> None:
    """UpdateShardCount takes time and has limits.

    AWS: the stream is UPDATING for minutes and keeps its open shards meanwhile; a call for a stream that is not ACTIVE,
    for more than double or less than half of the open shards, for more than 10,000, or the eleventh in any 24 hours is
    refused. The rules are in docs.aws.amazon.com/kinesis/latest/APIReference/API_UpdateShardCount.html; which error
    answers which is not, except for the status: the choice here is LimitExceededException for what is a limit.
    moto: reshards at once and refuses nothing. A target that equals the open shards is accepted without effect.
    Here: as in AWS, with MOTO_KINESIS_RESHARD_SECONDS in place of minutes. Refused calls do not count. Nothing runs in
    the background: whoever looks at the stream after the time is up finds it resharded.
    """
    duration = float(os.environ.get("MOTO_KINESIS_RESHARD_SECONDS") or 2)
    lock = threading.RLock()

    @wrap(Stream, "__init__")
    def init(original: Any, stream: Any, *args: Any, **kwargs: Any) -> None:
        original(stream, *args, **kwargs)
        stream.updates_of_the_day = RollingWindow(UPDATES_PER_DAY, DAY_SECONDS)
        stream.resharding = None  # (target shard count, when it is done)

    def settle(stream: Any) -> None:
        with lock:
            if stream.resharding and time.monotonic() >= stream.resharding[1]:
                target, stream.resharding = stream.resharding[0], None
                stream.update_shard_count(target)
                stream.status = "ACTIVE"

    @wrap(KinesisBackend, "describe_stream")
    def describe_stream(original: Any, *args: Any, **kwargs: Any) -> Stream:
        stream = original(*args, **kwargs)
        settle(stream)
        return stream

    @wrap(KinesisBackend, "list_streams")
    def list_streams(original: Any, backend: KinesisBackend) -> list[Stream]:
        streams = list(original(backend))
        for stream in streams:
            settle(stream)
        return streams

    @wrap(Stream, "to_json_summary")
    def to_json_summary(original: Any, stream: Stream) -> dict[str, Any]:
        summary = original(stream)
        summary["StreamDescriptionSummary"]["OpenShardCount"] = open_shards(stream)
        return summary

    @wrap(KinesisBackend, "update_shard_count")
    def update_shard_count(
        original: Any, backend: KinesisBackend, stream_arn: str, stream_name: str, target_shard_count: int
    ) -> int:
        with lock:
            stream: Any = backend.describe_stream(stream_arn=stream_arn, stream_name=stream_name)
            if stream.stream_mode["StreamMode"] == "ON_DEMAND":
                return original(backend, stream_arn, stream_name, target_shard_count)  # which refuses it
            refuse_update(stream, target_shard_count)
            stream.status = "UPDATING"
            stream.resharding = (target_shard_count, time.monotonic() + duration)
            return open_shards(stream)


def refuse_update(stream: Any, target: int) -> None:
    """Raises what UpdateShardCount refuses, or counts the call."""
    current = open_shards(stream)
    counts = f"Current open shard count: {current}, Target shard count: {target}"
    name = f"Stream {stream.stream_name} under account {stream.account_id}"
    if stream.status != "ACTIVE":
        raise ResourceInUseError(f"{name} not ACTIVE, instead in state {stream.status}")
    if target == current:
        raise InvalidArgumentError(f"{name} already has the target shard count. {counts}")
    if target > 2 * current:
        raise limit_exceeded(f"UpdateShardCount cannot scale up over double your current open shard count. {counts}")
    if target < current / 2:
        raise limit_exceeded(f"UpdateShardCount cannot scale down below half your current open shard count. {counts}")
    if target > MOST_SHARDS:
        raise limit_exceeded(f"Target shard count cannot be greater than {MOST_SHARDS}. {counts}")
    if not stream.updates_of_the_day.admit():
        raise limit_exceeded(f"{name} has been scaled {UPDATES_PER_DAY} times in the last 24 hours")


def limit_exceeded(message: str) -> JsonRESTError:
    return JsonRESTError("LimitExceededException", message)


CALLS_PER_SECOND = {"describe_stream_summary": 20, "update_shard_count": 10}


def kinesis_request_rates() -> None:
    """AWS: an account may call DescribeStreamSummary 20 and UpdateShardCount 10 times a second in a Region.

    moto: at any rate. Here: LimitExceededException above it, in any rolling second; SDKs and provider retry it.
    """
    if os.environ.get("MOTO_KINESIS_RATE_LIMITS") == "0":
        return
    windows: dict[tuple[str, str, str], RollingWindow] = {}

    def limit(method: str, calls: int) -> None:
        @wrap(KinesisResponse, method)
        def limited(original: Any, response: KinesisResponse) -> ActionResult:
            account = response.current_account
            window = windows.setdefault((account, response.region, method), RollingWindow(calls, 1))
            if not window.admit():
                stream = response._get_param("StreamName") or response._get_param("StreamARN")
                raise limit_exceeded(f"Rate exceeded for stream {stream} under account {account}.")
            return original(response)

    for method, calls in CALLS_PER_SECOND.items():
        limit(method, calls)


# --- CloudWatch --------------------------------------------------------------------------------------------------


class OneSeries:
    """Stands in for moto's CloudWatch backend, of which GetMetricData reads nothing but the data points."""

    def __init__(self, data: list[Any]) -> None:
        self._data = data

    def get_all_metrics(self) -> list[Any]:
        return self._data


def cloudwatch_metric_identity() -> None:
    """AWS: a metric is its namespace, its name and exactly its dimensions.

    moto: a query with dimensions is answered from every namespace, one without from all dimensions. Code that reads the
    wrong namespace would pass.
    Here: a query is answered from its own metric alone, which also makes 500 queries a matter of one pass over the
    data. Requests with metric math are left to moto.
    """

    @wrap(CloudWatchBackend, "get_metric_data")
    def get_metric_data(
        original: Any, backend: CloudWatchBackend, queries: list[dict[str, Any]], *args: Any, **kwargs: Any
    ) -> list[dict[str, Any]]:
        if any("MetricStat" not in query for query in queries):
            return original(backend, queries, *args, **kwargs)
        series: dict[Any, list[Any]] = {}
        for datum in backend.get_all_metrics():
            dimensions = frozenset((one.name, one.value) for one in datum.dimensions)
            series.setdefault((datum.namespace, datum.name, dimensions), []).append(datum)
        results = []
        for query in queries:
            metric = query["MetricStat"]["Metric"]
            dimensions = frozenset((one["Name"], one["Value"]) for one in metric.get("Dimensions", []))
            data = series.get((metric["Namespace"], metric["MetricName"], dimensions), [])
            # Without the dimensions: they match already, and moto takes the same ones in another order for others.
            bare = {"Namespace": metric["Namespace"], "MetricName": metric["MetricName"]}
            query = {**query, "MetricStat": {**query["MetricStat"], "Metric": bare}}
            results += original(OneSeries(data), [query], *args, **kwargs)
        return results


# --- Application Auto Scaling ------------------------------------------------------------------------------------


def appautoscaling_tags() -> None:
    """Tags of scalable targets.

    AWS: RegisterScalableTarget takes them; ListTagsForResource, TagResource and UntagResource read and change them.
    moto: drops them and has none of the three actions, so that Terraform can neither read nor destroy a target.
    Here: they live and die with the target.
    """

    def target_of(response: ApplicationAutoScalingResponse) -> Any:
        arn = response._get_param("ResourceARN")
        for targets in response.applicationautoscaling_backend.targets.values():
            for target in targets.values():
                if target.arn == arn:
                    return target
        raise JsonRESTError("ResourceNotFoundException", f"No scalable target has the ARN {arn}")

    @wrap(FakeScalableTarget, "__init__")
    def init(original: Any, target: Any, *args: Any, **kwargs: Any) -> None:
        original(target, *args, **kwargs)
        target.tags = {}

    @wrap(ApplicationAutoScalingResponse, "register_scalable_target")
    def register_scalable_target(original: Any, response: ApplicationAutoScalingResponse) -> str:
        result: str = original(response)
        resource, dimension = response._get_param("ResourceId"), response._get_param("ScalableDimension")
        target: Any = response.applicationautoscaling_backend.targets[dimension][resource]
        target.tags.update(response._get_param("Tags") or {})
        return result

    def list_tags_for_resource(response: ApplicationAutoScalingResponse) -> str:
        return json.dumps({"Tags": target_of(response).tags})

    def tag_resource(response: ApplicationAutoScalingResponse) -> str:
        target_of(response).tags.update(response._get_param("Tags"))
        return "{}"

    def untag_resource(response: ApplicationAutoScalingResponse) -> str:
        tags = target_of(response).tags
        for key in response._get_param("TagKeys"):
            tags.pop(key, None)
        return "{}"

    for action in (list_tags_for_resource, tag_resource, untag_resource):
        setattr(ApplicationAutoScalingResponse, action.__name__, action)


TARGETS_PER_PAGE = 50


def page_of(
    response: ApplicationAutoScalingResponse, entries: list[Any], most: int
) -> tuple[list[Any], str | None]:
    """The page that is asked for, and the token of the next: where that begins."""
    token = response._get_param("NextToken") or "0"
    if not token.isdecimal():
        raise AWSValidationException("The token is invalid")
    begin = int(token)
    end = begin + min(response._get_int_param("MaxResults") or most, most)
    return entries[begin:end], str(end) if end < len(entries) else None


def appautoscaling_pages() -> None:
    """AWS: DescribeScalableTargets answers in pages of at most 50.

    moto: the token of the second page leads to the second page again, so that more than 100 targets never end.
    Here: the token is where the next page begins.
    """

    @wrap(ApplicationAutoScalingResponse, "describe_scalable_targets")
    def describe_scalable_targets(_original: Any, response: ApplicationAutoScalingResponse) -> str:
        response._validate_params()
        targets = response.applicationautoscaling_backend.describe_scalable_targets(
            response._get_param("ServiceNamespace"),
            response._get_param("ResourceIds"),
            response._get_param("ScalableDimension"),
        )
        page, token = page_of(response, targets, TARGETS_PER_PAGE)
        return json.dumps({"ScalableTargets": [_build_target(one) for one in page], "NextToken": token})


SUSPENDABLE = ("DynamicScalingInSuspended", "DynamicScalingOutSuspended", "ScheduledScalingSuspended")


def appautoscaling_targets() -> None:
    """AWS: a target has both bounds, the lower not above the upper; whoever registers it again changes what is given
    and no more; each time an ECS service's desired count is brought within the bounds. A target that is deregistered
    takes its policies and scheduled actions with it.

    moto: takes any bounds, also none, forgets what is suspended beside what is given, leaves the desired count, and
    keeps policies and actions.
    Here: as in AWS. The desired counts of other resources are left.
    """

    @wrap(ApplicationAutoscalingBackend, "register_scalable_target")
    def register(
        original: Any,
        backend: ApplicationAutoscalingBackend,
        namespace: str,
        r_id: str,
        dimension: str,
        min_capacity: int | None,
        max_capacity: int | None,
        role_arn: str,
        suspended_state: Any,
    ) -> FakeScalableTarget:
        known: Any = backend.targets.get(dimension, {}).get(r_id)
        least = known.min_capacity if known and min_capacity is None else min_capacity
        most = known.max_capacity if known and max_capacity is None else max_capacity
        if least is None or most is None:
            raise AWSValidationException("MinCapacity and MaxCapacity are required to register a scalable target")
        if least > most:
            raise AWSValidationException(f"MinCapacity {least} must not be greater than MaxCapacity {most}")
        suspended = {**dict.fromkeys(SUSPENDABLE, False), **(known.suspended_state if known else {})}
        suspended |= suspended_state or {}
        target: FakeScalableTarget = original(backend, namespace, r_id, dimension, least, most, role_arn, suspended)
        if namespace == "ecs":
            _, cluster, name = r_id.split("/")
            service: Any = backend.ecs_backend._get_service(cluster, name)
            within = min(max(service.desired_count, least), most)
            if service.status == "ACTIVE" and within != service.desired_count:
                backend.ecs_backend.update_service({"cluster": cluster, "service": name, "desired_count": within})
        return target

    @wrap(ApplicationAutoscalingBackend, "deregister_scalable_target")
    def deregister(
        original: Any, backend: ApplicationAutoscalingBackend, namespace: str, r_id: str, dimension: str
    ) -> None:
        original(backend, namespace, r_id, dimension)

        def is_of_target(one: Any) -> bool:
            return (one.service_namespace, one.resource_id, one.scalable_dimension) == (namespace, r_id, dimension)

        backend.policies = {key: one for key, one in backend.policies.items() if not is_of_target(one)}
        backend.scheduled_actions = [one for one in backend.scheduled_actions if not is_of_target(one)]


POLICIES_PER_PAGE = 10


def appautoscaling_policies() -> None:
    """AWS: a policy belongs to a registered target, keeps its ARN when it is put again, and is found by its name, its
    resource or both, in pages of at most 10. A target tracking policy has alarms of its own.

    moto: takes policies without a target, gives a new ARN each time, ignores names, takes a part of a resource's name
    for the name, and invents alarms on CPU that outlive the policy.
    Here: as in AWS, but without alarms.
    """

    @wrap(FakeApplicationAutoscalingPolicy, "create_alarms")
    def create_alarms(_original: Any, _policy: FakeApplicationAutoscalingPolicy) -> None:
        pass

    @wrap(ApplicationAutoscalingBackend, "put_scaling_policy")
    def put_scaling_policy(
        original: Any, backend: ApplicationAutoscalingBackend, **given: Any
    ) -> FakeApplicationAutoscalingPolicy:
        namespace, resource, dimension = (
            given[one] for one in ("service_namespace", "resource_id", "scalable_dimension")
        )
        if not backend._scalable_target_exists(resource, dimension):
            raise JsonRESTError(
                "ObjectNotFoundException",
                f"No scalable target registered for service namespace: {namespace}, resource ID: {resource}, "
                f"scalable dimension: {dimension}",
            )
        key = FakeApplicationAutoscalingPolicy.formulate_key(namespace, resource, dimension, given["policy_name"])
        known = backend.policies.get(key)
        policy: FakeApplicationAutoscalingPolicy = original(backend, **given)
        if known:
            policy.policy_arn, policy.creation_time = known.policy_arn, known.creation_time
        return policy

    @wrap(ApplicationAutoScalingResponse, "describe_scaling_policies")
    def describe_scaling_policies(_original: Any, response: ApplicationAutoScalingResponse) -> str:
        asked = {
            "service_namespace": response._get_param("ServiceNamespace"),
            "resource_id": response._get_param("ResourceId"),
            "scalable_dimension": response._get_param("ScalableDimension"),
        }
        names = response._get_param("PolicyNames")
        policies = [
            policy
            for policy in response.applicationautoscaling_backend.policies.values()
            if all(value in (None, getattr(policy, attribute)) for attribute, value in asked.items())
            and (not names or policy.policy_name in names)
        ]
        page, token = page_of(response, policies, POLICIES_PER_PAGE)
        return json.dumps({"ScalingPolicies": [_build_policy(one) for one in page], "NextToken": token})


# --- Lambda, API Gateway, SQS ------------------------------------------------------------------------------------


def lambda_logging_and_tracing() -> None:
    """Only acknowledged: nothing is logged or traced.

    AWS: a function has a LoggingConfig, with defaults, and both it and TracingConfig can be updated.
    moto: drops LoggingConfig, so that Terraform plans it for ever, and ignores both in updates.
    Here: both are returned as they were given.
    """

    @wrap(LambdaFunction, "__init__")
    def init(original: Any, function: Any, account_id: str, spec: dict[str, Any], *args: Any, **kwargs: Any) -> None:
        function.logging_config = spec.get("LoggingConfig") or {}
        original(function, account_id, spec, *args, **kwargs)

    @wrap(LambdaFunction, "get_configuration")
    def get_configuration(original: Any, function: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        defaults = {"LogFormat": "Text", "LogGroup": f"/aws/lambda/{function.function_name}"}
        if function.logging_config.get("LogFormat") == "JSON":
            defaults |= {"ApplicationLogLevel": "INFO", "SystemLogLevel": "INFO"}
        return {**original(function, *args, **kwargs), "LoggingConfig": {**defaults, **function.logging_config}}

    @wrap(LambdaFunction, "update_configuration")
    def update_configuration(original: Any, function: Any, updates: dict[str, Any]) -> dict[str, Any]:
        function.logging_config = updates.get("LoggingConfig") or function.logging_config
        function.tracing_config = updates.get("TracingConfig") or function.tracing_config
        return original(function, updates)


def apigateway_policy_escaping() -> None:
    """AWS: a REST API's policy is returned with its quotes escaped, as the inside of a JSON string.

    moto: returns it plain; the provider unquotes it and fails, after which the API can be neither read nor destroyed.
    Here: escaped.
    """

    @wrap(RestAPI, "to_dict")
    def to_dict(original: Any, api: RestAPI) -> dict[str, Any]:
        result = original(api)
        if result["policy"]:
            result["policy"] = json.dumps(result["policy"])[1:-1]
        return result


def apigateway_rest_api_tags() -> None:
    """AWS: TagResource and UntagResource take a REST API. moto: takes stages only, so that a changed tag fails.

    Here: REST APIs as well.
    """
    arn = "arn:(?P<partition>[^/]+):apigateway:(?P<region_name>[^/]+)::/restapis/(?P<function_id>[^/]+)"
    moto.apigateway.urls.url_paths[f"{{0}}/tags/{arn}$"] = APIGatewayResponse.dispatch

    def rest_api_of(response: APIGatewayResponse) -> RestAPI | None:
        match = re.search(r"/restapis/([^/]+)$", unquote(response.path))
        return response.backend.get_rest_api(match[1]) if match else None

    @wrap(APIGatewayResponse, "tag_resource")
    def tag_resource(original: Any, response: APIGatewayResponse) -> str:
        api = rest_api_of(response)
        if api is None:
            return original(response)
        api.tags = {**api.tags, **response._get_param("tags")}
        return "{}"

    @wrap(APIGatewayResponse, "untag_resource")
    def untag_resource(original: Any, response: APIGatewayResponse) -> str:
        api = rest_api_of(response)
        if api is None:
            return original(response)
        removed = response.querystring.get("tagKeys", [])
        api.tags = {key: value for key, value in api.tags.items() if key not in removed}
        return "{}"


def sqs_redrive_policy_text() -> None:
    """AWS: returns a queue's RedrivePolicy as it was given. moto: with white space added, which Terraform plans to undo
    for ever. Here: without white space, as Terraform writes it.
    """
    attributes = Queue.attributes.fget

    def compact(queue: Queue) -> dict[str, Any]:
        result = attributes(queue)
        if queue.redrive_policy:
            result["RedrivePolicy"] = json.dumps(queue.redrive_policy, separators=(",", ":"))
        return result

    Queue.attributes = property(compact)


def sqs_redrive_allow_policy() -> None:
    """AWS: a dead-letter queue may say whose it is, and then is no other queue's. moto: takes this RedriveAllowPolicy
    and cannot return it, so that the provider waits for it in vain. Here: returned, and what it does not allow is
    refused.
    """
    Queue.BASE_ATTRIBUTES.append("RedriveAllowPolicy")
    Queue.redrive_allow_policy = None

    def allows(dead_letter_queue: Any, source: Queue) -> bool:
        policy = json.loads(dead_letter_queue.redrive_allow_policy or "{}")
        permission = policy.get("redrivePermission", "allowAll")
        by_queue = permission == "byQueue" and source.queue_arn in policy.get("sourceQueueArns", [])
        return permission == "allowAll" or by_queue

    @wrap(Queue, "_set_attributes")
    def set_attributes(original: Any, queue: Any, *args: Any, **kwargs: Any) -> None:
        original(queue, *args, **kwargs)
        queue.redrive_allow_policy = queue.redrive_allow_policy or None

    @wrap(Queue, "_setup_dlq")
    def setup_dlq(original: Any, queue: Any, policy: Any) -> None:
        before = (getattr(queue, "redrive_policy", None), queue.dead_letter_queue)
        original(queue, policy)
        if queue.dead_letter_queue and not allows(queue.dead_letter_queue, queue):
            name = queue.dead_letter_queue.name
            queue.redrive_policy, queue.dead_letter_queue = before
            reason = f"the redrive allow policy of {name} does not allow {queue.queue_arn}"
            raise InvalidParameterValue(f"Value {policy} for parameter RedrivePolicy is invalid. Reason: {reason}.")


def sqs_kept_policy() -> None:
    """AWS: SetQueueAttributes changes what is given. moto: takes a queue's policy away unless it is given again, which
    the next plan adds. Here: it stays.
    """

    @wrap(Queue, "_set_attributes")
    def set_attributes(original: Any, queue: Queue, attributes: dict[str, Any], *args: Any, **kwargs: Any) -> None:
        kept = {} if "Policy" in attributes else {"Policy": queue.policy}
        original(queue, {**attributes, **kept}, *args, **kwargs)


WAKE_UP_SECONDS = 0.25


def sqs_delivery() -> None:
    """AWS: a message is delivered to one receiver at a time, and again once it is visible again; in a FIFO queue in the
    order of its group, and not while another one of the group is in flight. Received as often as the redrive policy
    allows, it goes to the dead-letter queue when it would be received next. A call may wait up to 20 seconds for a
    message; the others do not wait for it.

    moto: may deliver a message to two receivers that ask at the same time, delivers a group's messages in another order
    after their time-out, keeps a core busy while it waits for a group, and gives what arrives later to a receiver that
    has hung up meanwhile. It looks through the whole queue many times a call.
    Here: as in AWS at its best: all standard messages come in order, and none twice.
    """

    @wrap(Queue, "__init__")
    def init(original: Any, queue: Any, *args: Any, **kwargs: Any) -> None:
        queue.receipts = {}  # Every receipt handle that was ever given out, and its message.
        original(queue, *args, **kwargs)

    def visible(queue: Queue) -> int:
        now = unix_time_millis()
        return sum(one.visible_at <= now and one.delayed_until <= now for one in queue._messages)

    def delayed(queue: Queue) -> int:
        now = unix_time_millis()
        return sum(one.delayed_until > now for one in queue._messages)

    def in_flight(queue: Queue) -> int:
        now = unix_time_millis()
        return sum(one.visible_at > now for one in queue._messages)

    Queue.approximate_number_of_messages = property(visible)
    Queue.approximate_number_of_messages_delayed = property(delayed)
    Queue.approximate_number_of_messages_not_visible = property(in_flight)

    def take(queue: Any, most: int, visibility_timeout: int) -> tuple[list[Any], list[Any]]:
        """What is delivered now, and what has been received too often. The caller has the queue's lock."""
        now = unix_time_millis()
        oldest = now - queue.message_retention_period * 1000
        queue._messages = [message for message in queue._messages if message.sent_timestamp >= oldest]
        blocked = {one.group_id for one in queue._messages if one.visible_at > now} if queue.fifo_queue else set()
        receives = queue.redrive_policy["maxReceiveCount"] if queue.dead_letter_queue else None
        taken: list[Any] = []
        dead: list[Any] = []
        for message in queue._messages:
            if len(taken) == most:
                break
            if message.visible_at > now or message.delayed_until > now or message.group_id in blocked:
                continue
            if receives is not None and message.approximate_receive_count >= receives:
                dead.append(message)
                continue
            message.mark_received(visibility_timeout)
            message.received_at = now
            queue.receipts[message.receipt_handle] = message
            taken.append(message)
        for message in dead:
            queue._messages.remove(message)
        return taken, dead

    @wrap(SQSBackend, "receive_message")
    def receive_message(
        _original: Any,
        backend: SQSBackend,
        queue_name: str,
        count: int,
        wait_seconds_timeout: int,
        visibility_timeout: int,
        message_attribute_names: list[str] | None = None,
    ) -> list[Any]:
        end, waited = time.monotonic() + wait_seconds_timeout, False
        while True:
            queue: Any = backend.get_queue(queue_name)
            if waited and has_hung_up():
                return []
            with queue._messages_lock:
                taken, dead = take(queue, count, visibility_timeout)
                left = end - time.monotonic()
                if not taken and not dead and left > 0:
                    waited = True
                    queue._messages_lock.wait(min(left, WAKE_UP_SECONDS))
            if dead:
                with queue.dead_letter_queue._messages_lock:
                    queue.dead_letter_queue._messages += dead
                    queue.dead_letter_queue._messages_lock.notify_all()
            if taken or left <= 0:
                delivered = [copy.copy(message) for message in taken]
                for message in delivered:
                    _filter_message_attributes(message, message_attribute_names or [])
                return delivered

    def has_hung_up() -> bool:
        connection = request.environ.get("werkzeug.socket") if has_request_context() else None
        if connection is None:
            return False
        try:
            return connection.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT) == b""
        except BlockingIOError:
            return False
        except OSError:
            return True


LONGEST_IN_FLIGHT_SECONDS = 12 * 60 * 60


class ReceiptRefused(ReceiptHandleIsInvalid):
    """Of one entry of a batch moto then says ReceiptHandleIsInvalid, as AWS does."""

    def __init__(self, parameter: str, value: Any, reason: str) -> None:
        message = f"Value {value} for parameter {parameter} is invalid. Reason: {reason}"
        SQSException.__init__(self, "InvalidParameterValue", message)


def sqs_receipts() -> None:
    """AWS: a receipt handle is for one receipt. An older one deletes nothing, which is no error; in a FIFO queue it is
    one, and so it is once the message is visible again. A message is in flight for at most 12 hours after its receipt.

    moto: deletes by any handle that the message ever had, and again; counts the 12 hours from the sending; and loses
    what is sent while something is deleted.
    Here: as in AWS. An older handle does not change visibility either, which AWS does not document.
    """

    def message_of(queue: Any, receipt_handle: str) -> tuple[Any, bool]:
        """The message, None where it is gone, and whether the handle still holds it."""
        if receipt_handle not in queue.receipts:
            raise ReceiptHandleIsInvalid()
        message = queue.receipts[receipt_handle]
        if message not in queue._messages:
            return None, False
        is_last = message.receipt_handle == receipt_handle
        is_in_flight = message.visible_at > unix_time_millis()
        if queue.fifo_queue and not (is_last and is_in_flight):
            raise ReceiptRefused("ReceiptHandle", receipt_handle, "The receipt handle has expired.")
        return message, is_last and is_in_flight

    @wrap(Queue, "delete_message")
    def delete_message(_original: Any, queue: Any, receipt_handle: str) -> None:
        with queue._messages_lock:
            message, _ = message_of(queue, receipt_handle)
            if message and message.receipt_handle == receipt_handle:
                queue._messages.remove(message)
                queue._messages_lock.notify_all()

    @wrap(SQSBackend, "change_message_visibility")
    def change_message_visibility(
        _original: Any, backend: SQSBackend, queue_name: str, receipt_handle: str, visibility_timeout: int
    ) -> None:
        queue: Any = backend.get_queue(queue_name)
        with queue._messages_lock:
            message, is_held = message_of(queue, receipt_handle)
            if message is None:
                reason = "Message does not exist or is not available for visibility timeout change."
                raise ReceiptRefused("ReceiptHandle", receipt_handle, reason)
            if not is_held:
                return
            in_flight_seconds = (unix_time_millis() - message.received_at) / 1000
            if in_flight_seconds + int(visibility_timeout) > LONGEST_IN_FLIGHT_SECONDS:
                reason = f"Total VisibilityTimeout is beyond the limit of {LONGEST_IN_FLIGHT_SECONDS} seconds."
                raise ReceiptRefused("VisibilityTimeout", visibility_timeout, reason)
            message.change_visibility(visibility_timeout)
            queue._messages_lock.notify_all()


DEDUPLICATION_SECONDS = 5 * 60


def sqs_deduplication() -> None:
    """AWS: a FIFO queue does not deliver a deduplication id twice within 5 minutes, in the queue or, if so set, in one
    group. moto: only while the first message is there, and always in the queue. Here: as in AWS.
    """

    @wrap(Queue, "add_message")
    def add_message(original: Any, queue: Any, message: Any) -> None:
        if not queue.fifo_queue or queue.lambda_event_source_mappings:
            return original(queue, message)
        group = message.group_id if queue.deduplication_scope == "messageGroup" else None
        sent: dict[Any, int] = vars(queue).setdefault("sent", {})
        with queue._messages_lock:
            before = sent.get((group, message.deduplication_id))
            if before is None or message.sent_timestamp - before >= DEDUPLICATION_SECONDS * 1000:
                sent[group, message.deduplication_id] = message.sent_timestamp
                queue._messages.append(message)
                queue._messages_lock.notify_all()


THROTTLING_PATH = "/local-aws/throttling/sqs"


def sqs_throttling() -> None:
    """AWS: denies requests when a queue, above all a FIFO one, gets too many.

    moto: takes any number. Here: so it is by default. After PUT /local-aws/throttling/sqs/N, until DELETE
    /local-aws/throttling/sqs, every N-th request to SQS is denied with RequestThrottled, and not carried out.
    """
    every = 0
    requests = itertools.count(1)

    @wrap(DomainDispatcherApplication, "__call__")
    def call(original: Any, app: Any, environ: Environ, start_response: Any) -> Iterable[bytes]:
        nonlocal every
        path = environ.get("PATH_INFO", "")
        if path.startswith(THROTTLING_PATH):
            order = (environ["REQUEST_METHOD"], path.removeprefix(THROTTLING_PATH))
            match = re.fullmatch(r"PUT/([1-9]\d*)|DELETE", "".join(order))
            if match:
                every = int(match[1] or 0)
            start_response("204 No Content" if match else "404 Not Found", [("Content-Length", "0")])
            return []
        _, service = caller_of(environ)
        if service != "sqs" or not every or next(requests) % every:
            return original(app, environ, start_response)
        body_of(environ)
        code = "RequestThrottled"
        content_type, body = error_body(environ, service, code, "The request was denied due to request throttling.")
        headers = [("Content-Type", content_type), ("Content-Length", str(len(body))), ("x-amzn-ErrorType", code)]
        start_response("400 Bad Request", headers)
        return [body]


# --- ECS, ECR ----------------------------------------------------------------------------------------------------


def ecs_task_definitions() -> None:
    """AWS: a family by itself means its latest active revision, and no service is given an inactive one. moto: means
    the latest, active or not, and takes any. Here: as in AWS.
    """

    @wrap(EC2ContainerServiceBackend, "describe_task_definition")
    def describe_task_definition(
        original: Any, backend: EC2ContainerServiceBackend, task_definition_str: str
    ) -> TaskDefinition:
        name = task_definition_str.split("/")[-1]
        if ":" in name:
            return original(backend, task_definition_str)
        active = [one for one in backend.task_definitions.get(name, {}).values() if one.status == "ACTIVE"]
        if not active:
            raise TaskDefinitionNotFoundException()
        return max(active, key=lambda one: one.revision)

    def active_arn(backend: EC2ContainerServiceBackend, task_definition: str) -> str:
        described: Any = backend.describe_task_definition(task_definition)
        if described.status != "ACTIVE":
            raise EcsClientException("TaskDefinition is inactive")
        return described.arn

    @wrap(EC2ContainerServiceBackend, "create_service")
    def create_service(
        original: Any,
        backend: EC2ContainerServiceBackend,
        cluster_str: str,
        service_name: str,
        desired_count: int,
        task_definition_str: str | None = None,
        *args: Any,
        **kwargs: Any,
    ) -> Service:
        arn = active_arn(backend, task_definition_str) if task_definition_str else None
        return original(backend, cluster_str, service_name, desired_count, arn, *args, **kwargs)

    @wrap(EC2ContainerServiceBackend, "update_service")
    def update_service(original: Any, backend: EC2ContainerServiceBackend, properties: dict[str, Any]) -> Service:
        if properties.get("task_definition"):
            properties["task_definition"] = active_arn(backend, properties["task_definition"])
        return original(backend, properties)


SERVICE_DEFAULTS = {
    "availabilityZoneRebalancing": "ENABLED",
    "capacityProviderStrategy": None,
    "deploymentConfiguration": {"maximumPercent": 200, "minimumHealthyPercent": 100},
    "enableECSManagedTags": False,
    "enableExecuteCommand": False,
    "healthCheckGracePeriodSeconds": None,
    "placementConstraints": [],
    "placementStrategy": [],
}


def ecs_service_settings() -> None:
    """Only acknowledged: no task is placed, rebalanced or tagged.

    AWS: a service has a capacity provider strategy, which takes the place of a launch type, a deployment configuration,
    Availability Zone rebalancing, managed tags and some more.
    moto: drops them when the service is created, so that Terraform plans to replace it for ever, forgets of the
    deployment configuration what an update does not repeat, and sends an empty network configuration where there is
    none, on which the provider crashes.
    Here: given back as they were set.
    """

    @wrap(EC2ContainerServiceResponse, "create_service")
    def create_service(original: Any, response: EC2ContainerServiceResponse) -> ActionResult:
        result: ActionResult = original(response)
        service, given = result.result["service"], response._get_params()
        for parameter, default in SERVICE_DEFAULTS.items():
            setattr(service, xform_name(parameter), given.get(parameter, default))
        if service.capacity_provider_strategy:
            service.launch_type = None
        service.network_configuration = service.network_configuration or None
        service.created_at = utcnow()
        for deployment in service.deployments:
            strategy, launch_type = service.capacity_provider_strategy, service.launch_type
            family = None if launch_type == "EC2" else "Linux"
            deployment |= {
                "capacityProviderStrategy": strategy,
                "launchType": launch_type,
                "platformFamily": family,
            }
        return result

    @wrap(EC2ContainerServiceBackend, "update_service")
    def update_service(original: Any, backend: EC2ContainerServiceBackend, properties: dict[str, Any]) -> Service:
        service: Any = backend._get_service(properties.get("cluster", "default"), properties["service"])
        if properties.get("deployment_configuration"):
            properties["deployment_configuration"] = {
                **service.deployment_configuration,
                **properties["deployment_configuration"],
            }
        return original(backend, properties)


# A change of one of these is rolled out to tasks; other settings are for tasks that are started later.
ROLLED_OUT = {
    "capacityProviderStrategy": "capacity_provider_strategy",
    "networkConfiguration": "network_configuration",
    "platformVersion": "platform_version",
    "taskDefinition": "task_definition",
}


def settle(service: Any) -> None:
    """Makes a service's deployments what its desired count and its running tasks make of them."""
    if not service.deployments:
        return
    primary, *earlier = service.deployments
    primary["desiredCount"] = service.desired_count
    primary["pendingCount"] = max(service.desired_count - primary["runningCount"], 0)
    earlier = [one for one in earlier if one["runningCount"]]
    if not earlier and primary["runningCount"] == service.desired_count:
        primary["rolloutState"] = "COMPLETED"
        primary["rolloutStateReason"] = f"ECS deployment {primary['id']} completed."
    service.deployments = [primary, *earlier]
    service.running_count = sum(one["runningCount"] for one in service.deployments)
    service.pending_count = primary["pendingCount"]


def ecs_deployments() -> None:
    """AWS: another task definition, network, platform version or capacity provider, or force, is a new deployment, in
    progress until its tasks run and those of the earlier one are gone. Another desired count is none.

    moto: has one deployment for ever, which keeps its first task definition, and says that tasks run as soon as they
    are desired.
    Here: as in AWS, without time. No task runs by itself: with none desired a deployment is completed at once, else it
    stays in progress, unless the next extension is told about tasks.
    """

    @wrap(EC2ContainerServiceBackend, "update_service")
    def update_service(original: Any, backend: EC2ContainerServiceBackend, properties: dict[str, Any]) -> Service:
        forced = properties.pop("force_new_deployment", False)
        known: Any = backend._get_service(properties.get("cluster", "default"), properties["service"])
        before = {attribute: getattr(known, attribute, None) for attribute in ROLLED_OUT.values()}
        service: Any = original(backend, properties)
        after = {attribute: getattr(service, attribute, None) for attribute in before}
        if service.deployments and (forced or after != before):
            previous, now, new_id = service.deployments[0], utcnow(), f"ecs-svc/{uuid.uuid4().int % 10**19}"
            previous["status"] = "ACTIVE"
            deployment = {
                **previous,
                **{field: after[attribute] for field, attribute in ROLLED_OUT.items()},
                "id": new_id,
                "status": "PRIMARY",
                "createdAt": now,
                "rolloutState": "IN_PROGRESS",
                "rolloutStateReason": f"ECS deployment {new_id} in progress.",
                "runningCount": 0,
                "failedTasks": 0,
            }
            service.deployments.insert(0, deployment)
        for deployment in service.deployments[:1]:
            deployment["updatedAt"] = utcnow()
        settle(service)
        return service

    @wrap(EC2ContainerServiceBackend, "describe_clusters")
    def describe_clusters(original: Any, backend: EC2ContainerServiceBackend, cluster_names: list[str]) -> Any:
        clusters, failures = original(backend, cluster_names)
        for cluster in clusters:
            services = [one for one in backend.services.values() if one.cluster_name == cluster.name]
            cluster.active_services_count = sum(one.status == "ACTIVE" for one in services)
            cluster.running_tasks_count = sum(one.running_count for one in services)
            cluster.pending_tasks_count = sum(one.pending_count for one in services)
        return clusters, failures


RUNNING_TASKS_PATH = "/local-aws/running-tasks/"


def ecs_running_tasks() -> None:
    """AWS: runs a service's tasks. moto: runs none.

    Here: whoever runs them says so. After PUT /local-aws/running-tasks/CLUSTER/SERVICE/COUNT that many tasks of the
    service's newest deployment run, and none of an earlier one. As many as desired complete the deployment.
    """

    @wrap(DomainDispatcherApplication, "__call__")
    def call(original: Any, app: Any, environ: Environ, start_response: Any) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        if not path.startswith(RUNNING_TASKS_PATH):
            return original(app, environ, start_response)
        match = re.fullmatch(r"([^/]+)/([^/]+)/(\d+)", path.removeprefix(RUNNING_TASKS_PATH))
        services = [
            service
            for _, _, backend in ecs_backends.iter_backends()
            for service in backend.services.values()
            if match and (service.cluster_name, service.name, service.status) == (match[1], match[2], "ACTIVE")
        ]
        if environ["REQUEST_METHOD"] != "PUT":
            status = "405 Method Not Allowed"
        elif not match or not services:
            status = "404 Not Found"
        else:
            status = "204 No Content"
            for service in services:
                for index, deployment in enumerate(service.deployments):
                    deployment["runningCount"] = 0 if index else int(match[3])
                settle(service)
        start_response(status, [("Content-Length", "0")])
        return []


def ecs_deletion() -> None:
    """AWS: a deleted service has no tasks and cannot be updated; a cluster that has services is not deleted. moto: does
    neither refuse, and a service that was deleted by force keeps its tasks. Here: as in AWS.
    """

    @wrap(EC2ContainerServiceBackend, "update_service")
    def update_service(original: Any, backend: EC2ContainerServiceBackend, properties: dict[str, Any]) -> Service:
        if backend._get_service(properties.get("cluster", "default"), properties["service"]).status != "ACTIVE":
            raise ECSException("ServiceNotActiveException", "Service was not ACTIVE.")
        return original(backend, properties)

    @wrap(EC2ContainerServiceBackend, "delete_service")
    def delete_service(original: Any, *args: Any, **kwargs: Any) -> Service:
        service: Any = original(*args, **kwargs)
        service.desired_count = service.running_count = 0
        service.deployments = []
        return service

    @wrap(EC2ContainerServiceBackend, "delete_cluster")
    def delete_cluster(original: Any, backend: EC2ContainerServiceBackend, cluster_str: str) -> Cluster:
        cluster = backend._get_cluster(cluster_str)
        if any(one.status == "ACTIVE" for one in backend.services.values() if one.cluster_name == cluster.name):
            message = "The Cluster cannot be deleted while Services are active."
            raise ECSException("ClusterContainsServicesException", message)
        return original(backend, cluster_str)


def ecr_images() -> None:
    """AWS: an image's digest is that of its manifest, and a tag of an immutable repository is not given to another
    image. moto: takes the digest of the layers, which images may share, and refuses with the error for an image that is
    there already. Here: as in AWS.
    """

    @wrap(Image, "_create_digest")
    def create_digest(_original: Any, image: Image) -> None:
        image._image_digest = f"sha256:{hashlib.sha256(image.image_manifest.encode()).hexdigest()}"

    @wrap(ECRBackend, "put_image")
    def put_image(
        original: Any,
        backend: ECRBackend,
        repository_name: str,
        image_manifest: str,
        image_tag: str,
        *args: Any,
        **kwargs: Any,
    ) -> Image:
        repository = backend.repositories.get(repository_name)
        tagged = [one for one in repository.images if image_tag in one.image_tags] if repository else []
        if repository and repository.image_tag_mutability == "IMMUTABLE":
            if any(one.image_manifest != image_manifest for one in tagged):
                raise EcrException(
                    "ImageTagAlreadyExistsException",
                    f"The image tag '{image_tag}' already exists in the '{repository_name}' repository "
                    "and cannot be overwritten because the repository is immutable.",
                )
        return original(backend, repository_name, image_manifest, image_tag, *args, **kwargs)


# --- CodeBuild, CodePipeline, CodeConnections --------------------------------------------------------------------


def codebuild_projects() -> None:
    """Only acknowledged: a build runs nothing, and is successful when it is first looked at.

    AWS: a project may be a pipeline's, which then knows source and artifacts; it is updated; its settings are returned.
    moto: asks a pipeline's project for locations, cannot update one, drops the encryption key, and does not delete one
    by its ARN.
    Here: what was set is given back.
    """
    responses = moto.codebuild.responses

    def except_of_a_pipeline(name: str) -> None:
        validate = getattr(responses, name)

        def validated(given: dict[str, Any]) -> None:
            if given["type"] != "CODEPIPELINE":
                validate(given)

        setattr(responses, name, validated)

    except_of_a_pipeline("_validate_required_params_source")
    except_of_a_pipeline("_validate_required_params_artifacts")

    def keep(response: Any, given: dict[str, Any]) -> str:
        project = response.codebuild_backend.codebuild_projects[given["name"]]
        project.project_metadata |= {key: value for key, value in given.items() if value is not None}
        project.project_metadata["lastModifiedDate"] = time.time()
        project.service_role, project.tags = (project.project_metadata[one] for one in ("serviceRole", "tags"))
        return json.dumps({"project": project.project_metadata})

    @wrap(CodeBuildResponse, "create_project")
    def create_project(original: Any, response: CodeBuildResponse) -> str:
        original(response)
        defaults = {"timeoutInMinutes": 60, "queuedTimeoutInMinutes": 480, "tags": []}
        return keep(response, {**defaults, **json.loads(response.body)})

    @wrap(CodeBuildBackend, "delete_project")
    def delete_project(original: Any, backend: CodeBuildBackend, project_name: str) -> None:
        original(backend, project_name.rpartition("/")[2])

    @action(CodeBuildResponse)
    def update_project(response: CodeBuildResponse) -> str:
        given = json.loads(response.body)
        if given["name"] not in response.codebuild_backend.codebuild_projects:
            raise JsonRESTError("ResourceNotFoundException", f"Project does not exist: {given['name']}")
        return keep(response, given)


def codepipeline_times() -> None:
    """AWS: says in seconds when a pipeline was made and changed. moto: in text, which the provider cannot read.
    Here: in seconds. No pipeline runs.
    """

    def metadata(pipeline: Any) -> dict[str, Any]:
        times = {"created": unix_time(pipeline._created), "updated": unix_time(pipeline._updated)}
        return {"pipelineArn": pipeline._arn, **times}

    CodePipeline.metadata = property(metadata)


CONNECTION_SERVICES = ("codeconnections", "codestar-connections")


class Connections(BaseBackend):
    """Connections to GitHub and others, by their ARN. The service's former name is the prefix of ARNs made by it."""

    def __init__(self, region_name: str, account_id: str) -> None:
        super().__init__(region_name, account_id)
        self.connections: dict[str, dict[str, Any]] = {}
        self.tags: dict[str, dict[str, str]] = {}

    def answer(self, service: str, action: str, given: dict[str, Any]) -> dict[str, Any] | None:
        """The action's output, or None for one that is not here."""
        if action == "CreateConnection":
            arn = f"arn:aws:{service}:{self.region_name}:{self.account_id}:connection/{uuid.uuid4()}"
            self.connections[arn] = {
                **{key: value for key, value in given.items() if key != "Tags"},
                "ConnectionArn": arn,
                "OwnerAccountId": self.account_id,
                "ConnectionStatus": "PENDING",
            }
            self.tag(arn, given.get("Tags", []))
            return {"ConnectionArn": arn, "Tags": given.get("Tags", [])}
        if action == "ListConnections":
            return {"Connections": list(self.connections.values())}
        arn = given.get("ConnectionArn") or given.get("ResourceArn") or ""
        if action not in ("GetConnection", "DeleteConnection", "ListTagsForResource", "TagResource", "UntagResource"):
            return None
        if arn not in self.connections:
            raise JsonRESTError("ResourceNotFoundException", f"Connection not found: {arn}")
        if action == "GetConnection":
            return {"Connection": self.connections[arn]}
        if action == "ListTagsForResource":
            return {"Tags": [{"Key": key, "Value": value} for key, value in self.tags[arn].items()]}
        if action == "DeleteConnection":
            del self.connections[arn], self.tags[arn]
        elif action == "TagResource":
            self.tag(arn, given["Tags"])
        else:
            self.tags[arn] = {key: value for key, value in self.tags[arn].items() if key not in given["TagKeys"]}
        return {}

    def tag(self, arn: str, tags: list[dict[str, str]]) -> None:
        self.tags.setdefault(arn, {}).update({tag["Key"]: tag["Value"] for tag in tags})


def code_connections() -> None:
    """Only acknowledged: nothing is connected to.

    AWS: a connection to GitHub and others is PENDING until a person completes it in the console.
    moto: does not have the service, neither by its name nor by its former one, CodeStar Connections.
    Here: connections are kept, and stay PENDING.
    """
    regions = Session().get_available_regions("codepipeline")
    backends = BackendDict(Connections, CONNECTION_SERVICES[0], use_boto3_regions=False, additional_regions=regions)

    @wrap(DomainDispatcherApplication, "__call__")
    def call(original: Any, app: Any, environ: Environ, start_response: Any) -> Iterable[bytes]:
        scope = re.search(r"Credential=[^/]+/\d{8}/([^/]+)/([^/]+)/", environ.get("HTTP_AUTHORIZATION", ""))
        if not scope or scope[2] not in CONNECTION_SERVICES:
            return original(app, environ, start_response)
        api = read_api_request(environ)
        status, content_type = "200 OK", environ.get("CONTENT_TYPE", "")
        try:
            answer = backends[DEFAULT_ACCOUNT_ID][scope[1]].answer(scope[2], api.action, api.parameters or {})
            if answer is None:
                return original(app, environ, start_response)
            body = json.dumps(answer).encode()
        except JsonRESTError as error:
            status = "400 Bad Request"
            _, body = error_body(environ, scope[2], error.error_type, error.message)
        start_response(status, [("Content-Type", content_type), ("Content-Length", str(len(body)))])
        return [body]


# --- EC2 ---------------------------------------------------------------------------------------------------------


def ec2_security_group_rules() -> None:
    """AWS: every rule has a description and can be modified, whatever it refers to.

    moto: drops the description of a rule that refers to a group or a prefix list, cannot modify a rule for all
    protocols, and ignores a changed group, prefix list or IPv6 range.
    Here: kept and modified.
    """

    @wrap(SecurityGroupRule, "__init__")
    def init(original: Any, rule: Any, *args: Any, **kwargs: Any) -> None:
        original(rule, *args, **kwargs)
        given = inspect.signature(original).bind(rule, *args, **kwargs).arguments
        rule.prefix_list = dict(given.get("prefix_list_id") or {})

    def parts(rule: Any) -> list[dict[str, str]]:
        return [rule.ip_range, rule.source_group, rule.prefix_list]

    def description(rule: SecurityGroupRule) -> str | None:
        return next((one["Description"] for one in parts(rule) if one.get("Description")), None)

    SecurityGroupRule.description = property(description)

    @wrap(EC2Backend, "modify_security_group_rules")
    def modify_security_group_rules(
        original: Any, backend: EC2Backend, group_id: str, rules: dict[str, dict[str, Any]]
    ) -> None:
        ports = {"FromPort": -1, "ToPort": -1}
        original(backend, group_id, {one: {**ports, **changed} for one, changed in rules.items()})
        group = backend.get_security_group_from_id(group_id)
        for one, changed in rules.items():
            rule = group.get_rule(one) if group else None
            if rule is None:
                continue
            if "Description" in changed and not rule.cidr_ipv4 and not rule.cidr_ipv6:
                # moto has put it into an IP range, which this rule does not have.
                (rule.source_group or rule.prefix_list)["Description"] = rule.ip_range.pop("Description")
            if rule.ip_protocol == "-1":
                rule.from_port = rule.to_port = None
            if "CidrIpv6" in changed:
                rule.ip_range["CidrIpv6"] = changed["CidrIpv6"]
            if "PrefixListId" in changed:
                rule.prefix_list_id = changed["PrefixListId"]
            if "ReferencedGroupId" in changed:
                rule.source_group = {**rule.source_group, "GroupId": changed["ReferencedGroupId"]}


def ec2_deletion() -> None:
    """AWS: a VPC's default network ACL goes with it, and a NAT gateway's network interface with the gateway.

    moto: keeps both. Here: they go.
    """

    @wrap(EC2Backend, "delete_vpc")
    def delete_vpc(original: Any, backend: EC2Backend, vpc_id: str) -> Any:
        result = original(backend, vpc_id)
        for acl in [one for one in backend.network_acls.values() if one.vpc_id == vpc_id]:
            del backend.network_acls[acl.id]
        return result

    @wrap(EC2Backend, "delete_nat_gateway")
    def delete_nat_gateway(original: Any, backend: EC2Backend, nat_gateway_id: str) -> Any:
        gateway = original(backend, nat_gateway_id)
        backend.enis.pop(gateway._eni.id, None)
        return gateway


def ec2_monitoring() -> None:
    """Only acknowledged: no metrics are published, neither each minute nor each five.

    AWS: MonitorInstances and UnmonitorInstances switch detailed monitoring. moto: has neither. Here: the state is kept.
    """

    def switch(name: str, state: str) -> None:
        def switched(response: Monitoring) -> ActionResult:
            instances = response.ec2_backend.get_multi_instances_by_id(response._get_param("InstanceIds", []))
            for instance in instances:
                instance.monitoring_state = state
            monitorings = [{"InstanceId": one.id, "Monitoring": {"State": state}} for one in instances]
            return ActionResult({"InstanceMonitorings": monitorings})

        setattr(Monitoring, name, switched)

    switch("monitor_instances", "enabled")
    switch("unmonitor_instances", "disabled")


def ec2_instance_options() -> None:
    """Only acknowledged: no credits are counted, and no instance is recovered.

    AWS: an instance has a credit specification and maintenance options, which can be modified.
    moto: says `standard` whatever was asked for, and drops maintenance options, so that Terraform plans both for ever.
    Here: given back as they were set; a type of the families T3 and T4g is `unlimited` when nothing was.
    """

    @wrap(InstanceResponse, "run_instances")
    def run_instances(original: Any, response: InstanceResponse) -> ActionResult:
        result: ActionResult = original(response)
        template = response._get_param("LaunchTemplate")
        data = response.ec2_backend._get_template_from_args(template).data if template else {}
        for instance in result.result.instances:
            credits = {**data.get("CreditSpecification", {}), **response._get_param("CreditSpecification", {})}
            instance.cpu_credits = credits.get("CpuCredits")
            options = {**data.get("MaintenanceOptions", {}), **response._get_param("MaintenanceOptions", {})}
            instance.maintenance_options = {"AutoRecovery": "default", **options}
        return result

    def credits_of(instance: Any) -> str:
        default = "unlimited" if instance.instance_type.startswith(("t3", "t4g")) else "standard"
        return getattr(instance, "cpu_credits", None) or default

    @wrap(InstanceResponse, "describe_instance_credit_specifications")
    def describe(_original: Any, response: InstanceResponse) -> ActionResult:
        instances = response.ec2_backend.get_multi_instances_by_id(response._get_param("InstanceIds", []))
        specifications = [{"InstanceId": one.id, "CpuCredits": credits_of(one)} for one in instances]
        return ActionResult({"InstanceCreditSpecifications": specifications})

    @action(InstanceResponse)
    def modify_instance_credit_specification(response: InstanceResponse) -> ActionResult:
        modified = response._get_param("InstanceCreditSpecifications", [])
        for one in modified:
            response.ec2_backend.get_instance(one["InstanceId"]).cpu_credits = one["CpuCredits"]
        ids = [{"InstanceId": one["InstanceId"]} for one in modified]
        return ActionResult({"SuccessfulInstanceCreditSpecifications": ids})

    @action(InstanceResponse)
    def modify_instance_maintenance_options(response: InstanceResponse) -> ActionResult:
        instance = response.ec2_backend.get_instance(response._get_param("InstanceId"))
        instance.maintenance_options = {"AutoRecovery": response._get_param("AutoRecovery")}
        return ActionResult({"InstanceId": instance.id, **instance.maintenance_options})


def ec2_instance_groups() -> None:
    """AWS: the security groups of an instance are those of its first network interface.

    moto: shows those of the request, none when they were given with the interface, changes only one of the two, and
    takes all away when the shutdown behaviour is modified.
    Here: they are the same, and changed only when that was asked for.
    """

    def groups(instance: Any) -> list[Any]:
        first = getattr(instance, "nics", {}).get(0)
        return list(first._group_set) if first else instance._requested_groups

    def set_groups(instance: Any, changed: list[Any]) -> None:
        instance._requested_groups = changed
        first = getattr(instance, "nics", {}).get(0)
        if first:
            first._group_set = list(changed)

    Instance.security_groups = property(groups, set_groups)

    def group_set(interface: Any) -> list[Any]:
        return interface._group_set

    NetworkInterface.group_set = property(group_set)

    @wrap(InstanceResponse, "_security_grp_instance_attribute_handler")
    def modify_groups(original: Any, response: InstanceResponse) -> bool:
        shutdown = response._get_param("InstanceInitiatedShutdownBehavior.Value")
        if shutdown:
            instance = response.ec2_backend.get_instance(response._get_param("InstanceId"))
            instance.instance_initiated_shutdown_behavior = shutdown
        return bool(shutdown) or (bool(response._get_param("Groups")) and original(response))


def ec2_launch_template_data() -> None:
    """AWS: a launch template's own tags are no part of its data.

    moto: adds them to the data, so that Terraform plans their removal, and with it a new version, for ever; does not
    show changed ones; and fails the launch of a second version that has user data.
    Here: the data are what was given, in each version, and the tags are those of today.
    """
    LaunchTemplate.tags = property(LaunchTemplate.get_tags, lambda _template, _tags: None)

    @wrap(LaunchTemplateVersion, "__init__")
    def init(
        original: Any, version: LaunchTemplateVersion, template: Any, number: int, data: dict[str, Any], *rest: Any
    ) -> None:
        data = {**data}
        tags = [one for one in data.pop("TagSpecifications", []) if one.get("ResourceType") != "launch-template"]
        if tags:
            data["TagSpecifications"] = tags
        if isinstance(data.get("UserData"), str):
            data["UserData"] = parse_user_data(data["UserData"])
        original(version, template, number, data, *rest)


RESOLVE_SSM = "resolve:ssm:"


def ec2_launch_template_instances() -> None:
    """An instance is what its launch template says.

    AWS: all that a request does not say comes from the template's version: the image, which may be named by a parameter
    of Systems Manager, network interfaces, block devices, instance profile, metadata options, monitoring, tags.
    moto: takes type, key, user data and security groups, adds a root volume of 8 GB to the template's, and gives the
    instance an image that is called resolve:ssm:...
    Here: as in AWS. A parameter that does not exist fails the launch.
    """

    def image_of(backend: EC2Backend, image_id: str) -> str:
        if not image_id.startswith(RESOLVE_SSM):
            return image_id
        parameters = ssm_backends[backend.account_id][backend.region_name]
        parameter = parameters.get_parameter(image_id.removeprefix(RESOLVE_SSM))
        if parameter is None:
            raise InvalidAMIIdError(image_id)
        return str(parameter.value)

    @wrap(EC2Backend, "run_instances")
    def run_instances(
        original: Any,
        backend: EC2Backend,
        image_id: str | None,
        count: int,
        user_data: Any,
        security_group_names: list[str],
        **request: Any,
    ) -> Reservation:
        template = request.get("launch_template")
        data = copy.deepcopy(backend._get_template_from_args(template).data) if template else {}
        image = image_of(backend, image_id or data.get("ImageId") or "")
        request["nics"] = request.get("nics") or data.get("NetworkInterfaces") or []
        request["metadata_options"] = {**data.get("MetadataOptions", {}), **(request.get("metadata_options") or {})}
        request["ebs_optimized"] = request.get("ebs_optimized") or data.get("EbsOptimized", False)
        if data.get("Monitoring", {}).get("Enabled"):
            request["monitoring_state"] = "enabled"
        if data.get("BlockDeviceMappings"):
            request.setdefault("block_device_mappings", data["BlockDeviceMappings"])
        tags = convert_tag_spec(data.get("TagSpecifications", []))
        for resource, given in (request.get("tags") or {}).items():
            tags[resource] = {**tags.get(resource, {}), **given}
        request["tags"] = tags
        interface_tags = tags.get("network-interface", {})

        reservation: Reservation = original(backend, image, count, user_data, security_group_names, **request)
        profile = data.get("IamInstanceProfile", {})
        own_profile = request.get("iam_instance_profile_name") or request.get("iam_instance_profile_arn")
        for instance in reservation.instances:
            for interface in instance.nics.values():
                interface.add_tags(interface_tags)
            if profile and not own_profile:
                backend.associate_iam_instance_profile(instance.id, profile.get("Name"), profile.get("Arn"))
        return reservation


def ec2_termination() -> None:
    """AWS: what was made with an instance ends with it: its network interface, unless the launch said otherwise, and
    its registration as a target.

    moto: keeps the interface, which then keeps the subnet from being deleted, and the target when a group scales in.
    Here: as in AWS.
    """

    @wrap(Instance, "prep_nics")
    def prep_nics(original: Any, instance: Instance, specs: list[dict[str, Any]], *args: Any, **kwargs: Any) -> None:
        made = [
            one if one.get("NetworkInterfaceId") else {"DeleteOnTermination": True, **one}
            for one in specs or [{"DeviceIndex": 0}]
        ]
        original(instance, made, *args, **kwargs)

    @wrap(EC2Backend, "terminate_instances")
    def terminate_instances(original: Any, backend: EC2Backend, instance_ids: list[str]) -> Any:
        result = original(backend, instance_ids)
        elbv2_backends[backend.account_id][backend.region_name].notify_terminate_instances(instance_ids)
        return result


def ec2_termination_protection() -> None:
    """AWS: an instance has the termination protection of its launch; TerminateInstances then refuses it. Auto Scaling
    is not bound by it.

    moto: drops it at the launch, does not understand `Attribute=disableApiTermination`, terminates those that are named
    before the protected one, and then fails the deletion of a group.
    Here: as in AWS, except that a refused request terminates nothing, in no zone.
    """

    @wrap(EC2Backend, "run_instances")
    def run_instances(original: Any, backend: EC2Backend, *args: Any, **request: Any) -> Reservation:
        template = request.get("launch_template")
        data = backend._get_template_from_args(template).data if template else {}
        reservation: Reservation = original(backend, *args, **request)
        for instance in reservation.instances:
            instance.disable_api_termination = is_true(data.get("DisableApiTermination"))
        return reservation

    @wrap(InstanceResponse, "run_instances")
    def run_by_api(original: Any, response: InstanceResponse) -> ActionResult:
        result: ActionResult = original(response)
        asked = response._get_param("DisableApiTermination")
        if asked is not None:
            for instance in result.result.instances:
                instance.disable_api_termination = is_true(asked)
        return result

    @wrap(EC2Backend, "modify_instance_attribute")
    def modify(original: Any, backend: EC2Backend, instance_id: str, key: str, value: Any) -> Any:
        return original(backend, instance_id, key, is_true(value) if key == "disable_api_termination" else value)

    @wrap(InstanceResponse, "terminate_instances")
    def terminate_by_api(original: Any, response: InstanceResponse) -> ActionResult:
        for instance in response.ec2_backend.get_multi_instances_by_id(response._get_param("InstanceIds", [])):
            if instance.disable_api_termination:
                raise OperationNotPermitted4(instance.id)
        return original(response)

    @wrap(EC2Backend, "terminate_instances")
    def terminate(original: Any, backend: EC2Backend, instance_ids: list[str]) -> Any:
        for instance in backend.get_multi_instances_by_id(instance_ids):
            instance.disable_api_termination = False
        return original(backend, instance_ids)


def is_true(value: Any) -> bool:
    return str(value).lower() == "true"


# --- EC2 Auto Scaling --------------------------------------------------------------------------------------------


def group_of(response: AutoScalingResponse) -> Any:
    name = response._get_param("AutoScalingGroupName")
    group = response.autoscaling_backend.autoscaling_groups.get(name)
    if group is None:
        raise invalid(f"AutoScalingGroup name not found - AutoScalingGroup '{name}' not found")
    return group


def invalid(message: str) -> AutoscalingClientError:
    return AutoscalingClientError("ValidationError", message)


def template_of(group: Any) -> dict[str, str]:
    """The launch template and the number of its version that the group launches now."""
    template = group.ec2_launch_template
    version = template.get_version(group.launch_template_version).number
    return {"LaunchTemplateId": template.id, "LaunchTemplateName": template.name, "Version": str(version)}


def replace_instances(group: Any, states: list[Any]) -> None:
    """Terminates instances of a group; it launches others in their place."""
    ids = [state.instance.id for state in states]
    if ids:
        group.ec2_backend.terminate_instances(ids)
        group.autoscaling_backend.notify_terminate_instances(ids)


def autoscaling_launches() -> None:
    """AWS: a group launches its version of the template into the zone that has the fewest of its instances, and an
    instance keeps the version that it was launched with.

    moto: launches the default version, always into the first subnet, and shows the default version of today.
    Here: as in AWS, except that instances are in service at once. Of mixed types the first is launched; how many is
    left to moto, which rounds shares and weights down, at worst to none.
    """

    @wrap(FakeAutoScalingGroup, "replace_autoscaling_group_instances")
    def launch(original: Any, group: Any, count: int, tags: dict[str, str]) -> None:
        if group.ec2_launch_template is None:
            original(group, count, tags)
            return
        template = template_of(group)
        overrides = (group.mixed_instances_policy or {}).get("LaunchTemplate", {}).get("Overrides") or [{}]
        instance_type = overrides[0].get("InstanceType") or group.instance_type
        for _ in range(count):
            subnet = emptiest_subnet(group)
            [instance] = group.ec2_backend.run_instances(
                None,
                1,
                None,
                [],
                instance_type=instance_type,
                is_instance_type_default=not instance_type,
                region_name=group.region,
                launch_template={one: template[one] for one in ("LaunchTemplateId", "Version")},
                subnet_id=subnet,
                placement=None if subnet else group.availability_zones[0],
                associate_public_ip=None,
                tags={"instance": {**tags, ASG_NAME_TAG: group.name}},
            ).instances
            instance.autoscaling_group = group
            instance.launched_with = template
            protected = group.new_instances_protected_from_scale_in
            group.instance_states.append(InstanceState(instance, protected_from_scale_in=protected))

    def emptiest_subnet(group: Any) -> str | None:
        subnets = group.vpc_zone_identifier.split(",") if group.vpc_zone_identifier else []
        used = Counter(state.instance.subnet_id for state in group.instance_states)
        return min(subnets, key=lambda subnet: used[subnet], default=None)

    moto_launch_template = InstanceState.launch_template.fget

    def launch_template(state: InstanceState) -> Any:
        return getattr(state.instance, "launched_with", None) or moto_launch_template(state)

    InstanceState.launch_template = property(launch_template)


def autoscaling_capacity() -> None:
    """AWS: the desired capacity is within the group's sizes. A request beyond them is refused, and new sizes take it
    along. A group has as many instances as desired, in service or on their way; one that ended is replaced only where
    that makes one too few, and what replaces it is registered with the target groups. Of requests at the same time none
    is lost.

    moto: takes any capacity, leaves it where new sizes do not allow it, counts those in service only, replaces whatever
    ends without registering it, and may lose one of two requests.
    Here: as in AWS. Which instance goes at a scale-in is left to moto.
    """
    one_at_a_time = threading.RLock()

    @wrap(AutoScalingResponse, "call_action")
    def call_action(original: Any, response: AutoScalingResponse) -> Any:
        with one_at_a_time:
            return original(response)

    def check_sizes(least: int, most: int, desired: int | None) -> None:
        if least > most:
            raise invalid(f"Max bound, {most}, must be greater than or equal to min bound, {least}")
        if desired is not None and not least <= desired <= most:
            message = f"Desired capacity:{desired} must be between the specified min size:{least} and max size:{most}"
            raise invalid(message)

    @wrap(AutoScalingResponse, "create_auto_scaling_group")
    def create(original: Any, response: AutoScalingResponse) -> ActionResult:
        least, most, desired = (response._get_int_param(one) for one in ("MinSize", "MaxSize", "DesiredCapacity"))
        check_sizes(least, most, desired)
        return original(response)

    @wrap(FakeAutoScalingGroup, "update")
    def update(original: Any, group: Any, **changed: Any) -> None:
        least = group.min_size if changed["min_size"] is None else changed["min_size"]
        most = group.max_size if changed["max_size"] is None else changed["max_size"]
        check_sizes(least, most, changed["desired_capacity"])
        if changed["desired_capacity"] is None:
            changed["desired_capacity"] = min(max(group.desired_capacity, least), most)
        original(group, **changed)

    @wrap(AutoScalingResponse, "set_desired_capacity")
    def set_desired_capacity(original: Any, response: AutoScalingResponse) -> ActionResult:
        group, desired = group_of(response), response._get_int_param("DesiredCapacity")
        refusal = f"New SetDesiredCapacity value {desired} is {{}} value {{}} for the AutoScalingGroup."
        if desired > group.max_size:
            raise invalid(refusal.format("above max", group.max_size))
        if desired < group.min_size:
            raise invalid(refusal.format("below min", group.min_size))
        return original(response)

    @wrap(FakeAutoScalingGroup, "active_instances")
    def active_instances(_original: Any, group: Any) -> list[InstanceState]:
        return [state for state in group.instance_states if state.lifecycle_state != "Standby"]

    @wrap(AutoScalingBackend, "notify_terminate_instances")
    def notify_terminate_instances(_original: Any, backend: Any, instance_ids: list[str]) -> None:
        with one_at_a_time:
            for group in backend.autoscaling_groups.values():
                left = [state for state in group.instance_states if state.instance_id not in instance_ids]
                if len(left) < len(group.instance_states):
                    group.instance_states = left
                    group.set_desired_capacity(group.desired_capacity)


MOST_PROTECTED_AT_ONCE = 50


def autoscaling_scale_in_protection() -> None:
    """AWS: SetInstanceProtection takes at most 50 instances, which are all the group's and in service, or changes none.
    A group that has more instances than desired because they are protected terminates those whose protection is lifted.

    moto: ignores instances that are not the group's, takes any number in any state, and leaves the group too large.
    Here: as in AWS, at once.
    """

    @wrap(AutoScalingResponse, "set_instance_protection")
    def set_instance_protection(original: Any, response: AutoScalingResponse) -> ActionResult:
        group, ids = group_of(response), response._get_param("InstanceIds", [])
        if len(ids) > MOST_PROTECTED_AT_ONCE:
            raise invalid(
                "1 validation error detected: Value at 'instanceIds' failed to satisfy constraint: "
                f"Member must have length less than or equal to {MOST_PROTECTED_AT_ONCE}"
            )
        states = {state.instance_id: state.lifecycle_state for state in group.instance_states}
        for one in ids:
            if one not in states:
                raise invalid(f"The instance {one} is not part of Auto Scaling group {group.name}.")
            if states[one] not in ("InService", "Standby"):
                raise invalid(f"The instance {one} is not in InService or EnteringStandby or Standby.")
        result: ActionResult = original(response)
        group.set_desired_capacity(group.desired_capacity)
        return result


GROUP_SETTINGS = {
    "AvailabilityZoneDistribution": "availability_zone_distribution",
    "CapacityRebalance": "capacity_rebalance",
    "DefaultCooldown": "default_cooldown",
    "DefaultInstanceWarmup": "default_instance_warmup",
    "InstanceMaintenancePolicy": "instance_maintenance_policy",
    "MaxInstanceLifetime": "max_instance_lifetime",
    "TerminationPolicies": "termination_policies",
}


def autoscaling_group_settings() -> None:
    """Only acknowledged: no instance is warmed up, replaced for its age or chosen by a termination policy.

    AWS: a group has a default warm-up, a maintenance policy and a greatest lifetime of instances, and these, cooldown,
    termination policies and rebalancing can be updated.
    moto: drops the first three, so that Terraform plans them for ever, and ignores updates of the others.
    Here: given back as they were set; -1 takes warm-up and maintenance policy away.
    """

    def is_none(value: Any) -> bool:
        return value == -1 or (isinstance(value, dict) and -1 in value.values())

    def keeps_settings(name: str) -> None:
        @wrap(AutoScalingResponse, name)
        def kept(original: Any, response: AutoScalingResponse) -> ActionResult:
            result: ActionResult = original(response)
            group, given = group_of(response), response._get_params()
            for parameter, attribute in GROUP_SETTINGS.items():
                if parameter in given:
                    setattr(group, attribute, None if is_none(given[parameter]) else given[parameter])
            return result

    keeps_settings("create_auto_scaling_group")
    keeps_settings("update_auto_scaling_group")


def autoscaling_group_deletion() -> None:
    """AWS: a group that has instances is deleted only with ForceDelete, which terminates protected ones too; with a
    group go its hooks, policies and schedules.

    moto: never refuses, leaves protected instances running without a group, and keeps the rest.
    Here: as in AWS.
    """

    @wrap(AutoScalingResponse, "delete_auto_scaling_group")
    def delete_auto_scaling_group(original: Any, response: AutoScalingResponse) -> ActionResult:
        group, backend = group_of(response), response.autoscaling_backend
        if group.instance_states and not response._get_bool_param("ForceDelete", False):
            message = "You cannot delete an AutoScalingGroup while there are instances still in the group."
            raise AutoscalingClientError("ResourceInUse", message)
        for state in group.instance_states:
            state.protected_from_scale_in = False
        result: ActionResult = original(response)
        for collection in (backend.lifecycle_hooks, backend.policies, backend.scheduled_actions):
            for key, item in list(collection.items()):
                if item.auto_scaling_group_name == group.name:
                    del collection[key]
        return result


def autoscaling_policies_and_schedules() -> None:
    """AWS: a scaling policy is enabled unless it is disabled, has a predictive configuration only when it is
    predictive, and PutScalingPolicy answers with its ARN. Names of policies and schedules are unique within a group.

    moto: answers without the ARN, shows policies disabled and with an empty predictive configuration, which Terraform
    plans to change for ever, lets a group overwrite another group's policy or schedule of the same name, scales beyond
    the group's sizes, and cannot execute a step policy.
    Here: as in AWS. Only ExecutePolicy scales; no alarm does. Cooldown and warm-up are not kept: a step policy starts
    from the desired capacity.
    """

    @wrap(AutoScalingResponse, "put_scaling_policy")
    def put_scaling_policy(original: Any, response: AutoScalingResponse) -> ActionResult:
        group, policies = group_of(response), response.autoscaling_backend.policies
        original(response)
        policy: Any = policies.pop(response._get_param("PolicyName"))
        policy.enabled = response._get_bool_param("Enabled", True)
        policy.predictive_scaling_configuration = policy.predictive_scaling_configuration or None
        policies[f"{group.name}/{policy.name}"] = policy
        return ActionResult({"PolicyARN": policy.arn, "Alarms": []})

    def policy_of(response: AutoScalingResponse) -> Any:
        group, name = response._get_param("AutoScalingGroupName"), response._get_param("PolicyName")
        for policy in response.autoscaling_backend.policies.values():
            if policy.arn == name or (policy.name == name and group in (None, policy.auto_scaling_group_name)):
                return policy
        raise invalid(f"PolicyName {name} not found")

    @wrap(AutoScalingResponse, "delete_policy")
    def delete_policy(_original: Any, response: AutoScalingResponse) -> ActionResult:
        policy = policy_of(response)
        del response.autoscaling_backend.policies[f"{policy.auto_scaling_group_name}/{policy.name}"]
        return EmptyResult()

    @wrap(AutoScalingResponse, "execute_policy")
    def execute_policy(_original: Any, response: AutoScalingResponse) -> ActionResult:
        policy, backend = policy_of(response), response.autoscaling_backend
        group = backend.autoscaling_groups[policy.auto_scaling_group_name]
        change = step_of(policy, response) if policy.step_adjustments else policy.scaling_adjustment
        if change is None:
            raise invalid(f"Policy type {policy.policy_type} cannot be executed")
        desired = capacity_after(policy.adjustment_type, change, group.desired_capacity)
        backend.set_desired_capacity(group.name, min(max(desired, group.min_size), group.max_size))
        return EmptyResult()

    def step_of(policy: Any, response: AutoScalingResponse) -> int:
        value, threshold = (response._get_param(one) for one in ("MetricValue", "BreachThreshold"))
        if value is None or threshold is None:
            raise invalid("MetricValue and BreachThreshold are required to execute a step scaling policy")
        breach = float(value) - float(threshold)
        for step in policy.step_adjustments:
            lower = float(step.get("MetricIntervalLowerBound", "-inf"))
            upper = float(step.get("MetricIntervalUpperBound", "inf"))
            if (lower <= breach < upper) if breach >= 0 else (lower < breach <= upper):
                return int(step["ScalingAdjustment"])
        raise invalid(f"No step adjustment found for metric value {value} and breach threshold {threshold}")

    def capacity_after(kind: str, change: int, now: int) -> int:
        if kind == "ExactCapacity":
            return change
        if kind == "PercentChangeInCapacity":
            part = now * change / 100
            return now + (int(part) or (part > 0) - (part < 0))
        return now + change

    @wrap(AutoScalingBackend, "put_scheduled_update_group_action")
    def put_schedule(original: Any, backend: AutoScalingBackend, **given: Any) -> Any:
        schedule = original(backend, **given)
        key = f"{schedule.auto_scaling_group_name}/{schedule.scheduled_action_name}"
        backend.scheduled_actions[key] = backend.scheduled_actions.pop(schedule.scheduled_action_name)
        return schedule

    @wrap(AutoScalingBackend, "delete_scheduled_action")
    def delete_schedule(
        _original: Any, backend: AutoScalingBackend, auto_scaling_group_name: str, scheduled_action_name: str
    ) -> None:
        if backend.scheduled_actions.pop(f"{auto_scaling_group_name}/{scheduled_action_name}", None) is None:
            raise invalid("Scheduled action name not found")


def autoscaling_lifecycle_hooks() -> None:
    """Only acknowledged: no instance waits for a hook, unless autoscaling_waiting_launches is told so.

    AWS: a hook holds an instance until CompleteLifecycleAction or its time is up; CreateAutoScalingGroup takes hooks,
    and a hook has a notification target only when it was given one.
    moto: drops the hooks of CreateAutoScalingGroup, invents a target, and cannot complete an action.
    Here: hooks are given back as they were set. Nothing runs on the instances that could complete an action, so they
    are in service at once; an action is taken as completed when hook and instance are the group's.
    """

    def keep(response: AutoScalingResponse, given: dict[str, Any]) -> None:
        hook: Any = response.autoscaling_backend.create_lifecycle_hook(
            given["LifecycleHookName"],
            response._get_param("AutoScalingGroupName"),
            given["LifecycleTransition"],
            given.get("HeartbeatTimeout"),
            given.get("DefaultResult"),
        )
        hook.notification_target_arn = given.get("NotificationTargetARN")
        hook.role_arn = given.get("RoleARN")
        hook.notification_metadata = given.get("NotificationMetadata")

    @wrap(AutoScalingResponse, "put_lifecycle_hook")
    def put_lifecycle_hook(_original: Any, response: AutoScalingResponse) -> ActionResult:
        group_of(response)
        known = response.autoscaling_backend.lifecycle_hooks.get(hook_key(response))
        transition = {"LifecycleTransition": known.lifecycle_transition} if known else {}
        keep(response, {**transition, **response._get_params()})
        return EmptyResult()

    @wrap(AutoScalingResponse, "create_auto_scaling_group")
    def create_auto_scaling_group(original: Any, response: AutoScalingResponse) -> ActionResult:
        result: ActionResult = original(response)
        for hook in response._get_param("LifecycleHookSpecificationList", []):
            keep(response, hook)
        return result

    def hook_key(response: AutoScalingResponse) -> str:
        return f"{response._get_param('AutoScalingGroupName')}_{response._get_param('LifecycleHookName')}"

    def acknowledged(response: AutoScalingResponse) -> ActionResult:
        group, instance = group_of(response), response._get_param("InstanceId")
        known = hook_key(response) in response.autoscaling_backend.lifecycle_hooks
        if not known or instance not in (None, *(state.instance.id for state in group.instance_states)):
            raise invalid(f"No active Lifecycle Action found with instance ID {instance}")
        return EmptyResult()

    AutoScalingResponse.complete_lifecycle_action = acknowledged
    AutoScalingResponse.record_lifecycle_action_heartbeat = acknowledged


WAITING_LAUNCHES_PATH = "/local-aws/waiting-launches/"
PENDING = "Pending:Wait"


def autoscaling_waiting_launches() -> None:
    """AWS: what a group with a launch hook launches is Pending:Wait until CompleteLifecycleAction. CONTINUE puts it
    into service and registers it as a target; ABANDON has it terminated, and replaced.

    moto: has everything in service at once. Here: so it is by default, because nothing runs on an instance that could
    complete an action. After PUT /local-aws/waiting-launches/GROUP, until DELETE of the same, what that group launches
    waits as in AWS, except that its time is never up. Of several launch hooks the first to be completed counts.
    """

    @wrap(DomainDispatcherApplication, "__call__")
    def call(original: Any, app: Any, environ: Environ, start_response: Any) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        if not path.startswith(WAITING_LAUNCHES_PATH):
            return original(app, environ, start_response)
        name, method = path.removeprefix(WAITING_LAUNCHES_PATH), environ["REQUEST_METHOD"]
        groups = [
            backend.autoscaling_groups[name]
            for _, _, backend in autoscaling_backends.iter_backends()
            if name in backend.autoscaling_groups
        ]
        if method in ("PUT", "DELETE"):
            for group in groups:
                group.launches_wait = method == "PUT"
            status = "204 No Content" if groups else "404 Not Found"
        else:
            status = "405 Method Not Allowed"
        start_response(status, [("Content-Length", "0")])
        return []

    def has_launch_hook(group: Any) -> bool:
        hooks = group.autoscaling_backend.describe_lifecycle_hooks(group.name)
        return any(hook.lifecycle_transition == "autoscaling:EC2_INSTANCE_LAUNCHING" for hook in hooks)

    @wrap(FakeAutoScalingGroup, "replace_autoscaling_group_instances")
    def launch(original: Any, group: Any, count: int, tags: dict[str, str]) -> None:
        before = len(group.instance_states)
        original(group, count, tags)
        if getattr(group, "launches_wait", False) and has_launch_hook(group):
            for state in group.instance_states[before:]:
                state.lifecycle_state = PENDING

    @wrap(AutoScalingBackend, "update_attached_target_groups")
    def update_attached_target_groups(_original: Any, backend: AutoScalingBackend, group_name: str) -> None:
        group = backend.autoscaling_groups[group_name]
        ready = [state.instance_id for state in group.instance_states if state.lifecycle_state == "InService"]
        for arn in group.target_group_arns:
            port = backend.elbv2_backend.target_groups[arn].port
            backend.elbv2_backend.register_targets(arn, [{"Id": one, "Port": port} for one in ready])

    @wrap(AutoScalingResponse, "complete_lifecycle_action")
    def complete(original: Any, response: AutoScalingResponse) -> ActionResult:
        result: ActionResult = original(response)
        group, instance = group_of(response), response._get_param("InstanceId")
        for state in group.instance_states:
            if state.instance_id != instance or state.lifecycle_state != PENDING:
                continue
            if response._get_param("LifecycleActionResult") == "CONTINUE":
                state.lifecycle_state = "InService"
                response.autoscaling_backend.update_attached_target_groups(group.name)
            else:
                replace_instances(group, [state])
        return result


def autoscaling_instance_health() -> None:
    """AWS: a group replaces an instance that SetInstanceHealth calls unhealthy, unless the process is suspended or, by
    default, while the group's grace period lasts.

    moto: notes the health and leaves the instance; an instance that it does not know fails the request.
    Here: replaced at once.
    """

    @wrap(AutoScalingResponse, "set_instance_health")
    def set_instance_health(original: Any, response: AutoScalingResponse) -> ActionResult:
        instance_id = response._get_param("InstanceId")
        states = response.autoscaling_backend.describe_auto_scaling_instances([instance_id])
        if not states:
            raise invalid(f"Instance Id not found - No managed instance found for instance ID {instance_id}")
        [state] = states
        group = state.auto_scaling_group
        unhealthy = response._get_param("HealthStatus") == "Unhealthy"
        if unhealthy and response._get_bool_param("ShouldRespectGracePeriod", True):
            if utcnow() < state.instance.launch_time + timedelta(seconds=group.health_check_grace_period):
                return EmptyResult()
        result: ActionResult = original(response)
        suspended = {process["ProcessName"] for process in group.suspended_processes}
        if unhealthy and not suspended & {"ReplaceUnhealthy", "Launch", "Terminate"}:
            replace_instances(group, states)
        return result


def autoscaling_instance_refresh() -> None:
    """AWS: StartInstanceRefresh replaces a group's instances in batches; with SkipMatching only those of another
    version of the launch template, and protected ones only where the preferences say Refresh.

    moto: has no refreshes, so that a changed launch template fails the apply.
    Here: all in one batch, at once: a refresh is Successful when it is first seen, and there is none to cancel.
    Protected instances that are not to be refreshed stay as they are.
    """

    @action(AutoScalingResponse)
    def start_instance_refresh(response: AutoScalingResponse) -> ActionResult:
        group, preferences = group_of(response), response._get_param("Preferences", {})

        def is_due(state: Any) -> bool:
            if state.protected_from_scale_in and preferences.get("ScaleInProtectedInstances") != "Refresh":
                return False
            return not preferences.get("SkipMatching") or state.launch_template != template_of(group)

        start = utcnow()
        replace_instances(group, [state for state in group.instance_states if is_due(state)])
        refresh = {
            "InstanceRefreshId": str(uuid.uuid4()),
            "AutoScalingGroupName": group.name,
            "Strategy": response._get_param("Strategy") or "Rolling",
            "Preferences": preferences,
            "Status": "Successful",
            "StartTime": start,
            "EndTime": utcnow(),
            "PercentageComplete": 100,
            "InstancesToUpdate": 0,
        }
        group.refreshes = [refresh, *getattr(group, "refreshes", [])]
        return ActionResult({"InstanceRefreshId": refresh["InstanceRefreshId"]})

    @action(AutoScalingResponse)
    def describe_instance_refreshes(response: AutoScalingResponse) -> ActionResult:
        ids = response._get_param("InstanceRefreshIds", [])
        refreshes = getattr(group_of(response), "refreshes", [])
        wanted = [one for one in refreshes if not ids or one["InstanceRefreshId"] in ids]
        return ActionResult({"InstanceRefreshes": wanted})

    @action(AutoScalingResponse)
    def cancel_instance_refresh(response: AutoScalingResponse) -> ActionResult:
        message = f"No in progress or pending instance refresh found for Auto Scaling group {group_of(response).name}"
        raise AutoscalingClientError("ActiveInstanceRefreshNotFound", message)


# --- Load balancing, Route 53, EFS, Backup, S3, IAM, CloudWatch -------------------------------------------------


def elbv2_names() -> None:
    """AWS: a Network Load Balancer's ARN has net/NAME/ID, which is also the dimension of its metrics, and a name is
    taken once in a Region.

    moto: gives it app/NAME/ID, and takes a name any number of times. Here: as in AWS.
    """

    @wrap(ELBv2Backend, "create_load_balancer")
    def create_load_balancer(original: Any, backend: ELBv2Backend, name: str, *args: Any, **kwargs: Any) -> Any:
        if any(other.name == name for other in backend.load_balancers.values()):
            raise DuplicateLoadBalancerName()
        balancer = original(backend, name, *args, **kwargs)
        if balancer.type == "network":
            tags = backend.tagging_service.list_tags_for_resource(balancer.arn)["Tags"]
            backend.tagging_service.delete_all_tags_for_resource(balancer.arn)
            del backend.load_balancers[balancer.arn]
            balancer.arn = balancer.arn.replace(":loadbalancer/app/", ":loadbalancer/net/")
            backend.load_balancers[balancer.arn] = balancer
            backend.tagging_service.tag_resource(balancer.arn, tags)
        return balancer


def elbv2_private_link_rules() -> None:
    """Only acknowledged: no traffic passes.

    AWS: SetSecurityGroups tells a Network Load Balancer whether its groups' rules hold for PrivateLink traffic as well.
    moto: drops that. Here: it is given back.
    """
    key = "EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic"

    @wrap(ELBV2Response, "set_security_groups")
    def set_security_groups(original: Any, response: ELBV2Response) -> ActionResult:
        result: ActionResult = original(response)
        enforced = response._get_param(key)
        if enforced:
            balancer: Any = response.elbv2_backend.load_balancers[response._get_param("LoadBalancerArn")]
            balancer.enforce_security_group_inbound_rules_on_private_link_traffic = enforced
        return result


def route53_private_zones() -> None:
    """AWS: a zone that is created with a VPC is private, and GetHostedZone names its VPCs.

    moto: takes it for a public one, names VPCs in a form that SDKs cannot read, and keeps the zone's name servers when
    it is deleted.
    Here: as in AWS, without name servers. Nothing resolves the names.
    """

    @wrap(Route53, "create_hosted_zone")
    def create_hosted_zone(original: Any, response: Route53) -> ActionResult:
        vpc, region = response._get_param("VPC.VPCId"), response._get_param("VPC.VPCRegion")
        result: ActionResult = original(response)
        zone: Any = result.result["HostedZone"]
        if vpc and not zone.private_zone:
            zone.private_zone = True
            zone.add_vpc(vpc, region)
            sets = response.backend.delegation_sets
            for key in [key for key, one in sets.items() if one is zone.delegation_set]:
                del sets[key]
            result.result.update(DelegationSet=None, VPC=vpcs_of(zone)[0])
        return result

    @wrap(Route53, "get_hosted_zone")
    def get_hosted_zone(original: Any, response: Route53) -> ActionResult:
        result: ActionResult = original(response)
        zone = result.result["HostedZone"]
        result.result["VPCs"] = vpcs_of(zone) if zone.private_zone else None
        return result

    def vpcs_of(zone: FakeZone) -> list[dict[str, str]]:
        return [{"VPCId": one["vpc_id"], "VPCRegion": one["vpc_region"]} for one in zone.vpcs]


def efs_settings() -> None:
    """Only acknowledged: nothing is backed up or protected.

    AWS: a file system's backup policy, overwrite protection and throughput can be set, and its policy deleted.
    moto: has none of the four actions, and takes a backup policy that is DISABLED for a missing one.
    Here: what was set is given back.
    """

    moto.efs.urls.url_paths["/2015-02-01/file-systems/<file_system_id>/protection"] = EFSResponse.dispatch

    def file_system_of(response: EFSResponse) -> Any:
        _, [file_system] = response.efs_backend.describe_file_systems(
            file_system_id=response._get_param("FileSystemId")
        )
        return file_system

    def answer(body: dict[str, Any]) -> tuple[str, dict[str, Any]]:
        return json.dumps(body), {"status": 200, "Content-Type": "application/json"}

    @wrap(FileSystem, "__init__")
    def init(original: Any, file_system: Any, *args: Any, **kwargs: Any) -> None:
        original(file_system, *args, **kwargs)
        file_system.file_system_protection = {"ReplicationOverwriteProtection": "ENABLED"}
        file_system._backup_status = "ENABLED" if file_system._backup else None

    def backup_policy(file_system: Any) -> dict[str, str] | None:
        status = file_system._backup_status
        return {"Status": status} if status else None

    FileSystem.backup_policy = property(backup_policy)

    @action(EFSResponse)
    def put_backup_policy(response: EFSResponse) -> tuple[str, dict[str, Any]]:
        file_system = file_system_of(response)
        file_system._backup_status = response._get_param("BackupPolicy")["Status"]
        return answer({"BackupPolicy": file_system.backup_policy})

    @action(EFSResponse)
    def update_file_system_protection(response: EFSResponse) -> tuple[str, dict[str, Any]]:
        file_system = file_system_of(response)
        protection = response._get_param("ReplicationOverwriteProtection")
        file_system.file_system_protection = {"ReplicationOverwriteProtection": protection}
        return answer(file_system.file_system_protection)

    @action(EFSResponse)
    def update_file_system(response: EFSResponse) -> tuple[str, dict[str, Any]]:
        file_system = file_system_of(response)
        file_system.throughput_mode = response._get_param("ThroughputMode") or file_system.throughput_mode
        file_system.provisioned_throughput_in_mibps = response._get_param("ProvisionedThroughputInMibps")
        return answer(file_system.info_json())

    @action(EFSResponse)
    def delete_file_system_policy(response: EFSResponse) -> tuple[str, dict[str, Any]]:
        file_system_of(response).file_system_policy = None
        return answer({})


def backup_plans_and_vaults() -> None:
    """Only acknowledged: no backup is ever made.

    AWS: plans can be updated and have selections, which must go before the plan; vaults have notifications; both have
    tags.
    moto: has none of these actions, and reads the tags of a part of the ARN, so that Terraform plans them for ever.
    Here: what was set is given back, and a plan with selections is not deleted.
    """
    for part in ("notification-configuration", "recovery-points", "recovery-points/"):
        moto.backup.urls.url_paths[f"{{0}}/backup-vaults/(?P<name>[^/]+)/{part}$"] = BackupResponse.dispatch

    def part_after(response: BackupResponse, name: str) -> str:
        return unquote(response.path.split(f"/{name}/", 1)[1]).split("/")[0]

    def plan_of(response: BackupResponse) -> Any:
        return response.backup_backend.get_backup_plan(part_after(response, "plans"), None)

    def vault_of(response: BackupResponse) -> Any:
        return response.backup_backend.describe_backup_vault(part_after(response, "backup-vaults"))

    @wrap(BackupResponse, "list_tags")
    def list_tags(_original: Any, response: BackupResponse) -> str:
        arn = unquote(response.path.split("/tags/", 1)[1]).rstrip("/")
        return json.dumps({"Tags": response.backup_backend.list_tags(arn)})

    @wrap(Plan, "__init__")
    def init_plan(original: Any, plan: Any, *args: Any, **kwargs: Any) -> None:
        original(plan, *args, **kwargs)
        plan.selections = {}

    @wrap(Vault, "__init__")
    def init_vault(original: Any, vault: Any, *args: Any, **kwargs: Any) -> None:
        original(vault, *args, **kwargs)
        vault.notifications = None

    @wrap(BackupBackend, "get_backup_plan")
    def get_backup_plan(original: Any, backend: BackupBackend, backup_plan_id: str, version_id: Any) -> Plan:
        plan: Plan = original(backend, backup_plan_id, version_id)
        if plan.deletion_date and not version_id:
            raise ResourceNotFoundException("Failed reading Backup plan with provided version")
        return plan

    @wrap(BackupBackend, "delete_backup_plan")
    def delete_backup_plan(original: Any, backend: BackupBackend, backup_plan_id: str) -> Any:
        plan: Any = backend.get_backup_plan(backup_plan_id, None)
        if plan.selections:
            raise InvalidRequestException(
                "Related backup plan selections must be deleted prior to backup plan deletion"
            )
        return original(backend, backup_plan_id)

    @action(BackupResponse)
    def update_backup_plan(response: BackupResponse) -> str:
        plan = plan_of(response)
        changed = Plan(json.loads(response.body)["BackupPlan"], plan.creator_request_id, response.backup_backend)
        plan.backup_plan, plan.version_id = changed.backup_plan, changed.version_id
        plan.advanced_backup_settings = changed.advanced_backup_settings
        return json.dumps(plan.to_dict())

    @action(BackupResponse)
    def create_backup_selection(response: BackupResponse) -> str:
        plan, given = plan_of(response), json.loads(response.body)
        selection = {
            "BackupPlanId": plan.backup_plan_id,
            "SelectionId": str(uuid.uuid4()),
            "CreationDate": time.time(),
            "BackupSelection": given["BackupSelection"],
            "CreatorRequestId": given.get("CreatorRequestId"),
        }
        plan.selections[selection["SelectionId"]] = selection
        return json.dumps({one: selection[one] for one in ("BackupPlanId", "SelectionId", "CreationDate")})

    @action(BackupResponse)
    def get_backup_selection(response: BackupResponse) -> str:
        selection = plan_of(response).selections.get(part_after(response, "selections"))
        if selection is None:
            raise InvalidParameterValueException("Cannot find Backup selection with the provided ID")
        return json.dumps(selection)

    @action(BackupResponse)
    def list_backup_selections(response: BackupResponse) -> str:
        selections = plan_of(response).selections.values()
        names = ("SelectionName", "IamRoleArn")
        return json.dumps(
            {
                "BackupSelectionsList": [
                    {
                        **{key: value for key, value in one.items() if key != "BackupSelection"},
                        **{name: one["BackupSelection"][name] for name in names},
                    }
                    for one in selections
                ]
            }
        )

    @action(BackupResponse)
    def delete_backup_selection(response: BackupResponse) -> str:
        plan_of(response).selections.pop(part_after(response, "selections"), None)
        return "{}"

    @action(BackupResponse)
    def put_backup_vault_notifications(response: BackupResponse) -> str:
        given = json.loads(response.body)
        vault_of(response).notifications = {one: given[one] for one in ("SNSTopicArn", "BackupVaultEvents")}
        return "{}"

    @action(BackupResponse)
    def get_backup_vault_notifications(response: BackupResponse) -> str:
        vault = vault_of(response)
        if vault.notifications is None:
            raise ResourceNotFoundException(f"Notifications of vault {vault.backup_vault_name} not found")
        return json.dumps({**vault.to_dict(), **vault.notifications})

    @action(BackupResponse)
    def delete_backup_vault_notifications(response: BackupResponse) -> str:
        vault_of(response).notifications = None
        return "{}"

    @action(BackupResponse)
    def list_recovery_points_by_backup_vault(response: BackupResponse) -> str:
        vault_of(response)
        return json.dumps({"RecoveryPoints": []})


def s3_event_bridge() -> None:
    """AWS: returns that a bucket's events go to EventBridge. moto: sends them there, but does not return it, so that
    Terraform plans it for ever. Here: returned. Of a rule's targets moto serves queues, log groups and event buses.
    """

    @wrap(S3Response, "get_bucket_notification")
    def get_bucket_notification(original: Any, response: S3Response) -> Any:
        configuration = response.backend.get_bucket_notification_configuration(response.bucket_name)
        if configuration and configuration.event_bridge is not None:
            serialized = response.serialized
            response.serialized = lambda answer: serialized(
                ActionResult({**answer.result, "EventBridgeConfiguration": {}})
            )
        return original(response)


def s3_request_logs() -> None:
    """AWS: logs requests to a bucket where the target's policy lets its logging service put objects. moto: fails at a
    policy that also has a statement about everybody, such as the denial of requests without TLS. Here: works.
    """

    @wrap(FakeBucket, "_log_permissions_enabled_policy")
    def log_permissions(original: Any, _source: FakeBucket, target_bucket: FakeBucket, target_prefix: str) -> bool:
        document = json.loads(target_bucket.policy or "{}")
        statements = document.get("Statement", [])
        of_services = [one for one in statements if isinstance(one.get("Principal"), dict)]
        readable = copy.copy(target_bucket)
        readable.policy = json.dumps({**document, "Statement": of_services}).encode()
        return original(target_bucket=readable, target_prefix=target_prefix)


def s3_versions_kept() -> None:
    """Only acknowledged: no version is ever deleted by a rule.

    AWS: a lifecycle rule may keep some old versions whatever their age. moto: drops their number. Here: given back.
    """

    @wrap(FakeBucket, "set_lifecycle")
    def set_lifecycle(original: Any, bucket: FakeBucket, rules: list[dict[str, Any]]) -> None:
        original(bucket, rules)
        for kept, given in zip(bucket.rules, rules, strict=True):
            kept.versions_kept = (given.get("NoncurrentVersionExpiration") or {}).get("NewerNoncurrentVersions")

    @wrap(S3Response, "get_bucket_lifecycle")
    def get_bucket_lifecycle(original: Any, response: S3Response) -> Any:
        rules = response.backend.get_bucket_lifecycle(response.bucket_name)
        if not rules:
            return original(response)
        serialized = response.serialized

        def with_versions_kept(answer: ActionResult) -> Any:
            for shown, rule in zip(answer.result["Rules"], rules, strict=True):
                if rule.versions_kept is not None:
                    shown["NoncurrentVersionExpiration"]["NewerNoncurrentVersions"] = int(rule.versions_kept)
            return serialized(answer)

        response.serialized = with_versions_kept
        return original(response)


def s3_suspended_versions() -> None:
    """AWS: where versioning is suspended, former versions are still there, and each can be deleted. moto: deletes all
    versions of an object with the first, and fails where one of them is a delete marker. Here: as in AWS.
    """

    @wrap(S3Backend, "delete_object")
    def delete_object(
        original: Any, backend: S3Backend, bucket_name: str, key_name: str, version_id: Any = None, **kwargs: Any
    ) -> Any:
        bucket = backend.get_bucket(bucket_name)
        if version_id is None or bucket.versioning_status != "Suspended":
            return original(backend, bucket_name, key_name, version_id=version_id, **kwargs)
        versions = bucket.keys.getlist(key_name, [])
        left = [version for version in versions if str(version.version_id) != str(version_id)]
        bucket.keys.setlist(key_name, left)
        if not left:
            bucket.keys.pop(key_name)
        return True, {"version-id": version_id}


def s3_policy_conditions() -> None:
    """Only acknowledged: a statement with a condition neither allows nor denies.

    AWS: a statement of a bucket policy holds where its condition does. moto: ignores the condition, so that a Deny of
    requests without TLS denies all requests. Here: the statement is ignored.
    """

    @wrap(FakeBucket, "get_permission")
    def get_permission(_original: Any, bucket: FakeBucket, requested: str, resource: str) -> Any:
        document = json.loads(bucket.policy or "{}")
        statements = document.get("Statement", [])
        if isinstance(statements, dict):
            statements = [statements]
        unconditional = [one for one in statements if not one.get("Condition")]
        if not unconditional:
            return PermissionResult.NEUTRAL
        policy = IAMPolicy(json.dumps({**document, "Statement": unconditional}))
        return policy.is_action_permitted(requested, resource)


def iam_managed_policies() -> None:
    """AWS: has policies of its own, arn:aws:iam::aws:policy/... moto: has them if they are all loaded, which takes
    seconds and some 100 MB. Here: each is there when it is asked for.
    """
    known = functools.cache(lambda: json.loads(aws_managed_policies_data))

    def load(backend: IAMBackend, arn: str) -> None:
        name = arn.rpartition("/")[2]
        if ":iam::aws:policy/" in arn and arn not in backend.managed_policies and name in known():
            policy = AWSManagedPolicy.from_data(name, backend.account_id, backend.region_name, known()[name])
            if policy.arn == arn:
                backend.managed_policies[arn] = policy

    def loads_first(method: str) -> None:
        @wrap(IAMBackend, method)
        def loaded(original: Any, backend: IAMBackend, policy_arn: str, *args: Any, **kwargs: Any) -> Any:
            load(backend, policy_arn)
            return original(backend, policy_arn, *args, **kwargs)

    for method in ("attach_role_policy", "get_policy"):
        loads_first(method)


def cloudwatch_composite_alarms() -> None:
    """Only acknowledged: like other alarms they are not evaluated.

    AWS: PutCompositeAlarm makes an alarm of a rule on alarms. moto: does not have it. Here: it is kept and given back.
    """

    @action(CloudWatchResponse)
    def put_composite_alarm(response: CloudWatchResponse) -> ActionResult:
        result: ActionResult = response.put_metric_alarm()
        name = response._get_param("AlarmName")
        response.cloudwatch_backend.alarms[name].alarm_rule = response._get_param("AlarmRule")
        return result


@dataclass(frozen=True)
class Extension:
    kind: str
    apply: Callable[[], None]

    @property
    def name(self) -> str:
        return self.apply.__name__


BEHAVIOUR = "behaviour"
ACKNOWLEDGEMENT = "acknowledgement only"

# Applied in this order. Of those that see every request, the last applied is the first to see it.
EXTENSIONS = [
    Extension(BEHAVIOUR, readable_errors),
    Extension(BEHAVIOUR, request_log),
    Extension(BEHAVIOUR, inventory),
    Extension(BEHAVIOUR, gzip_requests),
    Extension(BEHAVIOUR, repeated_attempts),
    Extension(BEHAVIOUR, kinesis_tags_on_create),
    Extension(BEHAVIOUR, kinesis_resharding),
    Extension(BEHAVIOUR, kinesis_request_rates),
    Extension(BEHAVIOUR, cloudwatch_metric_identity),
    Extension(BEHAVIOUR, appautoscaling_tags),
    Extension(BEHAVIOUR, appautoscaling_pages),
    Extension(BEHAVIOUR, appautoscaling_targets),
    Extension(BEHAVIOUR, appautoscaling_policies),
    Extension(ACKNOWLEDGEMENT, lambda_logging_and_tracing),
    Extension(BEHAVIOUR, apigateway_policy_escaping),
    Extension(BEHAVIOUR, apigateway_rest_api_tags),
    Extension(BEHAVIOUR, sqs_redrive_policy_text),
    Extension(BEHAVIOUR, sqs_redrive_allow_policy),
    Extension(BEHAVIOUR, sqs_kept_policy),
    Extension(BEHAVIOUR, sqs_delivery),
    Extension(BEHAVIOUR, sqs_receipts),
    Extension(BEHAVIOUR, sqs_deduplication),
    Extension(BEHAVIOUR, sqs_throttling),
    Extension(BEHAVIOUR, ecs_task_definitions),
    Extension(ACKNOWLEDGEMENT, ecs_service_settings),
    Extension(BEHAVIOUR, ecs_deployments),
    Extension(BEHAVIOUR, ecs_running_tasks),
    Extension(BEHAVIOUR, ecs_deletion),
    Extension(BEHAVIOUR, ecr_images),
    Extension(ACKNOWLEDGEMENT, codebuild_projects),
    Extension(BEHAVIOUR, codepipeline_times),
    Extension(ACKNOWLEDGEMENT, code_connections),
    Extension(BEHAVIOUR, ec2_security_group_rules),
    Extension(BEHAVIOUR, ec2_deletion),
    Extension(ACKNOWLEDGEMENT, ec2_monitoring),
    Extension(ACKNOWLEDGEMENT, ec2_instance_options),
    Extension(BEHAVIOUR, ec2_instance_groups),
    Extension(BEHAVIOUR, ec2_launch_template_data),
    Extension(BEHAVIOUR, ec2_launch_template_instances),
    Extension(BEHAVIOUR, ec2_termination),
    Extension(BEHAVIOUR, ec2_termination_protection),
    Extension(BEHAVIOUR, autoscaling_launches),
    Extension(BEHAVIOUR, autoscaling_capacity),
    Extension(BEHAVIOUR, autoscaling_scale_in_protection),
    Extension(ACKNOWLEDGEMENT, autoscaling_group_settings),
    Extension(BEHAVIOUR, autoscaling_group_deletion),
    Extension(BEHAVIOUR, autoscaling_policies_and_schedules),
    Extension(ACKNOWLEDGEMENT, autoscaling_lifecycle_hooks),
    Extension(BEHAVIOUR, autoscaling_waiting_launches),
    Extension(BEHAVIOUR, autoscaling_instance_health),
    Extension(BEHAVIOUR, autoscaling_instance_refresh),
    Extension(BEHAVIOUR, elbv2_names),
    Extension(ACKNOWLEDGEMENT, elbv2_private_link_rules),
    Extension(BEHAVIOUR, route53_private_zones),
    Extension(ACKNOWLEDGEMENT, efs_settings),
    Extension(ACKNOWLEDGEMENT, backup_plans_and_vaults),
    Extension(BEHAVIOUR, s3_event_bridge),
    Extension(BEHAVIOUR, s3_request_logs),
    Extension(ACKNOWLEDGEMENT, s3_versions_kept),
    Extension(BEHAVIOUR, s3_suspended_versions),
    Extension(ACKNOWLEDGEMENT, s3_policy_conditions),
    Extension(BEHAVIOUR, iam_managed_policies),
    Extension(ACKNOWLEDGEMENT, cloudwatch_composite_alarms),
]


def main() -> None:
    for extension in EXTENSIONS:
        extension.apply()
    moto.server.main()


if __name__ == "__main__":
    main()
