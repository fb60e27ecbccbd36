/** Does what a client of pyOCD's remote probe protocol asks for, on any link. Knows no socket. */
import { requestPacket } from "../../cmsis-dap/command.ts";
import type { PacketPipe } from "../../cmsis-dap/pipe.ts";
import { dapSwdSequence, type SwdSegment } from "../../cmsis-dap/swd.ts";
import { WAIT_RETRIES, type DapLink, type LinkSettings, type WireOp } from "../../coresight/wire/link.ts";
import type { Clock } from "../../lib/clock.ts";
import { asFailure } from "../../lib/fault.ts";
import { exchange } from "../cmsis-dap/exchange.ts";
import { Arguments } from "./arguments.ts";
import type { Json } from "./lines.ts";
import { PROTOCOLS, PYOCD_VERSION, RequestError, STATUS, type Capability } from "./protocol.ts";
import { lineRequests, registerRequests, type Handler } from "./target-requests.ts";

/** The probe that is lent. */
export interface LentProbe {
  readonly link: DapLink;
  readonly clock: Clock;
  /**
   * The pipe is for raw sequences, which a link cannot express; absent if the probe takes no CMSIS-DAP
   * packets.
   */
  readonly pipe?: PacketPipe;
}

/** The longest name of an unknown request or property that an answer repeats. */
const LONGEST_NAME = 100;
const FIRST_CLOCK_HZ = 1_000_000;
/** pyOCD knows chains of one device: an Arm DP, whose instruction register has four bits. */
const CHAIN = [4];
/** DAP_SWD_Sequence must fit the smallest packet. */
const SMALLEST_PACKET = 64;

export class Requests {
  readonly #lent: LentProbe;
  readonly #handlers: ReadonlyMap<string, Handler>;
  #protocol: LinkSettings["protocol"] | undefined;
  #clockHz = FIRST_CLOCK_HZ;
  #open = false;

  constructor(lent: LentProbe) {
    this.#lent = lent;
    const acts = {
      run: (op: WireOp) => this.#run(op),
      swdSequence: (segments: readonly SwdSegment[]) => this.#swdSequence(segments),
      sleep: (us: number) => lent.clock.sleep(us),
    };
    this.#handlers = new Map([...this.#general(), ...lineRequests(acts), ...registerRequests(acts)]);
  }

  /**
   * Returns the result of the request, if any. Rejects with RequestError; a failure of the probe is its
   * cause.
   */
  async answer(request: string, list: readonly unknown[]): Promise<Json | undefined> {
    const handler = this.#handlers.get(request);
    if (handler === undefined)
      throw new RequestError(
        STATUS.general,
        `this server has no request "${request.slice(0, LONGEST_NAME)}"`,
      );
    const given = new Arguments(request, list);
    const work = handler(given);
    given.end();
    try {
      return await work();
    } catch (error) {
      const failure = asFailure(error);
      if (failure === undefined) throw error;
      throw new RequestError(STATUS.probe, failure.message, failure);
    }
  }

