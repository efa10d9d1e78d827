// Preloaded by the app's command in cdktf.json: the project's TypeScript is loaded by tsx, packages by Node.js itself.
// tsx would read each file of a package once more, to see whether it is an ES module, and Node.js would decode its source
// map: together they are a quarter of the time of a synthesis.
const loadPackage = require.extensions[".js"];
require("tsx/cjs");
const loadWithTsx = require.extensions[".js"];

const IN_PACKAGES = /[\\/]node_modules[\\/]/;
// cdktf makes archives in a process of its own, where this is not preloaded; here its archiver is only loaded.
const UNUSED = /[\\/]cdktf[\\/]node_modules[\\/]archiver[\\/]index\.js$/;

require.extensions[".js"] = (module, file) => {
  if (!IN_PACKAGES.test(file)) return loadWithTsx(module, file);
  if (UNUSED.test(file)) return;
  process.setSourceMapsEnabled(false);
  try {
    loadPackage(module, file);
  } catch (error) {
    if (!isRefused(file, error)) throw error;
    loadWithTsx(module, file);
  } finally {
    process.setSourceMapsEnabled(true);
  }
};

/** Whether the file itself is an ES module, which Node.js before 20.19 or 22.12 cannot require: nothing of it has run. */
function isRefused(file, error) {
  const isMarked = error?.code === "ERR_REQUIRE_ESM" && error.message.startsWith(`require() of ES Module ${file} `);
  return isMarked || (error instanceof SyntaxError && error.stack.startsWith(`${file}:`));
}
