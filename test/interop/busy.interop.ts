/** On a host with far more work than processors a served target is slow, and nothing more: flash is written all the same. */
import { execFile, spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { noise } from "../flash/support.ts";
import { bundledCli } from "../support/bundled-cli.ts";
import { serve } from "../support/served.ts";
import { OPENOCD, openocdArguments, openocdLacks, openocdObstacle, openocdProbe } from "./openocd-peer.ts";

const BUSY_LOOPS = 10;
const NRF52 = "target/nordic/nrf52.cfg";
const SIZE = 20 * 1024;
const noOpenocd = openocdObstacle() ?? openocdLacks(NRF52);
const H7_ALGORITHM = "../shared/corpus/flm/ST__STM32H7x_2048.FLM";
const H743 = ["--algorithm", H7_ALGORITHM, "--ram", "0x24000000:0x20000", "--base", "0x08020000"];
const EX52_ALGORITHM = "examples/05-flash/EX52.FLM";
const EX52 = ["--algorithm", EX52_ALGORITHM, "--ram", "0x20000000:0x4000", "--base", "0x10000"];
const LIMIT_MS = 900_000;

let folder = "";
let cli = "";
const loops: ChildProcess[] = [];
const image = noise(SIZE);

beforeAll(async () => {
  ({ folder, cli } = await bundledCli());
  await writeFile(join(folder, "image.bin"), image);
  for (let left = BUSY_LOOPS; left > 0; left--)
    loops.push(spawn(process.execPath, ["-e", "for (;;);"], { stdio: "ignore" }));
});
afterAll(async () => {
  for (const loop of loops) {
    const ended = once(loop, "close");
    loop.kill("SIGKILL");
    await ended;
  }
  await rm(folder, { recursive: true, force: true });
});

describe(`beside ${BUSY_LOOPS} busy loops`, () => {
  test.skipIf(noOpenocd !== undefined)(
    `OpenOCD's own nrf5 driver writes 20 KiB${noOpenocd === undefined ? "" : `, skipped: ${noOpenocd}`}`,
    { timeout: LIMIT_MS },
    async () => {
      const served = await serve(cli, "--probe", "sim:nrf52840");
      try {
        const file = join(folder, "image.bin");
        const commands = [
          ...openocdProbe(served.port),
          `source [find ${NRF52}]`,
          "gdb port disabled",
          "init",
          "reset halt",
          `flash write_image erase ${file} 0x10000 bin`,
          `verify_image ${file} 0x10000 bin`,
          `dump_image ${join(folder, "back.bin")} 0x10000 ${SIZE}`,
          "shutdown",
        ];
        const { stderr } = await promisify(execFile)(OPENOCD, openocdArguments(commands));
        expect(stderr).toContain(`wrote ${SIZE} bytes`);
        expect(stderr).toContain(`verified ${SIZE} bytes`);
        expect(Buffer.from(image).equals(await readFile(join(folder, "back.bin")))).toBe(true);
      } finally {
        await served.stop("SIGTERM");
      }
    },
  );

  const CHIPS = [
    ["the STM32H743 by ST's algorithm", "sim:stm32h743", H743, H7_ALGORITHM],
    ["the nRF52840 by an own algorithm", "sim:nrf52840", EX52, EX52_ALGORITHM],
  ] as const;
  for (const [what, model, how, algorithm] of CHIPS) {
    const lacks = existsSync(algorithm) ? "" : `, skipped: there is no ${algorithm}`;
    test.skipIf(lacks !== "")(
      `our flash writes ${what} over TCP${lacks}`,
      { timeout: LIMIT_MS },
      async () => {
        const served = await serve(cli, "--probe", model);
        try {
          const argv = ["flash", join(folder, "image.bin"), ...how, "--probe", served.address, "--no-config"];
          const { stdout } = await promisify(execFile)(process.execPath, [cli, ...argv]);
          expect(stdout).toMatch(/20480 bytes programmed, 0 sectors unchanged, all verified/);
        } finally {
          await served.stop("SIGTERM");
        }
      },
    );
  }
});
