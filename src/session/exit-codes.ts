/** Gives an exit code to each kind of failure. Exhaustive: a new kind does not compile until it has a code. */
import type { CmsisDapFault } from "../cmsis-dap/faults.ts";
import type { CoreSightFault } from "../coresight/wire/faults.ts";
import type { FlashFault } from "../flash/faults.ts";
import type { InterpreterFault, NoHost } from "../interpreter/faults.ts";
import type { ElfFault } from "../lib/formats/elf.ts";
import { Failure } from "../lib/fault.ts";
import type { XmlFault } from "../lib/formats/xml.ts";
import type { YamlFault } from "../lib/formats/yaml.ts";
import type { NotConstant } from "../language/evaluate.ts";
import type { PackFault } from "../pack/faults.ts";
import type { ProbeFault } from "../probe/faults.ts";
import type { TransportFault } from "../probe/transport-faults.ts";
import type { SimulatorFault } from "../simulator/faults.ts";
import type { SessionFault } from "../project/faults.ts";

export const EXIT = {
  success: 0,
  /** What was asked for was done and failed, or errors were found in a sequence before it ran. */
  failed: 1,
  /** The usage was wrong, an input could not be read or parsed, or a stated limit was met. */
  usage: 2,
  noProbe: 3,
  /** The debug port or core did not answer, or answered with an error. */
  target: 4,
  /** It was refused because consent is required. */
  refused: 5,
  hungUp: 129,
  interrupted: 130,
  quit: 131,
  readerGone: 141,
  terminated: 143,
} as const;

/** The second signal does not wait for the release. */
const RELEASED = "the target was released, unless a second signal ended the run at once";

export const EXIT_MEANINGS: Readonly<Record<keyof typeof EXIT, string>> = {
  success: "what was asked for was done",
  failed:
    "what was asked for was done and failed: a sequence, an expectation, programming or its proof, a comparison, a search without a match, findings of check, or errors in a sequence found before it ran",
  usage: "wrong usage, an input that cannot be read or parsed, or a stated limit was reached",
  noProbe: "there is no usable probe, or it did not answer",
  target: "the debug port or core did not answer, or answered with an error",
  refused: "refused: consent required",
  hungUp: `the terminal hung up (SIGHUP); ${RELEASED}`,
  interrupted: `interrupted (Ctrl-C, SIGINT); ${RELEASED}`,
  quit: `quit (Ctrl-\\, SIGQUIT); ${RELEASED}`,
  readerGone: `the reader of standard output or standard error is gone; ${RELEASED}`,
  terminated: `terminated (SIGTERM); ${RELEASED}`,
};

export type AnyFault =
  | CmsisDapFault
  | CoreSightFault
  | FlashFault
  | InterpreterFault
  | NoHost
  | NotConstant
  | PackFault
  | ProbeFault
  | SessionFault
  | SimulatorFault
  | TransportFault
  | ElfFault
  | XmlFault
  | YamlFault;

