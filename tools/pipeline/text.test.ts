import * as fc from "fast-check";
import { resultMarkdown } from "./markdown";
import { NO_CHANGES, type Outcome } from "./result";
import { codeBlock, cut, MOST_CHARACTERS } from "./text";

test("what is cut fits, is a part of the text from the asked end, and says how much is missing", () => {
  fc.assert(
    fc.property(
      fc.array(fc.string({ unit: "grapheme" })).map((lines) => lines.join("\n")),
      fc.nat(60),
      fc.constantFrom("beginning" as const, "end" as const),
      (text, most, keep) => {
        const { text: kept, missing } = cut(text, most, keep);
        expect(kept.length).toBeLessThanOrEqual(Math.max(most, 0));
        expect(keep === "beginning" ? text.startsWith(kept) : text.endsWith(kept)).toBe(true);
        expect(missing).toBe(text.length - kept.length);
        expect(Buffer.from(kept).toString()).toBe(kept);
      },
    ),
  );
});

test("lines are kept whole where there are some", () => {
  expect(cut("one\ntwo\nthree", 9, "beginning").text).toBe("one\ntwo");
  expect(cut("one\ntwo\nthree", 9, "end").text).toBe("two\nthree");
});

test("nothing in a block of code can end it", () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom("`", "```", "````", "text", "\n", " ")), (parts) => {
      const block = codeBlock(parts.join("")).split("\n");
      const fence = block.at(-1) ?? "";
      expect(block.slice(1, -1).filter((line) => line.includes(fence))).toEqual([]);
    }),
  );
});

test("a comment holds what GitHub takes, of any plan, and says so when it is not all", () => {
  fc.assert(
    fc.property(
      fc.constantFrom<Outcome>("planned", "errored"),
      fc.integer({ min: 0, max: 30_000 }),
      fc.constantFrom("+ resource\n", "``````````\n", "x", "```` a ```` b\n"),
      (outcome, times, part) => {
        const text = part.repeat(times);
        const body = resultMarkdown({ stack: "tiny", verb: "plan", outcome, ...NO_CHANGES, text }, { of: "commit" });
        expect(body.length).toBeLessThanOrEqual(MOST_CHARACTERS);
        expect(body.includes(text)).toBe(!body.includes("This is not all of it"));
      },
    ),
    { numRuns: 60 },
  );
});

test("of a plan the beginning is kept, of a failure the end", () => {
  const text = [
    "first line",
    ..."x"
      .repeat(2000)
      .split("")
      .map(() => "-".repeat(99)),
    "last line",
  ].join("\n");
  const bodyOf = (outcome: Outcome) =>
    resultMarkdown({ stack: "tiny", verb: "plan", outcome, ...NO_CHANGES, text }, { of: "commit" });

  expect(bodyOf("planned")).toMatch(/first line[\s\S]*the last \d+ characters are left out/);
  expect(bodyOf("planned")).not.toContain("last line");
  expect(bodyOf("errored")).toMatch(/last line[\s\S]*the first \d+ characters are left out/);
  expect(bodyOf("errored")).not.toContain("first line");
});
