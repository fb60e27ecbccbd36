/** `dbgseq serve` as another process sees it: address, turns, garbage, signals, the target's own account. */
import { once } from "node:events";
import { readFile, rm } from "node:fs/promises";
import { connect } from "node:net";
import { networkInterfaces } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { openTcp } from "../../src/probe/tcp/pipe.ts";
import { bundledCli } from "../support/bundled-cli.ts";
import { dbgseq } from "../support/command-line.ts";
import { serve, type Served } from "../support/served.ts";

let folder = "";
let cli = "";
const running: Served[] = [];

const hasIpv6 = Object.values(networkInterfaces()).some((all) =>
  all?.some(({ address }) => address === "::1"),
);

beforeAll(async () => {
  ({ folder, cli } = await bundledCli());
});
afterAll(() => rm(folder, { recursive: true, force: true }));
afterEach(async () => {
  for (const served of running.splice(0)) await served.stop("SIGKILL");
});

async function started(...argv: readonly string[]): Promise<Served> {
  const served = await serve(cli, ...argv);
  running.push(served);
  return served;
}

describe("dbgseq serve --as cmsis-dap", () => {
  test("prints where it listens, as --probe takes it, and serves one client after the other", async () => {
    const { address, said } = await started("--probe", "sim:generic-m4");
    expect(address).toMatch(/^tcp:\/\/127\.0\.0\.1:\d+$/);
    for (const value of ["0x11", "0x22"]) {
      const script = `Write32(0x20000000, ${value}); Message(0, "%x", Read32(0x20000000));`;
      const { code, out } = await dbgseq("run", "-e", script, "--probe", address);
      expect({ code, out }).toEqual({ code: 0, out: `${value.slice(2)}\n` });
    }
    await expect.poll(() => said().match(/left after \d+ requests/g)).toHaveLength(2);
  });

  test.skipIf(!hasIpv6)("takes an IPv6 address in brackets, as it prints it", async () => {
    const { address } = await started("--probe", "sim:generic-m4", "--host", "[::1]");
    expect(address).toMatch(/^tcp:\/\/\[::1\]:\d+$/);
    expect((await dbgseq("read", "0x20000000:4", "--probe", address)).code).toBe(0);
  });

  test.each([
    [
      "something else",
      Buffer.from("GET / HTTP/1.1\r\n\r\n"),
      /a frame begins with "DAP" and a zero, not with 47 45 54 20/,
    ],
    ["a response", Buffer.from([0x44, 0x41, 0x50, 0, 1, 0, 2, 0, 0]), /a frame of type 2 came/],
    ["an empty frame", Buffer.from([0x44, 0x41, 0x50, 0, 0, 0, 1, 0]), /a frame is empty/],
    [
      "more than the probe takes",
      Buffer.from([0x44, 0x41, 0x50, 0, 1, 2, 1, 0]),
      /513 bytes is announced, and the probe takes 512/,
    ],
  ])(
    "a client that sends %s is turned away with the reason, and the next one is served",
    async (_what, bytes, reason) => {
      const { port, address, said } = await started("--probe", "sim:generic-m4");
      const socket = connect(port, "127.0.0.1");
      socket.write(bytes);
      await once(socket, "close");
      await expect.poll(said).toMatch(reason);
      expect((await dbgseq("run", "ResetSystem", "--probe", address)).code).toBe(0);
    },
  );

  test.each([
    ["SIGINT", 130],
    ["SIGTERM", 143],
  ] as const)("%s while a client is there ends with %i, the target released", async (signal, code) => {
    const { port, stop, said } = await started("--probe", "sim:generic-m4");
    const pipe = await openTcp({ host: "127.0.0.1", port });
    await pipe.send(Uint8Array.of(0x02, 1));
    await pipe.receive(1_000_000);
    expect(await stop(signal)).toBe(code);
    expect(said()).toMatch(/left after 1 request\nthe target is released\n$/);
  });

  test("--target-log keeps what reached the target", async () => {
    const file = join(folder, "target.jsonl");
    const { address, stop } = await started("--probe", "sim:generic-m4", "--virtual", "--target-log", file);
    await dbgseq("run", "-e", "Write32(0x20000000, 0xC0FFEE);", "--probe", address);
    expect(await stop()).toBe(130);
    const events = (await readFile(file, "utf8"))
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as object);
    expect(events).toContainEqual(
      expect.objectContaining({ kind: "memory", access: "write", address: 0x2000_0000, value: 0xc0_ffee }),
    );
  });

  test.each([
    ["no probe is named or attached", ["serve"], 3, /probe|USB/],
    ["a port that is none", ["serve", "--probe", "sim:generic-m4", "--port", "70000"], 2, /0 to 65535/],
    ["a model that is none", ["serve", "--probe", "sim:nonesuch"], 2, /no shipped model "nonesuch"/],
    [
      "a log in no folder",
      ["serve", "--probe", "sim:generic-m4", "--target-log", "/nonesuch/log"],
      2,
      /no such folder/,
    ],
    [
      "an address that other machines reach",
      ["serve", "--probe", "sim:generic-m4", "--host", "0.0.0.0"],
      5,
      /listening on 0.0.0.0 .*\n  note: --host 0.0.0.0 --allow remote/,
    ],
    [
      "a grant that means nothing here",
      ["serve", "--probe", "sim:generic-m4", "--allow", "erase"],
      2,
      /remote, model=FILE, write=PATH and read=PATH are/,
    ],
  ])("%s", async (_what, argv, wanted, message) => {
    const { code, err } = await dbgseq(...argv);
    expect({ code, err }).toEqual({ code: wanted, err: expect.stringMatching(message) as string });
  });

  test("a port that is taken is reported with its code", async () => {
    const { port } = await started("--probe", "sim:generic-m4");
    const { code, err } = await dbgseq("serve", "--probe", "sim:generic-m4", "--port", String(port));
    expect({ code, err }).toEqual({ code: 2, err: expect.stringContaining("EADDRINUSE") as string });
  });
});

describe("what a probe cannot be served with is refused with the flag that helps", () => {
  test.each([
    ["cmsis-dap", ["--virtual"], "virtual time is for the simulator", "omit --virtual"],
    ["cmsis-dap", ["--target-log", "log"], "a log of the target is for the simulator", "omit --target-log"],
    ["pyocd", [], "does not take CMSIS-DAP packets", "--as pyocd lends it"],
  ])("%s %j", async (as, flags, says, hint) => {
    const { address } = await started("--probe", "sim:generic-m4", "--as", as);
    const { code, err } = await dbgseq("serve", "--probe", address, "--port", "0", ...flags);
    expect(err).toContain(says);
    expect(err).toContain(hint);
    expect(code).toBe(2);
  });
});
