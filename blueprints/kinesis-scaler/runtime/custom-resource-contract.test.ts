import { errorResponse, HttpError, readRequest, scalableTargetDimension } from "./custom-resource-contract";

const event = (httpMethod: string, body: unknown = null, id: unknown = "orders") => ({
  httpMethod,
  body: typeof body === "string" || body === null ? body : JSON.stringify(body),
  pathParameters: { scalableTargetDimensionId: id },
});

describe("reading a request", () => {
  test("GET asks for the state", () => {
    expect(readRequest(event("GET"))).toEqual({ streamName: "orders" });
  });

  test.each([2, 2.0, 0, 1e9])("PATCH asks for %d shards: a double without a fraction", (desiredCapacity) => {
    expect(readRequest(event("PATCH", { desiredCapacity }))).toEqual({
      streamName: "orders",
      request: desiredCapacity,
    });
  });

  test("a number written as a double is one", () => {
    expect(readRequest(event("PATCH", '{"desiredCapacity": 4.0}'))).toMatchObject({ request: 4 });
  });

  test("a body in base64 is read", () => {
    const body = Buffer.from('{"desiredCapacity": 3}').toString("base64");
    expect(readRequest({ ...event("PATCH", body), isBase64Encoded: true })).toMatchObject({ request: 3 });
  });

  test.each<[string, unknown, RegExp]>([
    ["no body", event("PATCH"), /^the body must be JSON such as \{"desiredCapacity": 4\}, got no body$/],
    ["an empty body", event("PATCH", ""), /got no body$/],
    ["not JSON", event("PATCH", "desiredCapacity=4"), /got something that is not JSON$/],
    ["no desiredCapacity", event("PATCH", {}), /with a number, got \{\}$/],
    ["a string", event("PATCH", { desiredCapacity: "4" }), /with a number, got \{"desiredCapacity":"4"\}$/],
    ["null", event("PATCH", "null"), /with a number, got null$/],
    ["a list", event("PATCH", "[4]"), /with a number, got \[4\]$/],
    [
      "a negative number",
      event("PATCH", { desiredCapacity: -1 }),
      /^desiredCapacity must be a whole number of shards, 0 or more, got -1$/,
    ],
    ["a fraction", event("PATCH", { desiredCapacity: 2.5 }), /got 2.5$/],
    ["an infinite number", event("PATCH", '{"desiredCapacity": 1e999}'), /with a number, got|got Infinity/],
    ["another method", event("DELETE"), /^The method must be GET or PATCH, got DELETE$/],
    ["no id", event("GET", null, ""), /^Call GET or PATCH \/scalableTargetDimensions/],
    ["no path parameters", { httpMethod: "GET", pathParameters: null }, /^Call GET or PATCH/],
    ["something else altogether", "hello", /^Call GET or PATCH/],
    ["nothing", undefined, /^Call GET or PATCH/],
  ])("%s is a client's error with a message", (_, given, message) => {
    const read = () => readRequest(given);
    expect(read).toThrow(HttpError);
    expect(read).toThrow(expect.objectContaining({ statusCode: 400, message: expect.stringMatching(message) }));
  });
});

describe("the answers", () => {
  test("have every field of the contract, capacities as JSON numbers", () => {
    const { statusCode, headers, body } = scalableTargetDimension("orders", {
      actual: 2,
      desired: 4,
      status: "InProgress",
    });
    expect([statusCode, headers["Content-Type"]]).toEqual([200, "application/json"]);
    expect(JSON.parse(body)).toEqual({
      scalableTargetDimensionId: "orders",
      version: "1.0",
      resourceName: "orders",
      dimensionName: "OpenShards",
      actualCapacity: 2,
      desiredCapacity: 4,
      scalingStatus: "InProgress",
    });
  });

  test("say why when the scaling failed", () => {
    const { body } = scalableTargetDimension("orders", {
      actual: 2,
      desired: 2,
      status: "Failed",
      failureReason: "no budget",
    });
    expect(JSON.parse(body)).toMatchObject({ scalingStatus: "Failed", failureReason: "no budget" });
  });

  test("are a message for an error", () => {
    expect(errorResponse(new HttpError(404, "no such stream"))).toEqual({
      statusCode: 404,
      headers: { "Content-Type": "application/json" },
      body: '{"message":"no such stream"}',
    });
  });
});
