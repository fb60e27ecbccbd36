/** Each cause that a rule names has a page, and `explain` and `doc` show it. */
import { describe, expect, test } from "vitest";
import { CAUSE_CODES, CAUSES } from "../../src/doctor/cause-codes.ts";
import { dbgseq } from "../support/command-line.ts";

describe("the pages of causes", () => {
  test.each(["doc", "explain"])("%s shows what a cause means and what to try", async (command) => {
    for (const code of CAUSE_CODES) {
      const { code: exit, out } = await dbgseq(command, code);
      expect(exit).toBe(0);
      expect(out.replace(/\s+/g, " ")).toContain(`It means: ${CAUSES[code].means}.`);
      expect(out.replace(/\s+/g, " ")).toContain(`Worth trying: ${CAUSES[code].tries}.`);
    }
  });
});