/** `cause` means that this layer says only where it failed; the one below says what failed. */
export const FAULT_CODES: Readonly<Record<AnyFault["kind"], number | "cause">> = {
  "access-failed": "cause",
  "flow-step": "cause",
  "not-released": "cause",
  "lost-run": "cause",
  "in-the-dark": "cause",
  "operator-failed": "cause",
  "host-failed": "cause",

  "unknown-sequence": EXIT.failed,
  "undeclared-variable": EXIT.failed,
  redefinition: EXIT.failed,
  "read-only-variable": EXIT.failed,
  "unknown-function": EXIT.failed,
  "wrong-arguments": EXIT.failed,
  "not-a-number": EXIT.failed,
  "division-by-zero": EXIT.failed,
  "call-depth": EXIT.failed,
  "message-abort": EXIT.failed,
  "loop-timeout": EXIT.failed,
  "buffer-limit": EXIT.usage,
  "message-limit": EXIT.usage,
  "host-limit": EXIT.usage,
  "no-debug-info": EXIT.usage,
  "no-buffer": EXIT.failed,
  "no-host": EXIT.refused,
  "not-allowed": EXIT.refused,
  "remote-probe": EXIT.refused,
  "refused-path": EXIT.refused,
  "no-place": EXIT.usage,
  "host-problem": EXIT.failed,
  deadline: EXIT.failed,
  "run-deadline": EXIT.failed,
  "sequence-failed": EXIT.failed,
  "reserved-result": EXIT.failed,
  "atomic-dependency": EXIT.failed,
  "not-atomic": EXIT.failed,
  "sequence-errors": EXIT.failed,
  "not-constant": EXIT.failed,
  "expectation-failed": EXIT.failed,
  "recipe-deadline": EXIT.failed,
  unaligned: EXIT.failed,
  "address-too-wide": EXIT.failed,

  "unknown-sequence-name": EXIT.usage,
  "unknown-processor": EXIT.usage,
  "unknown-variable": EXIT.usage,
  "not-supported": EXIT.usage,
  "unreadable-file": EXIT.usage,
  "unwritable-file": EXIT.usage,
  "malformed-input": EXIT.usage,
  "damaged-archive": EXIT.usage,
  "encrypted-entry": EXIT.usage,
  "archive-limit": EXIT.usage,
  "missing-file": EXIT.usage,
  "no-description": EXIT.usage,
  "bad-pack-name": EXIT.usage,
  "unknown-pack": EXIT.usage,
  "not-svd": EXIT.usage,
  "no-svd": EXIT.usage,
  "no-such-name": EXIT.usage,
  "malformed-xml": EXIT.usage,
  "malformed-yaml": EXIT.usage,
  "unknown-device": EXIT.usage,
  "ambiguous-device": EXIT.usage,
  "bad-request": EXIT.usage,
  "bad-flash-buffer": EXIT.failed,
  "no-consent": EXIT.refused,
  "no-answer": EXIT.refused,
  "would-lock": EXIT.refused,
  "bad-argument": EXIT.usage,
  "not-flash": EXIT.usage,
  "unknown-session-option": EXIT.usage,
  "not-open": EXIT.usage,
  "bad-probe-name": EXIT.usage,
  "overlapping-ranges": EXIT.usage,
  "bad-model": EXIT.usage,
  "bad-model-code": EXIT.usage,
  "unknown-model": EXIT.usage,
  "unknown-option": EXIT.usage,
  "bad-option-value": EXIT.usage,
  "unknown-part": EXIT.usage,
  underivable: EXIT.usage,
  "bad-state": EXIT.usage,
  "state-in-use": EXIT.noProbe,
  "unknown-register": EXIT.usage,

  "no-usb-bus": EXIT.noProbe,
  "no-probe": EXIT.noProbe,
  "several-probes": EXIT.noProbe,
  "probe-not-openable": EXIT.noProbe,
  "probe-timeout": EXIT.noProbe,
  "probe-refused": EXIT.noProbe,
  "probe-protocol": EXIT.noProbe,
  "not-by-this-probe": EXIT.noProbe,
  "probe-given-back": EXIT.usage,
  "truncated-packet": EXIT.noProbe,
  "wrong-echo": EXIT.noProbe,
  "wrong-count": EXIT.noProbe,
  "unknown-command": EXIT.noProbe,
  closed: EXIT.noProbe,
  timeout: EXIT.noProbe,
  unplugged: EXIT.noProbe,
  "no-permission": EXIT.noProbe,
  busy: EXIT.noProbe,
  "no-driver": EXIT.noProbe,
  ambiguous: EXIT.noProbe,
  "out-of-step": EXIT.noProbe,
  "unasked-answer": EXIT.noProbe,
  "transfer-failed": EXIT.noProbe,
  "packet-too-long": EXIT.noProbe,
  "oversized-packet": EXIT.noProbe,
  "no-usb-library": EXIT.noProbe,
  "no-connection": EXIT.noProbe,
  "connection-closed": EXIT.noProbe,
  "no-port": EXIT.usage,
  "beyond-loopback": EXIT.refused,
  "bad-frame": EXIT.noProbe,

  "bad-elf": EXIT.usage,
  "bad-algorithm": EXIT.usage,
  "bad-image": EXIT.usage,
  "other-family": EXIT.usage,
  overlap: EXIT.usage,
  "ram-part": EXIT.usage,
  "not-ram": EXIT.usage,
  "no-flash": EXIT.usage,
  "part-of-sector": EXIT.usage,
  "whole-only": EXIT.usage,
  "flash-sequence-failed": "cause",
  "bad-flashinfo": EXIT.usage,
  "not-erased": EXIT.failed,
  "no-algorithm": EXIT.usage,
  "no-room": EXIT.usage,
  "ram-differs": EXIT.failed,
  "not-proved": EXIT.failed,
  "algorithm-failed": EXIT.failed,
  "algorithm-hangs": EXIT.failed,
  "algorithm-crashed": EXIT.failed,
  "stack-overflow": EXIT.failed,
  differs: EXIT.failed,

  "target-fault": EXIT.target,
  "wrong-identity": EXIT.target,
  "core-timeout": EXIT.target,
  "power-timeout": EXIT.target,
  "unknown-debug-port": EXIT.failed,
  "undescribed-access-port": EXIT.target,
  "no-debug-port": EXIT.target,
  "no-way-in": EXIT.target,
  "port-lost": EXIT.target,
  "no-chain": EXIT.target,
  "ambiguous-chain": EXIT.target,
  "core-running": EXIT.target,
  "no-halt": EXIT.target,
  "still-in-reset": EXIT.failed,
  "reset-not-seen": EXIT.failed,
  "reset-line-low": EXIT.failed,
  "reset-stuck": EXIT.target,
  "no-access-port": EXIT.target,
  "no-comparator": EXIT.failed,
  "not-in-time": EXIT.failed,
  "no-such-register": EXIT.usage,
  "no-core": EXIT.target,

  interrupted: EXIT.interrupted,
  "hung-up": EXIT.hungUp,
  quit: EXIT.quit,
  terminated: EXIT.terminated,
  "reader-gone": EXIT.readerGone,
  "output-failed": EXIT.failed,
};

/** The doctor has a finding for each of these. */
export const KINDS_OF_NO_PROBE: readonly string[] = Object.entries(FAULT_CODES)
  .filter(([, code]) => code === EXIT.noProbe)
  .map(([kind]) => kind);

/**
 * Returns the code of the first layer that decides, or undefined for an error that is not a Failure and so is
 * a defect of ours.
 */
export function exitCodeOf(error: unknown): number | undefined {
  let at: unknown = error;
  while (at instanceof Failure) {
    const { fault, cause } = at as Failure;
    const code = FAULT_CODES[fault.kind as AnyFault["kind"]];
    if (typeof code === "number") return code;
    at = cause;
  }
  return error instanceof Failure && at === undefined ? EXIT.failed : undefined;
}
