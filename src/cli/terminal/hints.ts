/** The flags that help against a failure. The sentences of every other folder are free of flags. */
import type { Finding, HostCode } from "../../api/node/advice.ts";
import type { AnyFault, RequestSubject } from "../../api/exit-codes.ts";
import { rowOf, type OptionName } from "../../api/option-table.ts";
import { asFailure } from "../../lib/fault.ts";
import { shellWord } from "../completion/shell-quotes.ts";
import { flashInstead, loadInstead } from "./try-command.ts";

/** `argv` is the command line that failed. */
type Hint<K extends AnyFault["kind"]> =
  | ((fault: Extract<AnyFault, { readonly kind: K }>, argv: readonly string[]) => string | undefined)
  | undefined;

/** Exhaustive, as exit codes are: a new kind does not compile until it has an entry. Undefined if no flag helps. */
const OF_FAULT: { readonly [K in AnyFault["kind"]]: Hint<K> } = {
  "access-failed": undefined,
  "flow-step": undefined,
  "not-released": undefined,
  "lost-run": undefined,
  "in-the-dark": undefined,
  "operator-failed": undefined,
  "host-failed": undefined,
  "unknown-sequence": undefined,
  "undeclared-variable": undefined,
  redefinition: undefined,
  "read-only-variable": undefined,
  "unknown-function": undefined,
  "wrong-arguments": undefined,
  "not-a-number": undefined,
  "division-by-zero": undefined,
  "call-depth": undefined,
  "message-abort": undefined,
  "loop-timeout": undefined,
  "buffer-limit": undefined,
  "message-limit": undefined,
  "host-limit": undefined,
  "no-debug-info": undefined,
  "no-buffer": undefined,
  "no-host": undefined,
  "not-allowed": ({ allow }) => allowed(shellWord(allow)),
  "remote-probe": ({ probe }) => `--probe ${probe} asks for it; so does --allow remote`,
  "refused-path": undefined,
  "no-place": ({ placeholder }) => flagOfPlace(placeholder),
  "host-problem": undefined,
  deadline: undefined,
  "run-deadline": undefined,
  "sequence-failed": undefined,
  "reserved-result": undefined,
  "atomic-dependency": undefined,
  "not-atomic": undefined,
  "sequence-errors": undefined,
  "not-constant": undefined,
  "expectation-failed": undefined,
  "recipe-deadline": undefined,
  unaligned: undefined,
  "address-too-wide": undefined,
  "unknown-sequence-name": undefined,
  "unknown-processor": ({ known }) => (known.length === 0 ? `give ${flags(["pack", "device"])}` : undefined),
  "unknown-variable": undefined,
  "not-supported": undefined,
  "unreadable-file": undefined,
  "unwritable-file": undefined,
  "malformed-input": undefined,
  "damaged-archive": undefined,
  "encrypted-entry": undefined,
  "archive-limit": undefined,
  "missing-file": undefined,
  "no-description": undefined,
  "bad-pack-name": undefined,
  "unknown-pack": undefined,
  "not-svd": undefined,
  "no-svd": () => `give ${flags(["pack", "device"])}, or ${flags(["svd"])}`,
  "no-such-name": undefined,
  "malformed-xml": undefined,
  "malformed-yaml": undefined,
  "unknown-device": undefined,
  "ambiguous-device": undefined,
  "bad-request": ({ missing = [], about }) =>
    about === undefined ? (missing.length === 0 ? undefined : `give ${flags(missing)}`) : OF_REQUEST[about],
  "bad-flash-buffer": undefined,
  "no-consent": ({ effect }) => allowed(effect),
  "no-answer": () => "--answer gives an answer in advance, --batch takes the default",
  "would-lock": ({ grant }) => allowed(grant),
  "bad-argument": undefined,
  "not-flash": undefined,
  "unknown-session-option": undefined,
  "not-open": undefined,
  "bad-probe-name": () => "`dbgseq doc probes` lists the forms of a probe's name",
  "overlapping-ranges": undefined,
  "bad-model": undefined,
  "bad-model-code": undefined,
  "unknown-model": () => "`dbgseq models` lists them; a file of your own is sim:./FILE.yaml",
  "unknown-option": undefined,
  "bad-option-value": undefined,
  "unknown-part": undefined,
  underivable: undefined,
  "bad-state": undefined,
  "state-in-use": undefined,
  "unknown-register": undefined,
  "no-usb-bus": undefined,
  "no-probe": undefined,
  "several-probes": undefined,
  "probe-not-openable": undefined,
  "probe-timeout": undefined,
  "probe-refused": undefined,
  "probe-protocol": undefined,
  "not-by-this-probe": undefined,
  "probe-given-back": undefined,
  "truncated-packet": undefined,
  "wrong-echo": undefined,
  "wrong-count": undefined,
  "unknown-command": undefined,
  closed: undefined,
  timeout: undefined,
  unplugged: undefined,
  "no-permission": undefined,
  busy: undefined,
  "no-driver": undefined,
  ambiguous: undefined,
  "out-of-step": undefined,
  "unasked-answer": undefined,
  "transfer-failed": undefined,
  "packet-too-long": undefined,
  "oversized-packet": undefined,
  "no-usb-library": undefined,
  "no-connection": undefined,
  "connection-closed": undefined,
  "no-port": ({ code }) =>
    code === "EADDRINUSE" ? "--port chooses another one, --port 0 a free one" : undefined,
  "beyond-loopback": ({ host }) => `--host ${host} --allow remote allows it`,
  "bad-frame": undefined,
  "bad-elf": undefined,
  "bad-algorithm": undefined,
  "bad-image": ({ needs }) => (needs === undefined ? undefined : OF_IMAGE[needs]),
  "other-family": ({ families }) =>
    `--uf2-family chooses one whatever the device is: ${families.map((one) => one.replace(/ .*/, "")).join(", ")}`,
  overlap: undefined,
  "ram-part": ({ only, files }, argv) =>
    only
      ? `RAM is written by: ${loadInstead(argv, files)}`
      : "--ram-parts writes them after flashing; or leave them out of the file",
  "not-ram": ({ mixed, files }, argv) => `flash is programmed by: ${flashInstead(argv, files, mixed)}`,
  "no-flash": undefined,
  "part-of-sector": undefined,
  "whole-only": undefined,
  "flash-sequence-failed": undefined,
  "bad-flashinfo": undefined,
  "not-erased": undefined,
  "no-algorithm": undefined,
  "no-room": ({ needed, available }) =>
    available > 0 || needed === 0 ? "--ram START:SIZE chooses the RAM for the algorithm" : undefined,
  "ram-differs": undefined,
  "not-proved": undefined,
  "algorithm-failed": undefined,
  "algorithm-hangs": undefined,
  "algorithm-crashed": undefined,
  "stack-overflow": undefined,
  differs: undefined,
  "target-fault": ({ ack }) =>
    ack === "NO_ACK" ? "`dbgseq doctor --target` looks for the cause" : undefined,
  "wrong-identity": undefined,
  "core-timeout": undefined,
  "power-timeout": undefined,
  "unknown-debug-port": undefined,
  "undescribed-access-port": undefined,
  "no-debug-port": undefined,
  "no-way-in": undefined,
  "port-lost": undefined,
  "no-chain": undefined,
  "ambiguous-chain": undefined,
  "core-running": undefined,
  "no-halt": undefined,
  "still-in-reset": undefined,
  "reset-not-seen": undefined,
  "reset-line-low": undefined,
  "reset-stuck": undefined,
  "no-access-port": undefined,
  "no-comparator": undefined,
  "not-in-time": undefined,
  "no-such-register": undefined,
  "no-core": undefined,
  interrupted: undefined,
  "hung-up": undefined,
  quit: undefined,
  terminated: undefined,
  "reader-gone": undefined,
  "output-failed": undefined,
};

