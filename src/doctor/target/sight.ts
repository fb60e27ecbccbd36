/** What was seen of a target when it was looked at: readings alone, without a judgement. */
import type { ApPlace } from "../../coresight/ap-place.ts";

/** As the probe reads the lines while it drives none of them. */
export interface Levels {
  readonly swclk: 0 | 1;
  readonly swdio: 0 | 1;
  readonly nreset: 0 | 1;
}

/** How a debug port was brought to answer. */
export type Way = "awake" | "from dormant" | "selected" | "on JTAG";

export interface Answering {
  readonly way: Way;
  readonly dpidr: number;
  /** The highest clock tried at which every read was right. */
  readonly hz: number;
  /** The TARGETSEL that selected it, if it takes one. */
  readonly targetsel?: number;
}

/** What became of the reads of DPIDR at one clock. */
export interface Tally {
  readonly hz: number;
  readonly right: number;
  readonly parity: number;
  readonly silent: number;
  readonly other: number;
}

/** A register of an access port or a word of memory that tells something about this vendor's parts. */
export interface Reading {
  readonly name: string;
  /** Undefined if it did not answer. */
  readonly value: number | undefined;
}

export interface PortSight {
  readonly place: ApPlace;
  /** Undefined if it did not answer; 0 if the port does not exist. */
  readonly idr: number | undefined;
  /** Of a MEM-AP, as is `base`. */
  readonly csw?: number | undefined;
  /** BASE: where the ROM table stands. */
  readonly base?: number | undefined;
  /** Of a port that a vendor has made. */
  readonly readings?: readonly Reading[];
}

export interface CoreSight {
  /** Undefined if it did not answer. */
  readonly cpuid?: number;
  /** Read twice, so that S_RESET_ST, which is sticky, tells whether the core is in reset now. */
  readonly dhcsr?: number;
  /** S_RESET_ST of the first of the two. */
  readonly wasReset?: boolean;
  readonly dauthstatus?: number;
  readonly cfsr?: number;
  readonly hfsr?: number;
  readonly bfar?: number;
}

export interface Identity {
  /** A JEP106 code as PIDR holds it. */
  readonly designer: number;
  readonly part: number;
}

export interface Sight {
  readonly protocol: "swd" | "jtag";
  /** The clock that was asked for. */
  readonly askedHz: number;
  readonly levels: Levels;
  /** At the clock that was asked for, and at slower ones until every read was right. */
  readonly tallies: readonly Tally[];
  /** Undefined if nothing answered in any way. */
  readonly port?: Answering | undefined;
  readonly ctrlStat?: number | undefined;
  /** Whether both power domains came up when they were asked to. */
  readonly powered?: boolean | undefined;
  readonly targetId?: number | undefined;
  readonly ports: readonly PortSight[];
  /** The access port through which the processor is reached. */
  readonly place: ApPlace;
  /** Who made the part, by the ROM table or TARGETID. */
  readonly identity?: Identity | undefined;
  readonly core?: CoreSight | undefined;
  /** Of the part's own memory: its protection, its flash controller. */
  readonly readings: readonly Reading[];
}
