/**
 * The law of a run that meets errors: the earliest access that failed is told, or stands in the list that is told; on SWD the
 * list is one access, on JTAG never the whole run; no message is shown that stands behind it; the next run is clean. What
 * failed is known from the target's own log.
 */
import type { Origin } from "../../src/coresight/wire/access.ts";
import { Failure } from "../../src/lib/fault.ts";
import { hex } from "../../src/lib/hex.ts";
import { Source } from "../../src/lib/source.ts";
import { yamlModel } from "../../src/simulator/model/define-model.ts";
import type { TransferDisturbance } from "../../src/simulator/port/injection.ts";
import { openFixture, type WireFixture } from "../wire/fixture.ts";
import { MODEL, RAM, RAM_SIZE, type FaultyProgram, type Met } from "./faulty-programs.ts";

const FAULTY = yamlModel(new Source("faulty.yaml", MODEL));
const RETRIES = 3;

export interface Setting {
  readonly protocol: "swd" | "jtag";
  /** Decides the size and number of packets. */
  readonly latency: string;
  /** Among the transfers of the run that nothing disturbs. */
  readonly disturbance?: {
    readonly kind: TransferDisturbance;
    readonly place: number;
    readonly times: number;
  };
}

/** An access of memory as the target saw it. */
interface Seen {
  /** The number of its transfer in the run. */
  readonly at: number;
  readonly address: number;
  readonly failed: boolean;
}

interface Ran {
  readonly fixture: WireFixture;
  readonly error: unknown;
  readonly messages: readonly string[];
  readonly seen: readonly Seen[];
  readonly transfers: number;
  /** The accesses that the failure names, that of what it is attached to among them. */
  readonly told: readonly string[];
  readonly tolerated: readonly string[];
}

export async function judgeFaulty(program: FaultyProgram, setting: Setting): Promise<void> {
  const clean = await runIn(program, setting);
  judgeNatural(program, clean);
  await judgeNext(clean);
  const { disturbance } = setting;
  // One error at a time: what clears the first may fail too, and then nobody can say what holds.
  const first = clean.seen.find(({ failed }) => failed)?.at ?? clean.transfers;
  if (disturbance === undefined || first === 0) return;
  const at = disturbance.place % first;
  const disturbed = await runIn(program, setting, { ...disturbance, at });
  if (disturbance.kind === "WAIT" && disturbance.times <= RETRIES) judgeNatural(program, disturbed);
  else judgeDisturbed(program, disturbed, { clean, at, kind: disturbance.kind, protocol: setting.protocol });
  await judgeNext(disturbed);
}

async function runIn(
  { text }: FaultyProgram,
  { protocol, latency }: Setting,
  disturbance?: { readonly kind: TransferDisturbance; readonly at: number; readonly times: number },
): Promise<Ran> {
  const options = { latency };
  const fixture = await openFixture({
    model: FAULTY,
    options,
    protocol,
    waitRetries: RETRIES,
    clockHz: 10_000_000,
  });
  const { injection, log } = fixture.simulator;
  const start = injection.transfers;
  const seen: Seen[] = [];
  const note = log.memory.bind(log);
  log.memory = (event) => {
    seen.push({ at: injection.transfers - 1 - start, address: event.address, failed: event.failed });
    note(event);
  };
  if (disturbance !== undefined) injection.disturb(disturbance.kind, disturbance.at, disturbance.times);
  const messages: string[] = [];
  let error: unknown;
  try {
    await fixture.run(text, {
      onEvent: (event) => {
        if (event.kind === "message") messages.push(event.text);
      },
    });
  } catch (caught) {
    error = caught;
  }
  log.memory = note;
  const tolerated = fixture.events.flatMap((event) =>
    event.kind === "tolerated" ? labelsOf(event.failure) : [],
  );
  return {
    fixture,
    error,
    messages,
    seen,
    transfers: injection.transfers - start,
    told: labelsOf(error),
    tolerated,
  };
}

/** Of what the target answered, in the failure and in what is attached to it. */
function labelsOf(error: unknown): readonly string[] {
  const labels: string[] = [];
  for (let at = error; at instanceof Failure; at = at.cause) {
    const { origins = [], also } = at.fault as { origins?: readonly Origin[]; also?: unknown };
    labels.push(...origins.map(({ label }) => label), ...labelsOf(also));
  }
  return labels;
}

function kindOf(error: unknown): string | undefined {
  return error instanceof Failure ? (error as Failure).fault.kind : undefined;
}

function must(holds: boolean, what: string, ran: Ran): void {
  if (holds) return;
  const said = ran.error instanceof Error ? ran.error.message : "nothing failed";
  throw new Error(
    `${what}\ntold: ${ran.told.join(", ")}\nsaid: ${said}\ntolerated: ${ran.tolerated.join(", ")}\nshown: ${ran.messages.join()}\nfailed: ${ran.seen
      .filter(({ failed }) => failed)
      .map(({ address }) => hex(address))
      .join()}`,
  );
}

const messagesIn = (met: readonly Met[]): readonly string[] =>
  met.flatMap((one) => (one.kind === "message" ? [one.text] : []));

const accessesIn = (met: readonly Met[]): number => met.filter(({ kind }) => kind === "access").length;

