/**
 * Resets: which way each type takes on this device, and what must be true afterwards. The connection runs the
 * sequences' flows; the other ways go through the core and the probe.
 */
import { Failure } from "../../lib/fault.ts";
import { field, DHCSR } from "../../coresight/registers.ts";
import { resetNotSeen, SessionFailure, stillInReset } from "../../project/faults.ts";
import type { Connection } from "../../session/connection.ts";
import type { ResetKind } from "../../project/connection-bits.ts";
import type { CortexM } from "../cores/cortex-m.ts";
import type { DebugPort } from "../ports/debug-port.ts";
import { call, either, oneOf, optional, yesOrNo } from "../arguments.ts";
import { emulateReset } from "../../coresight/core/emulated-reset.ts";
import { ResetType } from "../cores/reset-type.ts";

/** What a type comes down to: a flow of the connection, or something that is done here. */
type Way =
  | { readonly kind: "sequence"; readonly reset: ResetKind | undefined }
  | { readonly kind: "pin" }
  | { readonly kind: "request"; readonly bit: "SYSRESETREQ" | "VECTRESET" }
  | { readonly kind: "emulated" };

const SEQUENCES: Readonly<
  Record<"hardware" | "system" | "core", { readonly reset: ResetKind; readonly name: string }>
> = {
  hardware: { reset: "hardware", name: "ResetHardware" },
  system: { reset: "system", name: "ResetSystem" },
  core: { reset: "processor", name: "ResetProcessor" },
};

/** The time that a target may take to come back. */
const RECOVERY_LIMIT_US = 2_000_000;
const RECOVERY_POLL_US = 5_000;
const HALT_LIMIT_US = 500_000;

export interface ResetParts {
  readonly connection: Connection;
  readonly dp: DebugPort;
  readonly core: CortexM;
  /** True for the connection's own core: its sequences are for it. */
  readonly isOwn: boolean;
  /** Where the core starts, as the description says. */
  readonly vectors: number | undefined;
}

export class Resetter {
  readonly #parts: ResetParts;

  constructor(parts: ResetParts) {
    this.#parts = parts;
  }

  async reset(type: ResetType | boolean | undefined): Promise<void> {
    const { core } = this.#parts;
    const way = this.#wayOf(typeOf(type));
    await this.#perform(way, false);
    if (way.kind === "emulated") await core.resume();
  }

  /** Halts the core before its first instruction; a vector catch that the user set stays as it is. */
  async resetAndHalt(type: ResetType | boolean | undefined): Promise<void> {
    const { core } = this.#parts;
    const way = this.#wayOf(typeOf(type));
    const catches = await core.getVectorCatch();
    await this.#perform(way, true);
    if (catches.includes("CORE_RESET")) await core.setVectorCatch(catches);
  }

