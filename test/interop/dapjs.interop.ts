/** dapjs drives the simulated target over its own transport interface, whose packets go to `dbgseq serve` by TCP. */
import { createRequire } from "node:module";
import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { PacketPipe } from "../../src/cmsis-dap/pipe.ts";
import { openTcp } from "../../src/probe/tcp/pipe.ts";
import { bundledCli } from "../support/bundled-cli.ts";
import { serve, type Served } from "../support/served.ts";

/** As much of dapjs 2.3 as is used here. */
interface CortexM {
  connect(): Promise<void>;
  disconnect(): Promise<void>;
  reset(): Promise<boolean>;
  readDP(register: number): Promise<number>;
  readMem32(address: number): Promise<number>;
  writeMem32(address: number, value: number): Promise<void>;
  readMem16(address: number): Promise<number>;
  writeMem16(address: number, value: number): Promise<void>;
  readBlock(address: number, count: number): Promise<Uint32Array>;
  writeBlock(address: number, values: Uint32Array): Promise<void>;
  halt(wait?: boolean): Promise<void>;
  resume(wait?: boolean): Promise<void>;
  isHalted(): Promise<boolean>;
  readCoreRegister(register: number): Promise<number>;
  writeCoreRegister(register: number, value: number): Promise<void>;
}

interface Dapjs {
  readonly CortexM: new (transport: Transport) => CortexM;
}

/** DAPJS names the folder in which it was installed. */
function load(): Dapjs | string {
  const folder = process.env["DAPJS"] ?? process.cwd();
  try {
    return createRequire(join(folder, "any.js"))("dapjs") as Dapjs;
  } catch {
    return `dapjs is not installed in ${folder}; DAPJS=FOLDER names another (npm install dapjs there)`;
  }
}

const PACKET_SIZE = 512;
/** The AHB-AP of a Cortex-M4 counts to 4 KiB. */
const WINDOW_WORDS = 0x400;
const ANSWER_LIMIT_US = 5_000_000;

/** What dapjs asks of a transport. */
class Transport {
  readonly packetSize = PACKET_SIZE;
  readonly #port: number;
  #pipe: PacketPipe | undefined;

  constructor(port: number) {
    this.#port = port;
  }

  async open(): Promise<void> {
    this.#pipe = await openTcp({ host: "127.0.0.1", port: this.#port });
  }

  async close(): Promise<void> {
    await this.#pipe?.close();
  }

  async read(): Promise<DataView> {
    const { buffer, byteOffset, byteLength } = await this.#opened().receive(ANSWER_LIMIT_US);
    return new DataView(buffer, byteOffset, byteLength);
  }

  async write(data: ArrayBuffer | ArrayBufferView): Promise<void> {
    const bytes = ArrayBuffer.isView(data)
      ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
      : new Uint8Array(data);
    await this.#opened().send(bytes);
  }

  #opened(): PacketPipe {
    if (this.#pipe === undefined) throw new Error("not open");
    return this.#pipe;
  }
}

const dapjs = load();
const why = typeof dapjs === "string" ? dapjs : undefined;

describe.skipIf(why !== undefined)(why === undefined ? "dapjs" : `skipped: ${why}`, () => {
  let folder = "";
  let cli = "";
  let served: Served;
  let core: CortexM;

  beforeAll(async () => {
    ({ folder, cli } = await bundledCli());
    served = await serve(cli, "--probe", "sim:generic-m4", "--target-log", join(folder, "target.jsonl"));
  });
  afterAll(async () => {
    await served.stop();
    await rm(folder, { recursive: true, force: true });
  });
  beforeEach(async () => {
    if (typeof dapjs === "string") return;
    core = new dapjs.CortexM(new Transport(served.port));
    await core.connect();
  });
  afterEach(() => core.disconnect());

  test("connects, and finds the debug port and the core", async () => {
    expect(await core.readDP(0)).toBe(0x2ba01477);
    expect(await core.readMem32(0xe000ed00)).toBe(0x410fc241);
  });

  test("words and half-words land where they should", async () => {
    await core.writeMem32(0x20000000, 0xcafef00d);
    await core.writeMem16(0x20000006, 0x1234);
    expect(await core.readMem32(0x20000000)).toBe(0xcafef00d);
    expect((await core.readMem32(0x20000004)) >>> 16).toBe(0x1234);
  });

  test("64 KiB go in and come out as they were", async () => {
    const image = Uint32Array.from({ length: 0x4000 }, (_, at) => (at * 0x01234567) >>> 0);
    // In pieces, for dapjs writes TAR once a packet, also where the packet crosses the end of what TAR counts.
    for (let at = 0; at < image.length; at += WINDOW_WORDS)
      await core.writeBlock(0x20000000 + 4 * at, image.subarray(at, at + WINDOW_WORDS));
    for (let at = 0; at < image.length; at += WINDOW_WORDS)
      expect(await core.readBlock(0x20000000 + 4 * at, WINDOW_WORDS)).toEqual(
        image.subarray(at, at + WINDOW_WORDS),
      );
  });

  test("halts, registers of the core hold what it wrote, resumes", async () => {
    await core.halt(true);
    expect(await core.isHalted()).toBe(true);
    await core.writeCoreRegister(7, 0x12345678);
    expect(await core.readCoreRegister(7)).toBe(0x12345678);
    await core.resume(true);
    expect(await core.isHalted()).toBe(false);
  });

  test("a read from where nothing is fails, and after connecting again all is well", async () => {
    await expect(core.readMem32(0xa0000000)).rejects.toThrow();
    await core.disconnect();
    await core.connect();
    expect(await core.readMem32(0xe000ed00)).toBe(0x410fc241);
    expect(await readFile(join(folder, "target.jsonl"), "utf8")).toContain('"failed":true');
  });
});
