import fc from "fast-check";
import { ALL_RULES, evaluate, type Series } from "./metric-math";

const _ = undefined;
/** Points are numbers of little precision, so that they can be compared after they were divided and multiplied. */
const series = (length = 6) =>
  fc.array(fc.option(fc.integer({ min: 0, max: 1000 }), { nil: undefined }), { minLength: length, maxLength: length });

describe("metric math, as AWS documents it", () => {
  const metric1 = [30, 20, 0, 0];
  const metric2 = [20, _, 20, _];

  test("compares two series, and takes a missing value for 0 where the other has one", () => {
    const seriesById = { metric1, metric2 };
    expect(evaluate("metric1 < metric2", { seriesById })).toEqual([0, 0, 1, 0]);
    expect(evaluate("(metric1 >= 30)", { seriesById })).toEqual([1, 0, 0, 0]);
    for (const and of ["AND", "&&"]) {
      expect(evaluate(`metric1 > 15 ${and} metric2 > 15`, { seriesById })).toEqual([1, 0, 0, 0]);
    }
    expect(evaluate("metric1 > 15 OR metric2 > 15", { seriesById })).toEqual([1, 1, 1, 0]);
    expect(evaluate("metric1 == 30 || metric1 != 0", { seriesById })).toEqual([1, 1, 0, 0]);
  });

  test("chooses by IF: 0 where the condition holds and the value is missing, nothing where the condition is missing", () => {
    const seriesById = { c: [1, 1, 0, 0, _], m2: [30, _, 0, 0, 30], m3: [0, 0, 20, _, 20] };
    expect(evaluate("IF(c, m2, m3)", { seriesById })).toEqual([30, 0, 20, _, _]);
    expect(evaluate("IF(c, 5, m3)", { seriesById })).toEqual([5, 5, 20, _, _]);
    expect(evaluate("IF(c, m2, 5)", { seriesById })).toEqual([30, 0, 5, 5, _]);
    expect(evaluate("IF(c, 5)", { seriesById })).toEqual([5, 5, _, _, _]);
    expect(evaluate("IF(0 - 1, m2, m3)", { seriesById })).toEqual([30, _, 0, 0, 30]);
  });

  test("counts a missing value as 0 beside a point, and drops what is divided by 0", () => {
    const seriesById = { a: [6, 6, _, _, 6], b: [3, _, 3, _, 0] };
    expect(evaluate("a + b", { seriesById })).toEqual([9, 6, 3, _, 6]);
    expect(evaluate("a / b", { seriesById })).toEqual([2, _, 0, _, _]);
  });

  test("fills by the last value, by a line between two points, by a number or by another series", () => {
    const seriesById = { m: [_, 2, _, _, 8, _], n: [1, 1, 1, 1, 1, _] };
    expect(evaluate("FILL(m, REPEAT)", { seriesById })).toEqual([_, 2, 2, 2, 8, 8]);
    expect(evaluate("FILL(m, LINEAR)", { seriesById })).toEqual([_, 2, 4, 6, 8, _]);
    expect(evaluate("FILL(m, -1)", { seriesById })).toEqual([-1, 2, -1, -1, 8, -1]);
    expect(evaluate("FILL(m, n)", { seriesById })).toEqual([1, 2, 1, 1, 8, _]);
    expect(evaluate("FILL(FILL(m, REPEAT), 5)", { seriesById })).toEqual([5, 2, 2, 2, 8, 8]);
  });

  test("calculates as in mathematics", () => {
    const of = (expression: string) => evaluate(expression, { seriesById: { m: [7] } })[0];
    expect(of("m - 2 - 1 * 2")).toBe(3);
    expect(of("-m ^ 2 + 2 ^ 3 ^ 0 * .5")).toBe(-48);
    expect(of("12 / (m - 1) / 2")).toBe(1);
    expect(of("m + 1 == 8 AND m - 7 < 1")).toBe(1);
    expect(of("- -m")).toBe(7);
  });
});

