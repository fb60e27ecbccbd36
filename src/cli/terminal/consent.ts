/** Consent to what cannot be undone: given on the command line, or typed by the user, but never by a file. */
import type { Grant } from "../../api/open-request.ts";
import { Failure } from "../../lib/fault.ts";
import type { Io } from "./io.ts";

export interface ConsentOptions {
  readonly allow?: readonly string[];
  readonly batch?: boolean;
}

/** Returns the person at the terminal, who may be asked to type the device's name, or yes; undefined if there is none. */
export function consentOf(
  { ask }: Pick<Io, "ask">,
  { batch = false }: ConsentOptions,
  device: string | undefined,
): ((grant: Grant | `model=${string}`, does: string) => Promise<boolean>) | undefined {
  if (ask === undefined || batch) return undefined;
  return async (grant, does) =>
    grant.startsWith("model=")
      ? (await ask(`This ${does}. Type yes to go on: `)).trim().toLowerCase() === "yes"
      : grant === "erase" && (await typedName(ask, device, `This ${does}, in ${device ?? "the target"}`));
}

type Ask = NonNullable<Io["ask"]>;

async function typedName(ask: Ask, device: string | undefined, text: string): Promise<boolean> {
  // If a pack leaves the name empty, Enter alone would be enough.
  const name = (device ?? "").trim() || "erase";
  const typed = await ask(`${text}. Type ${name} to go on: `);
  return typed.trim().toLowerCase() === name.toLowerCase();
}

/** Throws `no-consent`. A person must type the device's name, so that the wrong device is not erased. */
export async function mustConsentToErase(
  io: Io,
  { allow = [], batch = false }: ConsentOptions,
  device: string | undefined,
  /** These complete the sentences `This ...` and `... needs consent`. */
  { asks, needs } = { asks: "This erases all flash", needs: "erasing all flash" },
): Promise<void> {
  if (allow.includes("erase")) return;
  if (io.ask !== undefined && !batch) {
    if (await typedName(io.ask, device, `${asks} of ${device ?? "the target"}`)) return;
  }
  throw new Failure(
    { kind: "no-consent", effect: "erase" },
    `${needs} needs consent, or the device's name typed on a terminal`,
  );
}
