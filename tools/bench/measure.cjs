// Preloaded into a process that is measured: leaves its time since the start and its peak memory where it is told.
process.on("exit", () => {
  const { maxRSS } = process.resourceUsage();
  const milliseconds = performance.now();
  require("node:fs").writeFileSync(
    process.env.BENCH_RESULT,
    JSON.stringify({ milliseconds, megabytes: maxRSS / 1024 }),
  );
});
