/** Consent to what cannot be undone: given on the command line, or typed by whoever sits there. Never by a file. */
import type { Grant } from "../device/guarded/index.ts";
import { SessionFailure } from "../project/faults.ts";
import type { Consent } from "../session/guard/guard.ts";
import type { Io } from "./io.ts";

export interface ConsentOptions {
  readonly allow?: readonly string[];
  readonly batch?: boolean;
}

const GRANTS: readonly Grant[] = ["erase", "lock", "lock=forever"];

/** What the command line consents to, and the person at the terminal, who may be asked to type the device's name. */
export function consentOf(
  io: Io,
  { allow = [], batch = false }: ConsentOptions,
  device: string | undefined,
): Consent {
  const granted = GRANTS.filter((grant) => allow.includes(grant));
  const { ask } = io;
  if (ask === undefined || batch) return { granted };
  return {
    granted,
    ask: async (grant, does) =>
      grant === "erase" && (await typedName(ask, device, `This ${does}, in ${device ?? "the target"}`)),
  };
}

type Ask = NonNullable<Io["ask"]>;

async function typedName(ask: Ask, device: string | undefined, text: string): Promise<boolean> {
  // A name that a pack leaves empty would be typed by Enter alone.
  const name = (device ?? "").trim() || "erase";
  const typed = await ask(`${text}. Type ${name} to go on: `);
  return typed.trim().toLowerCase() === name.toLowerCase();
}

/** Throws `no-consent`. A person has to type the device's name, so that nobody erases the wrong one. */
export async function mustConsentToErase(
  io: Io,
  { allow = [], batch = false }: ConsentOptions,
  device: string | undefined,
  /** As `This ...` and `... needs consent` say it. */
  { asks, needs } = { asks: "This erases all flash", needs: "erasing all flash" },
): Promise<void> {
  if (allow.includes("erase")) return;
  if (io.ask !== undefined && !batch) {
    if (await typedName(io.ask, device, `${asks} of ${device ?? "the target"}`)) return;
  }
  throw new SessionFailure(
    { kind: "no-consent", effect: "erase" },
    `${needs} needs consent: --allow erase, or the device's name typed on a terminal`,
  );
}
