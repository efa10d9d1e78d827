import * as fc from "fast-check";
import { repeated } from "./repeated";

test("of a list without repetition nothing is told, and of another one an item that stands in it twice", () => {
  fc.assert(
    fc.property(fc.array(fc.nat(5)), (list) => {
      const found = repeated(list);
      if (new Set(list).size === list.length) expect(found).toBeUndefined();
      else expect(list.filter((one) => one === found).length).toBeGreaterThan(1);
    }),
  );
});

test("what is no list, because a user wrote something else, repeats nothing", () => {
  expect(repeated("aa" as unknown as string[])).toBeUndefined();
});
