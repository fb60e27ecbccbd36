/** A terminal in memory: lines, carriage returns and wrapping as a real one has them. And a clock that a test moves. */
import { columnsOf } from "../../src/lib/columns.ts";

export class Screen {
  columns: number;
  /** How often a line went over the right edge. */
  wraps = 0;
  #rows: string[] = [""];
  #column = 0;

  constructor(columns: number) {
    this.columns = columns;
  }

  /** Cuts what is too long, as xterm does. */
  resize(columns: number): void {
    this.columns = columns;
    this.#rows = this.#rows.map((row) => row.slice(0, columns));
    this.#column = Math.min(this.#column, columns);
  }

  write(text: string): void {
    // Colours take no column.
    for (const letter of text.replace(/\u001b\[\d+m/g, "")) this.#put(letter);
  }

  get text(): string {
    return this.lines.join("\n");
  }

  /** What is seen: blanks at the end of a line are not. */
  get lines(): readonly string[] {
    return this.#rows.map((row) => row.trimEnd());
  }

  #put(letter: string): void {
    if (letter === "\r") this.#column = 0;
    else if (letter === "\n") {
      this.#rows.push("");
      this.#column = 0;
    } else {
      const row = this.#rows.at(-1) ?? "";
      if (columnsOf(row.slice(0, this.#column) + letter) > this.columns) {
        this.wraps += 1;
        this.#rows.push(letter);
        this.#column = 1;
      } else {
        this.#rows[this.#rows.length - 1] =
          row.slice(0, this.#column) + letter + row.slice(this.#column + letter.length);
        this.#column += letter.length;
      }
    }
  }
}

interface Timer {
  readonly everyMs: number;
  readonly work: () => void;
  dueMs: number;
}

export class FakeTime {
  #nowMs = 0;
  readonly #timers = new Set<Timer>();

  nowMs(): number {
    return this.#nowMs;
  }

  every(ms: number, work: () => void): () => void {
    const timer = { everyMs: ms, work, dueMs: this.#nowMs + ms };
    this.#timers.add(timer);
    return () => {
      this.#timers.delete(timer);
    };
  }

  get running(): number {
    return this.#timers.size;
  }

  pass(ms: number): void {
    const endMs = this.#nowMs + ms;
    for (;;) {
      const next = [...this.#timers].toSorted((a, b) => a.dueMs - b.dueMs)[0];
      if (next === undefined || next.dueMs > endMs) break;
      this.#nowMs = next.dueMs;
      next.dueMs += next.everyMs;
      next.work();
    }
    this.#nowMs = endMs;
  }
}
