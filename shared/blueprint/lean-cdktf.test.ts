import { DefaultTokenResolver, Fn, Lazy, StringConcat, TerraformStack, Testing, Token, Tokenization } from "cdktf";
import * as fc from "fast-check";
import { withLeanCdktf } from "./lean-cdktf";

const stack = new TerraformStack(Testing.app(), "stack");
const options = { scope: stack, resolver: new DefaultTokenResolver(new StringConcat()) };

/** What resolving gives: the value, or the message of the error. */
function resolved(value: unknown): unknown {
  try {
    return { value: Tokenization.resolve(value, options) };
  } catch (error) {
    return { error: (error as Error).message };
  }
}

describe("cdktf with less to do", () => {
  const lazy = (value: unknown) => Lazy.anyValue({ produce: () => value });
  const reference = Token.asString(lazy("${aws_instance.one.id}"));
  const list = Token.asList(lazy(["a", "b"]));
  const token = fc.constantFrom<unknown>(
    reference,
    `\${literal} and ${reference}`,
    `count: ${Token.asNumber(lazy(7))}`,
    Token.asNumber(lazy(7)),
    Token.asNumber(lazy(reference)),
    list,
    [reference, "second"],
    Token.asNumberList(lazy([1, 2])),
    Token.asStringMap(lazy({ key: "value" })),
    Token.asNumberMap(lazy({ key: 1 })),
    Token.asAnyMap(lazy({ key: ["value"] })),
    { [reference]: "value" },
    Fn.join("-", ["a", reference]),
    Fn.lookup({ a: 1 }, "a", 2),
    lazy({ inner: [reference, undefined] }),
    lazy(undefined),
  );
  // What cdktf refuses, or keeps as it is.
  const odd = fc.constantFrom<unknown>(
    list[0],
    [...list, "more"],
    Token.STRING_MAP_TOKEN_VALUE,
    Token.NUMBER_MAP_TOKEN_VALUE,
    Token.ANY_MAP_TOKEN_VALUE,
    { ...Token.asStringMap(lazy({ a: "b" })), more: "c" },
    () => "a function",
    stack,
    new Date(0),
    new (class {
      readonly field = reference;
    })(),
    lazy(() => "a function"),
    { resolve: () => "what a token of one's own gives", creationStack: [] },
    { resolve: "is no function here" },
    "-1.8881545897087827e+289 is no token",
    "1e5",
    "${aws_instance.one.id} and ${TfToken[TOKEN.unknown]}",
  );
  const text = fc.oneof(fc.string(), fc.stringMatching(/^[-|\d.+eE]{1,8}$/));
  const leaf = fc.oneof(
    { weight: 4, arbitrary: fc.oneof(text, fc.double(), fc.integer(), fc.boolean(), fc.constantFrom(null, undefined)) },
    { weight: 2, arbitrary: token },
    { weight: 1, arbitrary: odd },
  );
  const { value } = fc.letrec((tie) => ({
    value: fc.oneof(
      { maxDepth: 4 },
      leaf,
      fc.array(tie("value"), { maxLength: 4 }),
      fc.dictionary(text, tie("value"), { maxKeys: 4 }),
    ),
  }));

  test("resolves everything as cdktf does, and fails with the same message", () => {
    fc.assert(
      fc.property(value, (one) => {
        const [lean, expected] = [withLeanCdktf(() => resolved(one)), resolved(one)];
        expect(lean).toStrictEqual(expected);
        expect(JSON.stringify(lean)).toBe(JSON.stringify(expected));
      }),
      { numRuns: 2000 },
    );
  });

  test("says of what refers to itself that it is circular, as cdktf does", () => {
    const circle: Record<string, unknown> = {};
    circle.again = { circle };
    const { error } = resolved(circle) as { error: string };
    expect(error).toContain("circular");
    expect(withLeanCdktf(() => resolved(circle))).toEqual({ error });
  });

  test("gives cdktf what has tokens in it, and nothing else", () => {
    const resolve = jest.spyOn(Tokenization, "resolve");
    const reference = Fn.join("-", ["a", "b"]);
    const value = { name: "stack-errors", list, more: ["a", 1, 0.5, true, null, reference], nothing: undefined };
    expect(withLeanCdktf(() => resolved(value))).toEqual({
      value: { name: "stack-errors", list: ["a", "b"], more: ["a", 1, 0.5, true, null, '${join("-", ["a", "b"])}'] },
    });
    expect(resolve.mock.calls.map(([part]) => part)).toEqual([list, reference]);
  });

  test("takes stack traces of errors, and none of tokens", () => {
    const traceOf = (target: { stack?: string }) => {
      delete target.stack;
      Error.captureStackTrace(target);
      return target.stack;
    };
    const traces = withLeanCdktf(() => [traceOf(new Error("of a blueprint")), traceOf({})]);
    expect(traces).toEqual([expect.stringContaining("lean-cdktf.test"), undefined]);
  });

  test("leaves cdktf and Error as they were, also when the work fails", () => {
    const before = [Tokenization.resolve, Error.captureStackTrace];
    withLeanCdktf(() => {
      expect(Tokenization.resolve).not.toBe(before[0]);
      expect(Error.captureStackTrace).not.toBe(before[1]);
    });
    expect([Tokenization.resolve, Error.captureStackTrace]).toEqual(before);
    expect(() =>
      withLeanCdktf(() => {
        throw new Error("of a blueprint");
      }),
    ).toThrow("of a blueprint");
    expect([Tokenization.resolve, Error.captureStackTrace]).toEqual(before);
  });
});
