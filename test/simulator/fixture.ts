/** Packets by hand: what a test says to a simulated probe, and what it reads back. Knows no driver of the project's. */
import { dapConnect, PORT } from "../../src/cmsis-dap/general.ts";
import { parseResponse, requestPacket, type Command } from "../../src/cmsis-dap/command.ts";
import { dapSwdConfigure } from "../../src/cmsis-dap/swd.ts";
import { dapSwjPins, dapSwjSequence } from "../../src/cmsis-dap/swj.ts";
import {
  dapTransfer,
  dapTransferConfigure,
  type Transfer,
  type TransferResponse,
} from "../../src/cmsis-dap/transfer.ts";
import { dapTransferBlock, type TransferBlockRequest } from "../../src/cmsis-dap/transfer-block.ts";
import { openSimulator, type Simulator, type SimulatorSpec } from "../../src/simulator/open.ts";

type Address = 0x0 | 0x4 | 0x8 | 0xc;

export const read = (port: "DP" | "AP", address: Address): Transfer => ({ kind: "read", port, address });
export const write = (port: "DP" | "AP", address: Address, value: number): Transfer => ({
  kind: "write",
  port,
  address,
  value: value >>> 0,
});

export const DPIDR = read("DP", 0x0);
export const CTRL_STAT = read("DP", 0x4);
export const RDBUFF = read("DP", 0xc);
export const abort = (value: number): Transfer => write("DP", 0x0, value);
/** SELECT of an AP and a bank of its registers. */
export const select = (ap: number, bank = 0, dpBank = 0): Transfer =>
  write("DP", 0x8, (ap << 24) | bank | dpBank);
export const CSW_WORD = 0x23000012;
export const csw = (value = CSW_WORD): Transfer => write("AP", 0x0, value);
export const tar = (address: number): Transfer => write("AP", 0x4, address);
export const drw = (value: number): Transfer => write("AP", 0xc, value);
export const DRW = read("AP", 0xc);

/** ADIv5.2 B5.2.1: JTAG to SWD, least significant bit first. */
export const JTAG_TO_SWD = Uint8Array.of(0x9e, 0xe7);

/** ADIv5.2 B5.3.4: the selection alert, then four low cycles and the activation code of SWD. */
const ALERT = Uint8Array.from([
  0x92, 0xf3, 0x09, 0x62, 0x95, 0x2d, 0x85, 0x86, 0xe9, 0xaf, 0xdd, 0xe3, 0xa2, 0x0e, 0xbc, 0x19,
]);

export class TestFixture {
  readonly simulator: Simulator;

  constructor(spec: SimulatorSpec) {
    this.simulator = openSimulator(spec);
  }

  async packet(bytes: Uint8Array): Promise<Uint8Array> {
    await this.simulator.pipe.send(bytes);
    return this.simulator.pipe.receive(10_000_000);
  }

  async ask<Q, R>(command: Command<Q, R>, request: Q): Promise<R> {
    return parseResponse(command, await this.packet(requestPacket(command, request)), request);
  }

  async sequence(count: number, data: Uint8Array): Promise<void> {
    await this.ask(dapSwjSequence, { count, data });
  }

  async lineReset(ones = 51, zeros = 8): Promise<void> {
    await this.sequence(ones, new Uint8Array(32).fill(0xff).subarray(0, (ones + 7) >> 3));
    if (zeros > 0) await this.sequence(zeros, new Uint8Array((zeros + 7) >> 3));
  }

  /** The probe's port for SWD; the lines were not clocked yet. */
  async on(): Promise<void> {
    await this.ask(dapConnect, { port: PORT.swd });
    await this.ask(dapSwdConfigure, { turnaround: 1, dataPhase: false });
    await this.ask(dapTransferConfigure, { idleCycles: 0, waitRetries: 0, matchRetries: 0 });
  }

  /** Port on, out of the dormant state where the model starts there, JTAG to SWD, line reset; nothing was read yet. */
  async wake(): Promise<void> {
    await this.on();
    if (this.simulator.soc.settings.start === "dormant") {
      await this.sequence(8, Uint8Array.of(0xff));
      await this.sequence(128, ALERT);
      await this.sequence(12, Uint8Array.of(0xa0, 0x01));
    }
    await this.lineReset(51, 0);
    await this.sequence(16, JTAG_TO_SWD);
    await this.lineReset();
  }

  /** As wake, then DPIDR, power-up and a plain CSW of AP 0. */
  async connect(): Promise<void> {
    await this.wake();
    await this.transfer(DPIDR, abort(0x1e), select(0), write("DP", 0x4, 0x50000000));
    this.simulator.clock.advance(10_000);
    await this.transfer(csw());
  }

  transfer(...transfers: Transfer[]): Promise<TransferResponse> {
    return this.ask(dapTransfer, { index: 0, transfers });
  }

  async words(...transfers: Transfer[]): Promise<readonly number[]> {
    const { ack, data } = await this.transfer(...transfers);
    if (ack !== 1) throw new Error(`the transfer was answered with ${String(ack)}`);
    return [...data];
  }

  block(request: TransferBlockRequest): Promise<TransferResponse> {
    return this.ask(dapTransferBlock, request);
  }

  async readWord(address: number): Promise<number> {
    const [value = 0] = await this.words(csw(), tar(address), DRW);
    return value;
  }

  async writeWord(address: number, value: number): Promise<void> {
    await this.words(csw(), tar(address), drw(value));
  }

  async pins(output: number, select: number, waitUs = 0): Promise<number> {
    return (await this.ask(dapSwjPins, { output, select, waitUs })).input;
  }
}
