/** What to try against a failure, as data. A face makes a command, or a call, of it. */
import type { Settings } from "../options/resolve.ts";

export type Try =
  /** The same again, with these options in the place of those that were given. */
  | { readonly kind: "again"; readonly options: AgainOptions; readonly allow?: readonly string[] }
  /** A sequence that ships with dbgseq, in a session that connects nothing by itself. */
  | {
      readonly kind: "shipped";
      /** `nordic/nrf52` */
      readonly file: string;
      readonly sequence: string;
      readonly allow?: readonly string[];
    }
  | { readonly kind: "reset"; readonly type: "system" | "hardware" }
  /** Something that no command does. */
  | { readonly kind: "by hand"; readonly says: string };

export type AgainOptions = Partial<Pick<Settings, "connect" | "clockHz" | "protocol" | "dormant">> & {
  readonly pname?: string;
  readonly device?: string;
  /** A file of sequences that ships with dbgseq, to override those of the pack. */
  readonly shippedSeq?: string;
};

export function byHand(...says: readonly string[]): readonly Try[] {
  return says.map((one) => ({ kind: "by hand", says: one }));
}
