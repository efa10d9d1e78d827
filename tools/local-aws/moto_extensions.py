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

import functools
import gzip
import io
import json
import os
import re
import sys
import threading
import time
import traceback
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any
from urllib.parse import parse_qsl, unquote
from xml.sax.saxutils import escape

MOTO_VERSION = "5.2.1"

try:
    import moto
    import moto.apigateway.urls
    import moto.server
except ImportError as error:
    sys.exit(f"local AWS: {error}. Install it with: python3 -m pip install 'moto[server]=={MOTO_VERSION}'")

if moto.__version__ != MOTO_VERSION and os.environ.get("MOTO_EXTENSIONS_ANY_VERSION") != "1":
    sys.exit(
        f"local AWS: the extensions are written for moto {MOTO_VERSION}, but {moto.__version__} is installed. "
        f"Install the other one (python3 -m pip install 'moto[server]=={MOTO_VERSION}'), "
        "or set MOTO_EXTENSIONS_ANY_VERSION=1 to try with this one."
    )

from flask import Flask, request
from moto.apigateway.models import RestAPI
from moto.apigateway.responses import APIGatewayResponse
from moto.applicationautoscaling.exceptions import AWSValidationException
from moto.applicationautoscaling.models import FakeScalableTarget
from moto.applicationautoscaling.responses import ApplicationAutoScalingResponse, _build_target
from moto.awslambda.models import LambdaFunction
from moto.cloudwatch.models import CloudWatchBackend
from moto.core.base_backend import BackendDict
from moto.core.exceptions import JsonRESTError
from moto.core.responses import ActionResult
from moto.kinesis.exceptions import InvalidArgumentError, ResourceInUseError
from moto.kinesis.models import KinesisBackend, Stream
from moto.kinesis.responses import KinesisResponse
from moto.moto_server.werkzeug_app import DomainDispatcherApplication
from moto.sqs.models import Queue
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


def read_api_request(environ: Environ) -> ApiRequest:
    """Names the action as the protocol does; a REST request's action is its method and path."""
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
    """Small parameters whole; of large ones what may be a name: strings of at most 1 KB at the top."""
    if len(json.dumps(parameters)) < LARGEST_PARAMETERS:
        return parameters
    return {key: value for key, value in parameters.items() if isinstance(value, str) and len(value) <= LARGEST_NAME}


INVENTORY_PATH = "/local-aws/inventory"


def inventory() -> None:
    """AWS: has Config and the Resource Explorer. moto: cannot tell what it holds.
    Here: GET /local-aws/inventory lists it, an entry `service collection key` each, so that a test can see whether a
    destroy left anything.
    """

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
            for collection, value in vars(backend).items():
                if isinstance(value, dict):
                    # An empty collection is what remains of one whose last member was deleted.
                    keys = (key for key, item in value.items() if item or not isinstance(item, (dict, list)))
                    entries.update(f"{service.service_name} {collection} {key}" for key in keys)
    return entries


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
        token = response._get_param("NextToken") or "0"
        if not token.isdecimal():
            raise AWSValidationException("The token is invalid")
        begin = int(token)
        end = begin + min(response._get_int_param("MaxResults") or 50, 50)
        page = [_build_target(target) for target in targets[begin:end]]
        return json.dumps({"ScalableTargets": page, "NextToken": str(end) if end < len(targets) else None})


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
    Extension(BEHAVIOUR, kinesis_tags_on_create),
    Extension(BEHAVIOUR, kinesis_resharding),
    Extension(BEHAVIOUR, kinesis_request_rates),
    Extension(BEHAVIOUR, cloudwatch_metric_identity),
    Extension(BEHAVIOUR, appautoscaling_tags),
    Extension(BEHAVIOUR, appautoscaling_pages),
    Extension(ACKNOWLEDGEMENT, lambda_logging_and_tracing),
    Extension(BEHAVIOUR, apigateway_policy_escaping),
    Extension(BEHAVIOUR, apigateway_rest_api_tags),
    Extension(BEHAVIOUR, sqs_redrive_policy_text),
]


def main() -> None:
    for extension in EXTENSIONS:
        extension.apply()
    moto.server.main()


if __name__ == "__main__":
    main()
