/**
 * Algorithms that lie, and one corruption in a run: a bit of a request, of an answer, of RAM, of the algorithm's or the CRC's
 * code, of a flash cell before the run or before it is proved. What a run claims is true of the model's own memory.
 * `npm run test:proof` takes 20,000 runs; FLASH_PROOF_FIRST goes on where one was ended.
 */
import { expect, test } from "vitest";
import { flashRun } from "./flash-runs.ts";

const number = (name: string, otherwise: number): number => Number(process.env[name] ?? otherwise);
const SEED = number("FLASH_PROOF_SEED", 1);
const RUNS = number("FLASH_PROOF_RUNS", 16);
const FIRST = number("FLASH_PROOF_FIRST", 0);
/** So often it is said how far it is. */
const STRETCH = 250;

test(`${RUNS} runs of seed ${SEED}: none ends as success over wrong bytes`, async () => {
  const count = new Map<string, number>();
  const add = (what: string): void => void count.set(what, (count.get(what) ?? 0) + 1);
  for (let run = FIRST; run < FIRST + RUNS; run++) {
    const { chip, corruption, lies, erase, keep, before, error, report, wrong, elsewhere } = await flashRun(
      SEED,
      run,
    );
    expect(wrong, `run ${run}: ${JSON.stringify({ chip, corruption, lies, erase, keep, before })}`).toEqual(
      [],
    );
    // All of these can be read: nothing is left to the word of an algorithm.
    if (error === undefined) expect(report?.proof, `run ${run}`).toBe("flash");
    const ended = error === undefined ? "success" : "failure";
    for (const what of [ended, `${chip}: ${ended}`, `${corruption}: ${ended}`]) add(what);
    for (const lie of lies) add(`${lie}: ${ended}`);
    if (elsewhere) add("success that changed flash beside the image's sectors");
    if (RUNS > STRETCH && (run + 1) % STRETCH === 0) console.log(run + 1, Object.fromEntries(count));
  }
  expect(count.get("success")).toBeGreaterThan(0);
  expect(count.get("failure")).toBeGreaterThan(0);
}, 36_000_000);
