/** Prints what was measured, and remembers whether a goal was missed. */
export class Report {
  #missed = 0;

  line(what: string, value: string): void {
    console.log(`${what.padEnd(56)} ${value}`);
  }

  goal(what: string, value: number, { atMost, digits = 0 }: { atMost: number; digits?: number }): void {
    const met = value <= atMost;
    if (!met) this.#missed++;
    this.line(what, `${value.toFixed(digits)} (goal: at most ${atMost}) ${met ? "met" : "MISSED"}`);
  }

  get missed(): number {
    return this.#missed;
  }
}
