/** The specification, requirement by requirement: every case of the data in this folder. */
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { chapters, requirements } from "./chapters.ts";
import { describeDevice, evaluate, findingsOf, flow, run } from "./run-case.ts";
import type { Case } from "./schema.ts";

async function holds(one: Case): Promise<void> {
  if ("value" in one) {
    expect(await evaluate(one)).toBe(BigInt(one.is));
  } else if ("description" in one) {
    expect(describeDevice(one)).toMatchObject(one.description as object);
  } else if ("flow" in one) {
    const { entered, messages } = await flow(one);
    if (one.entered !== undefined) expect(entered).toEqual(one.entered);
    if (one.messages !== undefined) expect(messages).toEqual(one.messages);
  } else {
    const { errors, warningsToo, notes } = findingsOf(one);
    if (one.findings === undefined) expect(errors).toEqual([]);
    else expect(warningsToo).toEqual(one.findings.toSorted());
    for (const code of one.notes ?? []) expect(notes).toContain(code);
    if (one.run === false) return;
    const ran = await run(one);
    expect(ran.fails).toBe(one.fails);
    if (one.accesses !== undefined) expect(ran.accesses).toEqual(one.accesses);
    if (one.messages !== undefined) expect(ran.messages).toEqual(one.messages);
    if (one.written !== undefined) expect(ran.written).toEqual(one.written);
    for (const [name, value] of Object.entries(one.values ?? {}))
      expect(ran.values[name], name).toBe(BigInt(value));
    if (one.elapsedUs === undefined) return;
    expect(ran.elapsedUs).toBeGreaterThanOrEqual(one.elapsedUs[0]);
    expect(ran.elapsedUs).toBeLessThanOrEqual(one.elapsedUs[1]);
  }
}

for (const { chapter, requirements: own } of chapters)
  describe(chapter, () => {
    for (const { id, says, cases } of own) {
      if (cases.length === 0) continue;
      test.each(cases.map((one, at) => [one.name ?? String(at + 1), one] as const))(
        `${id} ${says.replaceAll("%", "%%")}: %s`,
        async (_, one) => {
          await holds(one);
        },
      );
    }
  });

test("ids are unique, and each has a case or names a test that there is", () => {
  const ids = requirements.map(({ id }) => id);
  expect(ids.filter((id, at) => ids.indexOf(id) !== at)).toEqual([]);
  for (const { id, cases, test: named } of requirements) {
    expect(cases.length > 0 || named !== undefined, `${id} has no case`).toBe(true);
    if (named === undefined) continue;
    const text = readFileSync(new URL(`../../${named.file}`, import.meta.url), "utf8");
    expect(text.includes(named.title), `${id}: ${named.file} has no test "${named.title}"`).toBe(true);
  }
});

test("deliberate differences are written down", () => {
  const decisions = readFileSync(new URL("../../grammar/decisions.md", import.meta.url), "utf8");
  for (const { id, decision } of requirements)
    if (decision !== undefined)
      expect(decisions.includes(`| ${decision} |`), `${id}: ${decision}`).toBe(true);
});
