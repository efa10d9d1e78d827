// A log that keeps what it is told: for tests.

import { Logger } from "@aws-lambda-powertools/logger";

interface Line {
  readonly level: string;
  readonly message: string;
  readonly [key: string]: unknown;
}

export class RecordingLog {
  readonly lines: Line[] = [];
  readonly logger = new Logger();

  constructor() {
    for (const level of ["debug", "info", "warn", "error"] as const) {
      const write = (message: unknown, fields?: unknown) => {
        this.lines.push({ level, message: String(message), ...(fields as object) });
      };
      Object.assign(this.logger, { [level]: write });
    }
  }

  said(message: string): Line[] {
    return this.lines.filter((line) => line.message === message);
  }
}