  /** Cleans up after a client that is gone: the target is no longer driven. */
  async leave(): Promise<void> {
    if (this.#protocol === undefined) return;
    this.#protocol = undefined;
    await this.#lent.link.disconnect();
  }

  #general(): readonly [string, Handler][] {
    const nothing: Handler = () => () => undefined;
    return [
      ["hello", (given) => this.#hello(given.integer("version"))],
      ["open", () => this.#opens(true)],
      ["close", () => this.#opens(false)],
      // There is one client at a time, and nothing stays unsent.
      ["lock", nothing],
      ["unlock", nothing],
      ["flush", nothing],
      [
        "readprop",
        (given) => {
          const name = given.text("name");
          return () => this.#property(name);
        },
      ],
      ["connect", (given) => this.#connects(given.text("protocol"))],
      [
        "disconnect",
        () => async () => {
          await this.leave();
          return undefined;
        },
      ],
      [
        "set_clock",
        (given) => {
          const hz = given.frequency("freq");
          return async () => {
            this.#clockHz = hz;
            if (this.#protocol !== undefined) await this.#run({ kind: "clock", hz });
            return undefined;
          };
        },
      ],
      // Every access goes over the bus: an access port does not have a memory interface of its own.
      [
        "get_memory_interface_for_ap",
        (given) => {
          given.integer("ap_address_version");
          given.wide("ap_nominal_address", 0xffff_ffff_ffff_ffffn);
          return () => undefined;
        },
      ],
    ];
  }

  #hello(version: number): () => undefined {
    return () => {
      if (version === PYOCD_VERSION) return undefined;
      const told = `the client speaks version ${version} of the protocol, this server ${PYOCD_VERSION}`;
      throw new RequestError(STATUS.general, told);
    };
  }

  #opens(open: boolean): () => undefined {
    return () => {
      this.#open = open;
      return undefined;
    };
  }

  #connects(name: string): () => Promise<undefined> {
    const wanted = name === "DEFAULT" ? PROTOCOLS.swd : name;
    const protocol = (["swd", "jtag"] as const).find((one) => PROTOCOLS[one] === wanted);
    if (protocol === undefined) throw new RequestError(STATUS.general, `there is no protocol "${name}"`);
    return async () => {
      const { link } = this.#lent;
      await link.connect({ protocol, clockHz: this.#clockHz, idleCycles: 0, waitRetries: WAIT_RETRIES });
      this.#protocol = protocol;
      if (protocol === "jtag") await link.chain(CHAIN);
      return undefined;
    };
  }

  #property(name: string): Json {
    const { vendor = "", product = "", serialNumber = "" } = this.#lent.link.identity;
    switch (name) {
      case "vendor_name":
        return vendor;
      case "product_name":
        return product;
      case "unique_id":
        return serialNumber;
      case "description":
        return `${vendor} ${product}`.trim();
      case "supported_wire_protocols":
        return ["DEFAULT", PROTOCOLS.swd, PROTOCOLS.jtag];
      case "wire_protocol":
        return this.#protocol === undefined ? null : PROTOCOLS[this.#protocol];
      case "is_open":
        return this.#open;
      case "capabilities":
        return this.#capabilities();
      case "associated_board_info":
        return null;
      default:
        throw new RequestError(
          STATUS.general,
          `this server has no property "${name.slice(0, LONGEST_NAME)}"`,
        );
    }
  }

  #capabilities(): readonly Capability[] {
    const always = ["SWJ_SEQUENCE", "JTAG_SEQUENCE", "BANKED_DP_REGISTERS", "APv2_ADDRESSES"] as const;
    return this.#lent.pipe === undefined ? always : [...always, "SWD_SEQUENCE"];
  }

  async #swdSequence(segments: readonly SwdSegment[]): Promise<Json> {
    const { pipe } = this.#lent;
    if (pipe === undefined) throw new RequestError(STATUS.probe, "this probe has no raw SWD sequences");
    if (requestPacket(dapSwdSequence, { segments }).length > SMALLEST_PACKET)
      throw new RequestError(STATUS.general, "swd_sequence: these sequences do not fit one packet");
    const { ok, inputs } = await exchange(pipe, dapSwdSequence, { segments });
    return [ok ? 0 : 0xff, inputs.map((bytes) => [...bytes])];
  }

  async #run(op: WireOp): Promise<Uint32Array> {
    const { fault, values } = await this.#lent.link.run([op], "stop-at-fault");
    if (fault === undefined) return values[0] ?? new Uint32Array();
    if (fault === "FAULT") throw new RequestError(STATUS.transferFault, "the target answered FAULT");
    if (fault === "WAIT") throw new RequestError(STATUS.transferTimeout, "the target answered only WAIT");
    const told = fault === "PARITY" ? "the target's answer had bad parity" : "no ACK received";
    throw new RequestError(STATUS.transfer, told);
  }
}
