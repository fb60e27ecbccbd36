/** What a test file of the page takes from vitest, for a guest in which vitest itself is too heavy: a bundle puts this in its place. */
import { chai, JestAsymmetricMatchers, JestChaiExpect, JestExtend } from "@vitest/expect";

chai.use(JestExtend);
chai.use(JestChaiExpect);
chai.use(JestAsymmetricMatchers);

/** The matchers are vitest's own. */
export const { expect } = chai;

type Body = (...row: never[]) => unknown;
interface Case {
  readonly name: string;
  readonly run: () => unknown;
}

const LIMIT_MS = 120_000;
const cases: Case[] = [];
const afterwards: (() => unknown)[] = [];
const path: string[] = [];

function suite(name: string, body: () => void): void {
  path.push(name);
  body();
  path.pop();
}

function single(name: string, run: () => unknown): void {
  cases.push({ name: [...path, name].join(" > "), run });
}

/** `%s` stands for the next of the row, as in vitest. */
function eachOf(declare: (name: string, body: () => void) => void) {
  return (rows: readonly unknown[]) =>
    (name: string, body: Body): void => {
      for (const row of rows) {
        const values = Array.isArray(row) ? (row as unknown[]) : [row];
        const left = [...values];
        const titled = name.replace(/%[sdij]/g, () => String(left.shift()));
        declare(titled, () => body(...(values as never[])));
      }
    };
}

export const describe = Object.assign(suite, { each: eachOf(suite) });
export const test = Object.assign(single, { each: eachOf(single) });

/** For all cases of the file, wherever it is called. */
export function afterEach(run: () => unknown): void {
  afterwards.push(run);
}

async function within(limitMs: number, work: () => unknown): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise((_resolve, reject) => {
    timer = setTimeout(() => {
      reject(new Error(`took longer than ${limitMs} ms`));
    }, limitMs);
  });
  try {
    await Promise.race([Promise.resolve().then(work), late]);
  } finally {
    clearTimeout(timer);
  }
}

/** One line of JSON for each case: its name, and what went wrong. */
async function runAll(): Promise<void> {
  for (const { name, run } of cases) {
    const errors: unknown[] = [];
    for (const work of [run, ...afterwards]) {
      await within(LIMIT_MS, work).catch((error: unknown) => errors.push(error));
    }
    const texts = errors.map((error) =>
      error instanceof Error ? (error.stack ?? error.message) : String(error),
    );
    console.log(JSON.stringify({ name, errors: texts }));
  }
  process.exit(0);
}

setImmediate(() => void runAll());
