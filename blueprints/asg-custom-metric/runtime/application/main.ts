import { parseArgs } from "node:util";
import { readEnvironment } from "../../../../shared/runtime/environment";
import { matchingEngineSettings, orderServerSettings } from "./configuration";
import { isGood, LoadGenerator } from "./load-generator";
import { LOAD_USAGE, loadFlags, readLoadOptions } from "./load-options";
import { Log } from "./log";
import { MatchingEngine } from "./matching-engine";
import { OrderServer } from "./order-server";

const USAGE = `Usage: node application.js <command>
  order-server       takes orders from clients and forwards them; its settings are environment variables
  matching-engine    takes orders from order servers and matches them; its settings are environment variables
  ${LOAD_USAGE}`;

class UsageMistake extends Error {}

interface Running {
  readonly ended: Promise<void>;
  stop(): void;
  abort(): void;
}

/** The process's exit code. */
async function main(args: readonly string[]): Promise<number> {
  const [command, ...rest] = args;
  switch (command) {
    case "order-server": {
      readFlags(rest, {});
      const settings = readEnvironment(orderServerSettings);
      return serve(new Log(settings.LOG_FILE), (log) => OrderServer.start(settings, log));
    }
    case "matching-engine": {
      readFlags(rest, {});
      const settings = readEnvironment(matchingEngineSettings);
      return serve(new Log(settings.LOG_FILE), (log) => MatchingEngine.start(settings, log));
    }
    case "load":
      return load(readFlags(rest, loadFlags));
    default:
      throw new UsageMistake(command === undefined ? "A command is missing." : `There is no command ${command}.`);
  }
}

async function serve(log: Log, start: (log: Log) => Promise<Running>): Promise<number> {
  process.on("SIGHUP", () => log.reopen());
  let running: Running | undefined;
  try {
    const server = await start(log);
    running = server;
    for (const signal of ["SIGTERM", "SIGINT"] as const) process.on(signal, () => server.stop());
    await server.ended;
    return 0;
  } catch (error) {
    running?.abort();
    log.write("failed", { reason: (error as Error).message });
    throw error;
  } finally {
    log.flush();
  }
}

async function load(values: object): Promise<number> {
  let generator: LoadGenerator;
  try {
    generator = new LoadGenerator(readLoadOptions(values), console.log);
  } catch (error) {
    throw new UsageMistake((error as Error).message);
  }
  process.on("SIGINT", () => generator.stop());
  return isGood(await generator.run()) ? 0 : 1;
}

function readFlags(args: string[], options: typeof loadFlags | Record<string, never>): object {
  try {
    return parseArgs({ args, options, allowPositionals: false }).values;
  } catch (error) {
    throw new UsageMistake((error as Error).message);
  }
}

main(process.argv.slice(2)).then(
  (code) => process.exit(code),
  (error: Error) => {
    console.error(error instanceof UsageMistake ? `${error.message}\n${USAGE}` : error.message);
    process.exit(1);
  },
);