/** Without a disturbance, or from `from` on, what the program says is what happens. */
function judgeNatural({ met }: FaultyProgram, ran: Ran): void {
  const failing = met.findIndex((one) => one.kind === "access" && one.fails && !one.tolerated);
  const culprit = met[failing];
  judgeTolerated(met, ran);
  if (culprit?.kind !== "access") {
    const end = met.findLast((one) => one.kind === "end");
    const kind = end?.kind === "end" ? end.how : undefined;
    const got = kindOf(ran.error) === "access-failed" ? "address-too-wide" : kindOf(ran.error);
    must(kind === got, `the run should have ended by ${kind ?? "nothing"}, not by ${got ?? "nothing"}`, ran);
    must(ran.messages.join() === messagesIn(met).join(), `messages: ${messagesIn(met).join()}`, ran);
    return;
  }
  const gaveUp = kindOf(ran.error) === "message-abort";
  must(gaveUp || kindOf(ran.error) === "access-failed", `${culprit.label} was not told`, ran);
  must(ran.told.includes(culprit.label), `${culprit.label} is not in the list`, ran);
  const told = new Set(ran.told).size;
  must(told === 1, `the list should be ${culprit.label} alone`, ran);
  const wanted = [...messagesIn(met.slice(0, failing)), ...(gaveUp ? ["gave up"] : [])];
  must(ran.messages.join() === wanted.join(), `messages: ${wanted.join()}`, ran);
}

function judgeTolerated(met: readonly Met[], ran: Ran): void {
  for (const { address, failed } of ran.seen) {
    const one = met.find((access) => access.kind === "access" && access.address === address);
    if (!failed || one?.kind !== "access" || !one.tolerated) continue;
    must(ran.tolerated.includes(one.label), `${one.label} failed and was tolerated without a word`, ran);
  }
}

/** The disturbed transfer belongs to the access before it or to the one at or behind it, or to one in between that is none of memory. */
function judgeDisturbed(
  { met }: FaultyProgram,
  ran: Ran,
  {
    clean,
    at,
    kind,
    protocol,
  }: { readonly clean: Ran; readonly at: number; readonly kind: TransferDisturbance } & Pick<
    Setting,
    "protocol"
  >,
): void {
  const indexOf = (seen: Seen | undefined): number | undefined => {
    if (seen === undefined) return undefined;
    const found = met.findIndex((one) => one.kind === "access" && one.address === seen.address);
    return found < 0 ? undefined : found;
  };
  const first = indexOf(clean.seen.findLast((seen) => seen.at < at)) ?? 0;
  const last = indexOf(clean.seen.find((seen) => seen.at >= at)) ?? met.length - 1;
  const near = met.slice(first, last + 1).flatMap((one) => (one.kind === "access" ? [one.label] : []));
  const isNear = (labels: readonly string[]): boolean => labels.some((label) => near.includes(label));
  // A port that lost step answers nobody: where the disturbance was tolerated, what is told is a later access of the same name.
  const isAgain = (label: string): boolean =>
    met.slice(last + 1).some((one) => one.kind === "access" && one.label === label);
  // On JTAG only access ports have errors: a FAULT elsewhere is none, and the next run finds none.
  const isNone = kind === "FAULT" && protocol === "jtag";
  const wentOn = messagesIn(met.slice(last)).some((text) => ran.messages.includes(text));
  const wasTolerated = (isNear(ran.tolerated) || (isNone && wentOn)) && ran.told.every(isAgain);
  judgeTolerated(met, ran);
  if (isNear(ran.told) && !wasTolerated) {
    const wanted = messagesIn(met.slice(0, last));
    const gaveUp = kindOf(ran.error) === "message-abort" ? ["gave up"] : [];
    const shown = ran.messages.filter((text) => !gaveUp.includes(text));
    must(
      shown.every((text) => wanted.includes(text)),
      `a message behind ${near.join(", ")} was shown`,
      ran,
    );
    const told = new Set(ran.told).size;
    // On SWD an error that comes with the first transfer of a packet may be that of the access before it.
    must(
      told === 1 || (protocol === "swd" ? told === 2 : told < accessesIn(met)),
      "the list is too long",
      ran,
    );
    return;
  }
  must(isNear(ran.tolerated) || isNone, `none of ${near.join(", ")} is told`, ran);
  // A port that lost step answers nobody any more.
  if (kind !== "NO_ACK" && kind !== "PARITY") judgeNatural({ text: "", met }, ran);
}

const NEXT = RAM + RAM_SIZE - 8;
const MAGIC = 0x1357_9bdf;

async function judgeNext(ran: Ran): Promise<void> {
  const { fixture, error } = ran;
  const acks = acksOf(error, ran);
  // A session sets its debug port up again (wire rule 5).
  if (acks.some((ack) => ack === "NO_ACK" || ack === "PARITY")) await fixture.lineReset();
  fixture.events.length = 0;
  const text = `sequence Next { Write32(${hex(NEXT)}, ${hex(MAGIC)}); __var v = Read32(${hex(NEXT)}); Message(0, "%x", v); }`;
  const shown: string[] = [];
  try {
    await fixture.run(text, {
      onEvent: (event) => {
        if (event.kind === "message") shown.push(event.text);
      },
    });
  } catch (next) {
    must(false, `the next run failed: ${(next as Error).message}; ${String((next as Error).cause)}`, ran);
  }
  must(
    shown.join() === MAGIC.toString(16) && fixture.peek(NEXT) === MAGIC,
    "the next run read something else",
    ran,
  );
  must(fixture.tolerated().length === 0, "the next run met an error", ran);
}

function acksOf(error: unknown, { fixture }: Ran): readonly string[] {
  const acks: string[] = [];
  const add = (from: unknown): void => {
    for (let at = from; at instanceof Failure; at = at.cause) {
      const { ack, also } = at.fault as { ack?: string; also?: unknown };
      if (ack !== undefined) acks.push(ack);
      add(also);
    }
  };
  add(error);
  for (const event of fixture.events) if (event.kind === "tolerated") add(event.failure);
  return acks;
}
