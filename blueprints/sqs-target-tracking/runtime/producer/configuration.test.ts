import { readEnvironment } from "../../../../shared/runtime/environment";
import { producerEnvironment } from "./configuration";

const variables = {
  QUEUE_URL: "https://sqs.eu-west-1.amazonaws.com/123456789012/work.fifo",
  QUEUE_TYPE: "fifo",
  MESSAGES_PER_RUN: "50",
  MESSAGE_SECONDS: "0.5",
  MESSAGE_GROUPS: "16",
};
const read = (more: object) => readEnvironment(producerEnvironment, { ...variables, ...more });

describe("the producer's variables", () => {
  test("are numbers where they count, seconds may be fractions", () => {
    expect(read({})).toEqual({ ...variables, MESSAGES_PER_RUN: 50, MESSAGE_SECONDS: 0.5, MESSAGE_GROUPS: 16 });
    expect(read({ MESSAGE_SECONDS: String(1e-7) }).MESSAGE_SECONDS).toBe(1e-7);
  });

  test.each([
    ["QUEUE_URL", "work"],
    ["QUEUE_TYPE", "lifo"],
    ["MESSAGES_PER_RUN", "0"],
    ["MESSAGES_PER_RUN", "1001"],
    ["MESSAGES_PER_RUN", "1.5"],
    ["MESSAGE_SECONDS", "-1"],
    ["MESSAGE_SECONDS", "43200.1"],
    ["MESSAGE_SECONDS", "1.2.3"],
    ["MESSAGE_SECONDS", ""],
    ["MESSAGE_GROUPS", "0"],
    ["MESSAGE_GROUPS", undefined],
  ])("%s: %p is refused by name", (name, value) => {
    expect(() => read({ [name]: value })).toThrow(`${name}: `);
  });
});
