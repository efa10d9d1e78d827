import { readFileSync } from "node:fs";
import { join } from "node:path";

const instructions = readFileSync(join(__dirname, "Dockerfile"), "utf8")
  .split("\n")
  .filter((line) => /^[A-Z]/.test(line));
const of = (name: string) => instructions.filter((line) => line.startsWith(`${name} `));

test("the image is one stage on a base that can be chosen, and holds the program and its source map alone", () => {
  expect(of("ARG")).toEqual(["ARG BASE_IMAGE=public.ecr.aws/docker/library/node:22-alpine"]);
  expect(of("FROM")).toEqual(["FROM ${BASE_IMAGE}"]);
  expect(of("COPY")).toEqual(["COPY worker.js worker.js.map ./"]);
  expect(of("WORKDIR")).toEqual(["WORKDIR /app"]);
  expect([...of("RUN"), ...of("ADD")]).toEqual([]);
});

test("its user may write to /tmp, which the service mounts with the image's permissions, and to nothing else", () => {
  expect(of("VOLUME")).toEqual(['VOLUME ["/tmp"]']);
});

test("it is not run by root, and its first process is the worker, which gets the signals", () => {
  expect(of("USER")).toEqual(["USER node"]);
  expect(of("ENTRYPOINT")).toEqual(['ENTRYPOINT ["node", "--enable-source-maps", "/app/worker.js"]']);
});
