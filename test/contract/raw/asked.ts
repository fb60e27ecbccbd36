/** Puts cases to a probe over its packets, and shows the answers so that those of two probes can be compared. */
import { capabilitiesFrom, INFO, type Capabilities } from "../../../src/cmsis-dap/info.ts";
import type { PacketPipe } from "../../../src/cmsis-dap/pipe.ts";
import { DAP_TRANSFER_ABORT } from "../../../src/cmsis-dap/transfer.ts";
import { faultPacket } from "../faults-by-packet.ts";
import { bytes, shown, type PutFault, type RawCase } from "./case.ts";
import { CSW, DPIDR, READ, SELECT, STATES, transfer, write } from "./states.ts";

const LIMIT_US = 20_000_000;
const QUEUE_COMMANDS = 0x7e;
const AP_IDR_BANK = 0xf0;

export class AskedProbe {
  readonly #pipe: PacketPipe;
  readonly #faults: number | undefined;
  #packetCount = 1;
  #capabilities: Capabilities | undefined;
  /** How the target's own identities read, as texts of the answers. */
  #own: readonly (readonly [text: string, name: string])[] = [];

  /** `faults`: the command by which it takes them, where it has one. */
  constructor(pipe: PacketPipe, faults: number | undefined) {
    this.#pipe = pipe;
    this.#faults = faults;
  }

  /** Which of the cases it can be asked. */
  canBeAsked({ fault, packets, needs, without = [] }: RawCase): boolean {
    const has = this.#capabilities;
    if (needs !== undefined && has?.[needs] !== true) return false;
    const queued = packets.filter(([id]) => id === QUEUE_COMMANDS).length;
    // A probe that is full of queued packets never answers again (wire rule 8).
    if (queued > 0 && queued + 1 > this.#packetCount) return false;
    return (
      (fault === undefined || this.#faults !== undefined) && !without.some((name) => has?.[name] === true)
    );
  }

  /** Who the target is; what the answers show of that is no difference between probes. */
  async learn(): Promise<void> {
    const info = (await this.#exchange(bytes(0, INFO.capabilities))).slice(2);
    this.#capabilities = capabilitiesFrom({ info });
    this.#packetCount = (await this.#exchange(bytes(0, INFO.packetCount)))[2] ?? 1;
    for (const packet of STATES.jtag) await this.#exchange(packet);
    const idcode = (await this.#exchange(bytes(0x16, 0))).slice(2);
    for (const packet of STATES.swd) await this.#exchange(packet);
    const dpidr = (await this.#exchange(transfer(0, [DPIDR]))).slice(3);
    const idr = await this.#exchange(
      transfer(0, write(SELECT, AP_IDR_BANK), [CSW | READ | 0xc], write(SELECT, 0)),
    );
    this.#own = [
      [shown(dpidr), "DPIDR"],
      [shown(idcode), "IDCODE"],
      [shown(idr.slice(3)), "IDR"],
    ];
  }

  async answersTo({ state, packets, fault, same = shown }: RawCase): Promise<readonly string[]> {
    for (const packet of STATES[state]) await this.#exchange(packet);
    if (fault !== undefined) await this.#put(fault);
    const found: string[] = [];
    let due = 0;
    for (const packet of packets) {
      await this.#pipe.send(packet);
      if (packet[0] === DAP_TRANSFER_ABORT) continue;
      due += 1;
      if (packet[0] === QUEUE_COMMANDS) continue;
      for (; due > 0; due--) found.push(this.#named(same(await this.#pipe.receive(LIMIT_US))));
    }
    if (fault !== undefined) await this.#put();
    return found;
  }

  async #put(fault?: PutFault): Promise<void> {
    if (this.#faults === undefined) throw new Error("this probe takes no faults");
    await this.#exchange(faultPacket(this.#faults, fault));
  }

  #named(text: string): string {
    return this.#own.reduce((named, [own, name]) => named.replaceAll(own, name), text);
  }

  async #exchange(packet: Uint8Array): Promise<Uint8Array> {
    await this.#pipe.send(packet);
    return this.#pipe.receive(LIMIT_US);
  }
}
