import { CachedBuild } from "../functions/build-cache";

const programs = new CachedBuild<string>(
  {
    bundle: true,
    minify: true,
    platform: "node",
    target: "node22",
    format: "cjs",
    mainFields: ["module", "main"],
    legalComments: "none",
    // Plain ASCII: user data and templates do not touch it.
    charset: "ascii",
  },
  (output) => output(".js"),
);

/**
 * A TypeScript program and all that it imports as the text of one minified file, which a machine runs with Node.js 22.
 * @throws Error with esbuild's message, file and line when the sources do not build.
 */
export function program(entry: string): string {
  return programs.of(entry);
}
