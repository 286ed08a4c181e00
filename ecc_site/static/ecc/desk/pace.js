// Verdicts per hour of this sitting: from the pauses between them, without those over five minutes.
const LONGEST_MS = 300_000;
const LEAST = 5;

export class Pace {
  #last = performance.now();
  #pauses = [];

  count() {
    const now = performance.now();
    this.#pauses = [...this.#pauses, now - this.#last].filter((pause) => pause < LONGEST_MS).slice(-50);
    this.#last = now;
  }

  get perHour() {
    if (this.#pauses.length < LEAST) return null;
    const sum = this.#pauses.reduce((total, pause) => total + pause, 0);
    return Math.round((3_600_000 * this.#pauses.length) / sum);
  }
}
