/** The causes that a look at a target can find: what each means, and what is worth trying. Data alone. */

export interface CauseMeaning {
  readonly means: string;
  readonly tries: string;
}

const cause = (means: string, tries: string): CauseMeaning => ({ means, tries });

export const CAUSES = {
  "no-target-power": cause(
    "nothing answers, and nRESET reads low: no power, or held in reset",
    "measure the target's supply; release the reset button",
  ),
  "no-ack": cause(
    "nothing answers at any clock, awake, dormant or selected, and nRESET is high",
    "connect under reset; check SWDIO, SWCLK and GND; try JTAG",
  ),
  "no-ack-at-this-clock": cause("the target answers at a slower clock only", "use the clock that it names"),
  "lasting-parity": cause(
    "answers have wrong parity at every clock",
    "connect GND beside SWCLK; shorten the wires; disconnect other debuggers",
  ),
  dormant: cause("the debug port answers after the wake-up from dormant only", "connect with that wake-up"),
  "not-selected": cause(
    "several debug ports share the wires, and none answers before TARGETSEL selects it",
    "use the device's pack, or the sequences that ship for it",
  ),
  "no-debug-power": cause(
    "the debug port answers, and the request for debug power is never acknowledged",
    "see that the core supply is on; connect under reset",
  ),
  "no-access-port": cause(
    "the access port of the processor does not exist, and no other one leads to memory",
    "connect under reset; unlock the device",
  ),
  "wrong-access-port": cause(
    "the access port that the description names does not exist; others lead to memory",
    "name the processor and the device that are on the board",
  ),
  "wrong-device": cause("the core or the maker of the part is not the pack's", "name the device on the chip"),
  locked: cause(
    "the vendor's own access port or unit says that the part is locked",
    "the sequence that ships for it; most of them erase everything",
  ),
  "locked-for-ever": cause("the part is locked, and its erase is forbidden", "use another part"),
  "read-protected": cause(
    "the core answers, and option bytes keep debuggers from the flash",
    "the sequence that takes the protection back; it erases everything",
  ),
  "pins-taken": cause(
    "the firmware has taken the debug pins for itself, or the part is locked",
    "acquire the part by its boot ROM",
  ),
  sealed: cause(
    "the access port stays closed, even while nRESET is low",
    "read which protection the part has; see that nRESET is wired",
  ),
  "closed-again": cause(
    "the access port was open, and a reset has closed it",
    "use the device's pack; connect without a reset",
  ),
  "closed-port": cause(
    "the access port is closed: the device sleeps, or is locked",
    "connect under reset, which tells the two apart",
  ),
  "no-core": cause(
    "the access port is open, and no core answers behind it",
    "connect under reset; use the pack",
  ),
  "held-in-reset": cause(
    "the core stays in reset (S_RESET_ST)",
    "release nRESET, or run the device's sequence",
  ),
  lockup: cause("the core is in lockup (S_LOCKUP)", "reset the device; program its vector table"),
  "no-nreset": cause(
    "nRESET reads low and the core runs: the probe has no nRESET",
    "use a system reset; connect with a halt",
  ),
  "nreset-held-low": cause(
    "nRESET stays low after its release, and the core does not run",
    "look for what holds the line: a button, a supervisor, a short circuit",
  ),
  "nreset-not-wired": cause(
    "nRESET was pulled, and the core saw no reset",
    "use a system reset; connect the line with the reset pin",
  ),
  "reset-meanwhile": cause(
    "the core was reset while flash was programmed: a watchdog, or a weak supply",
    "connect under reset; stop the watchdog in debug",
  ),
  "write-protected": cause("the flash controller protects the sector", "clear the protection, then program"),
  "flash-busy": cause("the flash controller stays busy", "switch the power of the target off and on"),
  "wrong-algorithm": cause(
    "the flash algorithm is for another family than the part",
    "use the device's own pack",
  ),
  "secure-denied": cause(
    "secure debug is not allowed, and the address is secure",
    "use the non-secure alias; open secure debug as the vendor says",
  ),
  "bus-hangs": cause("the target answers WAIT without end", "switch the clock of what stands there on first"),
  "no-memory": cause("one address does not answer, while the core does", "see the address; enable the clock"),
  "memory-closed": cause(
    "a memory of the device does not answer at this address",
    "look for a read protection or a power switch",
  ),
} as const satisfies Readonly<Record<string, CauseMeaning>>;

export type CauseCode = keyof typeof CAUSES;

export const CAUSE_CODES = Object.keys(CAUSES) as readonly CauseCode[];
