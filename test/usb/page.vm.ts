/** The cases of the API's page, each packet of theirs through our USB driver, libusb, the kernel and back. */
import { resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { noFixture } from "./fixture.ts";
import { Guest, guestScript } from "./machine/guest.ts";

const why = noFixture();
const LIMIT_MS = 900_000;

interface Case {
  readonly name: string;
  readonly errors: readonly string[];
}

describe.skipIf(why !== undefined)(why === undefined ? "the page over USB" : `skipped: ${why}`, () => {
  let guest: Guest;
  beforeAll(async () => {
    guest = await Guest.boot();
  });
  afterAll(async () => {
    await guest.stop();
  });

  test(
    "every case passes",
    async () => {
      const page = guestScript(resolve("test/api/pyocd-page.test.ts"), "page", {
        vitest: resolve("test/usb/page-runner.ts"),
      });
      const lender = guestScript(resolve("test/usb/page-lender.ts"), "page-lender");
      const { code, stdout, stderr } = await guest.run(
        ["sh", "-c", `cd ${process.cwd()} && exec ${process.execPath} ${page}`],
        {
          env: { DBGSEQ_PAGE_OVER: "usb", DBGSEQ_PAGE_LENDER: lender },
          limitMs: LIMIT_MS,
        },
      );
      const cases = stdout
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line) as Case);
      console.log(`${cases.length} cases of the page ran over USB`);
      expect(cases.filter(({ errors }) => errors.length > 0)).toEqual([]);
      expect(cases.length).toBeGreaterThan(60);
      expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    },
    LIMIT_MS,
  );
});
