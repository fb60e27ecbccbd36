/** Remembers which statement last used which access port, to explain a fault on another one. Knows no wire. */
import { isThroughAp } from "../../language/builtins.ts";
import { where } from "../../lib/source.ts";
import type { InterpreterEvent } from "../../interpreter/events.ts";
import type { Site } from "../../interpreter/ports.ts";

export class LastUse {
  readonly #sites = new Map<bigint, { readonly fn: string; readonly site: Site }>();

  note(event: InterpreterEvent): void {
    if (event.kind !== "access" || !isThroughAp(event.access.fn)) return;
    this.#sites.set(event.access.ap, { fn: event.access.fn, site: event.site });
  }

  /** Returns the newest sentence for each access port except this one. */
  others(ap: bigint): readonly string[] {
    return [...this.#sites]
      .filter(([other]) => other !== ap)
      .map(
        ([other, { fn, site }]) =>
          `AP ${other} was last addressed by ${fn} in sequence ${site.sequence} (${where(site.span)})`,
      );
  }
}
