/** Runs the connect flow: the chosen mode once, or with `connect: auto` one way after another until one works. */
import { WAIT_RETRIES, type LinkSettings } from "../../coresight/wire/link.ts";
import type { Settings } from "../../options/resolve.ts";
import { Progress } from "./crew.ts";
import { leftOut, mayHelp, noWayIn, reasonOf, rungsOf, tableOf, type Tried } from "./ladder.ts";
import type { Standing } from "./standing.ts";
import { connectSteps, disconnectSteps, sequencesOf, upTo } from "./steps.ts";
import { frequencyText } from "../../lib/units.ts";

/** Runs the connect flow of the chosen mode, up to and including one sequence if that is named. */
export async function connect(standing: Standing, last: string | undefined): Promise<void> {
  if (standing.settings.connect === "auto") await climb(standing, last);
  else await connectOnce(standing, last);
}

/** Does `connect: auto`: tries one way after another, until one works or all have failed. */
async function climb(standing: Standing, last: string | undefined): Promise<void> {
  const asked = standing.settings;
  const tried: Tried[] = [];
  for (const rung of rungsOf(asked)) {
    const { name, mode, settings, does } = rung;
    const useless = tried.length > 0 ? leftOut(rung, standing.progress.begun.has("port")) : undefined;
    if (useless !== undefined) {
      tried.push({ name, reason: useless });
      continue;
    }
    if (tried.length > 0) await stepDown(standing);
    standing.use({ ...asked, ...settings, connect: mode });
    standing.notice(`connect auto: ${name}, which ${does}`);
    try {
      await connectOnce(standing, last);
      if (tried.length > 0)
        standing.notice(`connected by ${name}; what failed before it:\n${tableOf(tried)}`);
      return;
    } catch (error) {
      if (!mayHelp(error) || standing.crew.signal?.aborted === true) throw error;
      tried.push({ name, reason: reasonOf(error) });
    }
  }
  throw noWayIn(tried);
}

/**
 * Runs between two ways: releases lines and stops what was begun, as far as it answers. A failure here is
 * only a consequence.
 */
async function stepDown(standing: Standing): Promise<void> {
  const { progress, calm } = standing;
  const { target } = standing.rig;
  const hadPort = progress.begun.has("port");
  const steps = disconnectSteps(progress.begun, false);
  await target.releaseLines().catch(() => undefined);
  for (const step of steps) await standing.carryOut([step], calm).catch(() => undefined);
  // The next way asks how far this one came.
  if (hadPort) progress.begun.add("port");
  await target.letGo();
}

async function connectOnce(standing: Standing, last: string | undefined): Promise<void> {
  const { settings, crew } = standing;
  const steps = upTo(connectSteps(standing.choice), last);
  crew.context.refuseErrors(sequencesOf(steps));
  standing.say(
    "connect",
    `connect (${settings.connect}, ${settings.protocol.toUpperCase()}, ${frequencyText(settings.clockHz)})`,
  );
  standing.progress = new Progress();
  standing.open = true;
  await crew.rig.target.open(linkSettings(settings), settings.connect !== "none");
  await standing.carryOut(steps);
}

function linkSettings({ protocol, clockHz }: Settings): LinkSettings {
  return { protocol, clockHz, idleCycles: 0, waitRetries: WAIT_RETRIES };
}
