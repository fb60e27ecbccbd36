/** Carries out what a flow does itself between the sequences: each act through CoreSight, with its messages. */
import { apName, apNumber } from "../../coresight/ap-place.ts";
import { assertNever } from "../../lib/assert-never.ts";
import { SessionFailure } from "../../project/faults.ts";
import { awaitLineHigh, forgetReset, lookAtCore, waitForHalt } from "./core-looks.ts";
import type { Crew, Progress } from "./crew.ts";
import { allCores, allPorts, describedPlaces, discoverTarget } from "./discovery.ts";
import type { Act } from "./steps.ts";

export async function carryOutAct(crew: Crew, act: Act, progress: Progress): Promise<void> {
  const say = (text: string): void => {
    crew.emit({ kind: "act", timeUs: crew.rig.clock.nowUs(), act, text });
  };
  try {
    await perform(crew, act, progress, say);
  } catch (error) {
    throw new SessionFailure(
      { kind: "flow-step", step: act },
      `the connection failed at the step "${act}"`,
      error,
    );
  }
}

async function perform(crew: Crew, act: Act, progress: Progress, say: (text: string) => void): Promise<void> {
  const { target, clock } = crew.rig;
  const note = (text: string): void => {
    crew.emit({ kind: "notice", timeUs: clock.nowUs(), text });
  };
  switch (act) {
    case "scan JTAG chain":
      say(await target.scanChain(note));
      return;
    case "read DPIDR":
      say(await target.identifyPort(note));
      return;
    case "read features":
      if (await findProcessor(crew)) say(`${apName(target.memory.ap)} is the first with a core behind it`);
      say(await target.identifyAccessPort(note));
      return;
    case "read CPUID":
      say(await target.identifyCore(crew.context.processor?.core));
      return;
    case "note state": {
      const state = await target.state();
      progress.foundHalted ??= state === "halted";
      say(`the core is ${state}${state === "halted" ? await placeHalted(crew) : ""}`);
      return;
    }
    case "halt":
      await target.halt();
      progress.leaveHalted = true;
      say(`the core is halted${await placeHalted(crew)}`);
      return;
    case "wait for halt":
      await waitForHalt(crew);
      progress.leaveHalted = true;
      say(`the core is halted${await placeHalted(crew)}`);
      return;
    case "clear S_RESET_ST":
      await forgetReset(crew);
      return;
    case "look at nRESET":
      await awaitLineHigh(crew);
      return;
    case "look at the core":
      say(await lookAtCore(crew));
      return;
    case "drop caches":
      target.dropCaches();
      return;
    case "look after the port":
      if (await target.hasDebugPower()) return;
      throw new SessionFailure({ kind: "port-lost" }, "the debug port has lost its power");
    default:
      assertNever(act);
  }
}

/**
 * Finds the processor on ADIv6 without a pack: only ROM tables can tell which access port leads to it.
 * Returns true if they were asked.
 */
async function findProcessor({ context, rig: { access, target } }: Crew): Promise<boolean> {
  const port = access.ports.get(context.dp);
  if ((port.version ?? 0) < 3 || describedPlaces(context, context.dp).length > 0) return false;
  await target.mustHavePower();
  const found = await discoverTarget(access, context, { dp: context.dp });
  const [core] = allCores(found);
  if (core === undefined) {
    const known = allPorts(found.accessPorts).map(({ place }) => apNumber(place));
    throw new SessionFailure(
      { kind: "no-access-port", ap: 0, known },
      "none of the ROM tables names a Cortex-M; the pack of the device says where it is",
    );
  }
  target.use(core.place);
  return true;
}

/** Returns ` at main+0x2 (main.c:7)`, if debug information was loaded. */
async function placeHalted({ rig: { target, debugInfo } }: Crew): Promise<string> {
  if (debugInfo?.isEmpty !== false) return "";
  const place = debugInfo.describe(await target.core.readRegister("PC"));
  return place === undefined ? "" : ` at ${place}`;
}
