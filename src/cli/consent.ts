/** Consent to what cannot be undone: given on the command line, or typed by whoever sits there. Never by a file. */
import { SessionFailure } from "../session/faults.ts";
import type { Io } from "./io.ts";

export interface ConsentOptions {
  readonly allow?: readonly string[];
  readonly batch?: boolean;
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
  const name = device ?? "erase";
  if (io.ask !== undefined && !batch) {
    const typed = await io.ask(`${asks} of ${device ?? "the target"}. Type ${name} to go on: `);
    if (typed.trim().toLowerCase() === name.toLowerCase()) return;
  }
  throw new SessionFailure(
    { kind: "no-consent", effect: "erase" },
    `${needs} needs consent: --allow erase, or the device's name typed on a terminal`,
  );
}