describe("what the documentation of metric math leaves open", () => {
  const seriesById = { gaps: [4, _], nothing: [_, _] };
  const readings = (expression: string) =>
    new Set(ALL_RULES.map((rules) => JSON.stringify(evaluate(expression, { seriesById }, rules))));

  test("is read in each way", () => {
    expect(ALL_RULES).toHaveLength(8);
    expect(readings("gaps * 5 + 1")).toEqual(new Set(["[21,null]", "[21,1]"]));
    expect(readings("gaps < 5")).toEqual(new Set(["[1,null]", "[1,1]"]));
    expect(readings("FILL(nothing, 5)")).toEqual(new Set(["[null,null]", "[5,5]"]));
    expect(readings("IF(FILL(gaps, 1) > 0, gaps)")).toEqual(new Set(["[4,null]", "[4,0]"]));
  });

  test("does not change what is documented", () => {
    for (const expression of ["FILL(gaps, REPEAT)", "FILL(nothing, REPEAT)", "gaps + nothing", "IF(gaps, nothing)"]) {
      expect(readings(expression).size).toBe(1);
    }
  });
});

describe("metric math of any series", () => {
  test("has a point where a series has one, unless it is divided by 0", () => {
    fc.assert(
      fc.property(series(), series(), fc.constantFrom("+", "-", "*", "<", "AND"), (a, b, operator) => {
        const result = evaluate(`a ${operator} b`, { seriesById: { a, b } });
        expect(result.map((one) => one === undefined)).toEqual(
          a.map((one, minute) => one === undefined && b[minute] === undefined),
        );
      }),
    );
  });

  test("is never infinite and never not a number", () => {
    fc.assert(
      fc.property(series(), series(), fc.constantFrom(...ALL_RULES), (a, b, rules) => {
        for (const value of evaluate(
          "a / (a - b) + (a - b) ^ .5 + FILL(a / b, LINEAR)",
          { seriesById: { a, b } },
          rules,
        )) {
          expect(value ?? 0).toEqual(expect.any(Number));
          expect(Number.isFinite(value ?? 0)).toBe(true);
        }
      }),
    );
  });

  test("repeats no value from outside the range: minutes before the first point stay empty", () => {
    fc.assert(
      fc.property(series(), (m: Series) => {
        const filled = evaluate("FILL(m, REPEAT)", { seriesById: { m } });
        const first = m.findIndex((one) => one !== undefined);
        const empty = first === -1 ? m.length : first;
        expect(filled.filter((one) => one === undefined)).toHaveLength(empty);
        expect(filled.slice(0, empty).every((one) => one === undefined)).toBe(true);
      }),
    );
  });
});

test.each([
  ["MAX(m)", /MAX of 1 is not known here: only FILL\(series, filler\) and IF/],
  ["FILL(m)", /FILL of 1 is not known/],
  ["IF(m, 1, 2, 3)", /IF of 4 is not known/],
  ["other + m", /there is no metric other/],
  ["m +", /it ends too early/],
  ["m m", /m stands where it cannot/],
  ["(m", /it ends too early/],
  ["m ? 1", /"\? 1" is not understood/],
  ["REPEAT + m", /REPEAT stands where it cannot/],
  ["FILL(2, 1)", /FILL fills a series/],
  ["IF(1, 2, 3)", /IF has to have a series/],
  ["1 + 2", /single number, and not to a series/],
  ["m * (1 / 0)", /divided by 0/],
  ["", /it ends too early/],
])("refuses %s", (expression, message) => {
  expect(() => evaluate(expression, { seriesById: { m: [1] } })).toThrow(message);
});

test("refuses series that are not of the same minutes", () => {
  expect(() => evaluate("a + b", { seriesById: { a: [1], b: [1, 2] } })).toThrow("of the same minutes");
});