const OF_IMAGE: Readonly<Record<"algorithm" | "base" | "format", string>> = {
  algorithm: "--algorithm takes it",
  base: "--base ADDRESS gives one, for example --base 0x08000000",
  format: "--format chooses one of these",
};

const OF_REQUEST: Readonly<Record<RequestSubject, string>> = {
  "algorithm-ram": "--ram START:SIZE gives it, for example --ram 0x20000000:0x4000",
  "virtual-time": "omit --virtual, or give --probe sim",
  "target-log": "omit --target-log, or give --probe sim",
  "served-protocol": "--as pyocd lends it",
};

/** Exhaustive, too: for each finding of the doctor, the flag for one of its steps. */
const OF_ADVICE: Readonly<Record<HostCode, string | undefined>> = {
  absent: "--probe sim",
  "no-usb-bus": "--probe sim",
  "no-usb-library": undefined,
  "no-permission": undefined,
  "no-driver": undefined,
  busy: "--wait TIME waits until it is free",
  "wrong-interface": undefined,
  "old-firmware": undefined,
  several: "--probe ID chooses one",
  "not-reachable": undefined,
  "not-a-probe": undefined,
  gone: undefined,
  silent: undefined,
  garbled: undefined,
  "not-by-this-probe": "--protocol, --clock and --atomic best-effort ask for less",
};

/** Returns the first hint of the failure and its causes. */
export function hintOfFailure(error: unknown, argv: readonly string[]): string | undefined {
  for (let at = asFailure(error); at !== undefined; at = asFailure(at.cause)) {
    const hint = hintOf(at.fault, argv);
    if (hint !== undefined) return hint;
  }
  return undefined;
}

function hintOf(fault: { readonly kind: string }, argv: readonly string[]): string | undefined {
  if (!Object.hasOwn(OF_FAULT, fault.kind)) return undefined;
  const hint = OF_FAULT[fault.kind as AnyFault["kind"]] as
    ((fault: unknown, argv: readonly string[]) => string | undefined) | undefined;
  return hint?.(fault, argv);
}

/** Returns the same advice, with the flags of this command line as its last step. */
export function withFlags(advice: Finding): Finding {
  const flag = Object.hasOwn(OF_ADVICE, advice.code) ? OF_ADVICE[advice.code as HostCode] : undefined;
  return flag === undefined ? advice : { ...advice, steps: [...advice.steps, flag] };
}

function allowed(grant: string): string {
  return `allow it with --allow ${grant}`;
}

function flags(names: readonly OptionName[]): string {
  return names.map((name) => rowOf(name).flag ?? "").join(" and ");
}

function flagOfPlace(placeholder: string): string | undefined {
  if (placeholder === "$D") return `give ${flags(["device"])}`;
  if (placeholder === "$S") return `give ${flags(["pack"])}`;
  return `give ${flags(["program"])}`;
}