  #wayOf(type: ResetType): Way {
    const { core, connection } = this.#parts;
    switch (type) {
      case "default": {
        const chosen = typeOf(core.defaultResetType);
        if (chosen !== ResetType.DEFAULT) return this.#wayOf(chosen);
        const named = connection.context.resetSequence(undefined);
        return this.#runs(named) ? { kind: "sequence", reset: undefined } : this.#wayOf(ResetType.SYSTEM);
      }
      case "hardware":
        return this.#sequenceOr("hardware", ResetType.NSRST);
      case "system":
        return this.#sequenceOr("system", ResetType.SYSRESETREQ);
      case "core":
        return this.#sequenceOr("core", ResetType.VECTRESET);
      case "nsrst":
        return { kind: "pin" };
      case "sysresetreq":
        return { kind: "request", bit: "SYSRESETREQ" };
      case "vectreset":
        return core.identity.architecture === "v7-M"
          ? { kind: "request", bit: "VECTRESET" }
          : { kind: "emulated" };
      case "emulated":
        return { kind: "emulated" };
    }
  }

  #sequenceOr(type: "hardware" | "system" | "core", otherwise: ResetType): Way {
    const { reset, name } = SEQUENCES[type];
    // The default for a missing ResetProcessor is for v7-M or does nothing: VECTRESET and EMULATED fit better.
    const wanted = type === "core" ? this.#isDevices(name) : this.#runs(name);
    return wanted ? { kind: "sequence", reset } : this.#wayOf(otherwise);
  }

  #runs(name: string): boolean {
    const winner = this.#parts.connection.context.resolve(name)?.winner;
    return this.#parts.isOwn && winner !== undefined && !winner.disabled;
  }

  #isDevices(name: string): boolean {
    return (
      this.#runs(name) && this.#parts.connection.context.resolve(name)?.winner.origin.layer !== "default"
    );
  }

  async #perform(way: Way, halt: boolean): Promise<void> {
    const { connection, core } = this.#parts;
    if (way.kind === "sequence") {
      try {
        await connection.reset(way.reset, { halt });
      } catch (error) {
        await this.#afterLoss(error, halt);
      }
      await this.#recover();
    } else if (way.kind === "emulated") {
      await this.#emulate();
    } else {
      await this.#caught(halt, async () => {
        await this.#directly(way);
        if (way.kind === "pin" && (await this.#sawReset()) === false) throw resetNotSeen();
        await this.#recover();
        if (halt) await this.#awaitHalt();
      });
    }
    await core.afterReset();
  }

  async #directly(way: Way & { readonly kind: "pin" | "request" }): Promise<void> {
    const { dp, core, connection } = this.#parts;
    if (way.kind === "pin") {
      await this.#sawReset();
      await dp.reset();
    } else {
      await core.inTurn(async (own) => {
        // VECTRESET of a running core is unpredictable (Armv7-M B3.2.6).
        const wasHalted = (await own.state()) === "halted";
        if (way.bit === "VECTRESET" && !wasHalted) await own.halt();
        await own.requestReset(way.bit);
      });
    }
    connection.rig.target.dropCaches();
  }

  async #emulate(): Promise<void> {
    const { core, vectors } = this.#parts;
    const { mainExtension } = await core.features();
    await core.inTurn((own, memory) => emulateReset(own, memory, { vectors, mainExtension }));
  }

  /** Works with the vector catch of a reset set meanwhile, by the device's own sequences if they are for this core. */
  async #caught(halt: boolean, work: () => Promise<void>): Promise<void> {
    if (!halt) return work();
    const { connection, isOwn, core } = this.#parts;
    const set = async (on: boolean): Promise<void> => {
      const name = on ? "ResetCatchSet" : "ResetCatchClear";
      if (isOwn && connection.context.find(name) !== undefined) await connection.run(name);
      else await core.inTurn((own) => own.setResetCatch(on));
    };
    await set(true);
    try {
      await work();
    } finally {
      await set(false);
    }
  }

  /** Reads S_RESET_ST, which clears it; undefined if the core does not answer. */
  async #sawReset(): Promise<boolean | undefined> {
    try {
      const dhcsr = await this.#parts.core.inTurn((own) => own.readDhcsr());
      return field(DHCSR, "S_RESET_ST", dhcsr) === 1;
    } catch (error) {
      if (!isTargetFault(error)) throw error;
      return undefined;
    }
  }

  /** Waits until the core answers and is out of reset; a debug port that went down is set up again. */
  async #recover(): Promise<void> {
    const { connection, core } = this.#parts;
    const { clock } = connection.rig;
    const endUs = clock.nowUs() + RECOVERY_LIMIT_US;
    let isRemade = false;
    for (;;) {
      try {
        const state = await core.getState();
        if (state !== "reset") return;
        if (clock.nowUs() >= endUs) throw stillInReset(RECOVERY_LIMIT_US);
      } catch (error) {
        if (clock.nowUs() >= endUs || !isTargetFault(error)) throw error;
        if (!isRemade) isRemade = await this.#remake();
      }
      await clock.sleep(RECOVERY_POLL_US);
    }
  }

  /** Connects again; true if the debug port answered. */
  async #remake(): Promise<boolean> {
    const { connection, isOwn } = this.#parts;
    if (!isOwn) return false;
    try {
      connection.rig.target.dropCaches();
      for (const name of ["DebugPortSetup", "DebugPortStart", "DebugCoreStart"])
        if (connection.context.find(name) !== undefined) await connection.run(name);
      return true;
    } catch (error) {
      if (isTargetFault(error)) return false;
      throw error;
    }
  }

  /**
   * Recovers after the sequence lost the target. If the core says that it was reset, the reset was done and only
   * the port must come back.
   */
  async #afterLoss(error: unknown, halt: boolean): Promise<void> {
    if (!isTargetFault(error) || halt) throw error;
    const { core } = this.#parts;
    if (!(await this.#remake())) throw error;
    if (field(DHCSR, "S_RESET_ST", await core.inTurn((own) => own.readDhcsr())) !== 1) throw error;
  }

  async #awaitHalt(): Promise<void> {
    const { connection, core } = this.#parts;
    const { clock } = connection.rig;
    const endUs = clock.nowUs() + HALT_LIMIT_US;
    for (;;) {
      const state = await core.getState();
      if (state === "halted") return;
      if (clock.nowUs() >= endUs) throw this.#stuck(state);
      await clock.sleep(1000);
    }
  }

  #stuck(state: string): SessionFailure {
    return new SessionFailure(
      { kind: "no-halt", after: "reset", limitUs: RECOVERY_LIMIT_US, state },
      state === "reset"
        ? `the core is still in reset ${RECOVERY_LIMIT_US / 1000} ms after the reset was released`
        : `the core did not halt within ${HALT_LIMIT_US / 1000} ms after the reset; it is ${state}`,
    );
  }
}

/** True if among the causes the target did not answer, or answered with an error. */
function isTargetFault(error: unknown): boolean {
  for (let at: unknown = error; at instanceof Failure; at = at.cause)
    if ((at as Failure).fault.kind === "target-fault") return true;
  return false;
}

/** `false` means hardware and `true` software, as with pyOCD's parameter. */
const TYPES = `a ResetType (${Object.values(ResetType).join(", ")}), true or false`;
const RESET = call({ type: optional(either(yesOrNo, oneOf(Object.values(ResetType)), TYPES)) });

function typeOf(given: ResetType | boolean | undefined): ResetType {
  const { type = ResetType.DEFAULT } = RESET({ type: given });
  if (typeof type === "boolean") return type ? ResetType.DEFAULT : ResetType.HARDWARE;
  return type;
}
