/**
 * Words of pyOCD, probe-rs, OpenOCD, J-Link Commander, st-flash, nrfjprog, west, picotool and STM32CubeProgrammer for what
 * this tool does, and what it says to those that it has nothing for. Data alone; foreign-hints.ts looks them up.
 */
import { squeezed } from "../lib/arguments.ts";
import { table } from "../lib/table.ts";

/** A phrase has two words, of which the first may be a command of ours: `flash banks`, `erase --mass`. */
type Words = string;

/** The other tools' words, parted by commas, for a command of ours. */
const CALLED: readonly (readonly [ours: string, words: Words])[] = [
  [
    "flash FILE",
    "download, program, burn, loadfile, loadbin, --program, -w, flash write_image, flash write_bank, flash program",
  ],
  ["load FILE", "load_image, loadimage, --loadram"],
  ["write ADDRESS @FILE", "loadmem, mem load"],
  [
    "write ADDRESS VALUE",
    "mww, mwh, mwb, mwd, --memwr, memwr, ww, wh, wb, w1, w2, w4, write8, write16, write32, write64, mem write, -w8, -w16, -w32, poke",
  ],
  [
    "read ADDRESS",
    "mdw, mdh, mdb, mdd, --memrd, memrd, mem8, mem16, mem32, mem64, md, mem, mem read, rw, rh, rb, rd, read8, read16, read32, read64, peek, -r8, -r16, -r32, x",
  ],
  [
    "dump START:SIZE -o FILE",
    "dump_image, dumpimage, savebin, savemem, save, readback, upload, --readcode, --readram, --readuicr, --readqspi, flash read_bank, mem dump",
  ],
  [
    "verify FILE",
    "verify_image, verifyimage, verifybin, verifyfile, compare, cmp, --verify, flash verify_image, flash verify_bank",
  ],
  [
    "erase --chip",
    "--eraseall, eraseall, mass-erase, masserase, chip-erase, chiperase, eraseflash, --masserase",
  ],
  [
    "erase START:SIZE",
    "--erasepage, erasepage, erase_sector, erasesector, flash erase_sector, flash erase_address, -e",
  ],
  [
    "reset",
    "r, --reset, -r, -rst, reboot, --sysreset, --debugreset, --softreset, sysreset, restart, reset run",
  ],
  [
    "reset --type hardware",
    "--pinreset, pinreset, -hardrst, hardreset, --hard-reset, reset --pinreset, reset --hw",
  ],
  ["reset --halt", "reset halt, reset init, "],
  ["halt", "h, --halt, -halt, stop, pause"],
  ["resume", "g, go, c, cont, continue, --run, -run, -g"],
  ["step", "s, si, stepi"],
  ["regs", "reg, registers, rreg, rr, --readregs, info reg, info registers"],
  [
    "probes",
    "list-probes, probe, --list, -l, --ids, -i, ids, lsusb, showemulist, list --probes, list -p, list --boards, list -b, boards, --probe-list",
  ],
  [
    "info",
    "dap, dap info, scan_chain, scanchain, --deviceversion, deviceversion, status, stat, idcode, chipid, poll",
  ],
  ["devices --pack FILE", "targets, chips, chip, chip list, list --targets, list -t, targetlist, expdevlist"],
  ["packs PART", "pack pack show, pack list, pack search, chip info, find"],
  ["serve", "server, probe-server, remote"],
  ["run NAME", "commands, exec, sequence, sequences, execute"],
  ["recipe run FILE.yaml", "-commanderscript, -commandfile, source, script"],
  ["check FILE", "lint, validate"],
  ["eval EXPRESSION", "calc, expr, print"],
  ["doc WORD", "man, usage"],
  ["config", "settings, options, "],
  ["completion SHELL", "complete, completions"],
  ["doctor", "diagnose, diag, "],
  ["--version", "version, ver, -v, --ver"],
  ["--help", ""],
];

const GDB = "dbgseq does not have a GDB server; `dbgseq serve` lends the probe to a tool that has one";
const SHELL =
  "dbgseq does not have an interactive shell; `dbgseq run -e` runs statements, `dbgseq recipe run FILE.yaml` steps";
const LOG =
  "dbgseq does not show what the firmware prints; `dbgseq serve` lends the probe to a tool with RTT or semihosting";
const TRACE =
  "dbgseq does not decode trace of the target; --trace with a command shows what dbgseq does, --traceout prepares the sink";
const LOCKED =
  "`dbgseq doctor --target` says whether the part is locked; sequences that ship with dbgseq open it, and most of them erase it, which needs consent: dbgseq run shipped:nordic/nrf52#Recover --connect none";
const OPTIONS =
  "protocol, clock and the way to connect are options of each command: dbgseq info --protocol swd --clock 4MHz --connect under-reset";
const BY_ITSELF =
  "each command connects and leaves by itself; `dbgseq info` shows what answers, `dbgseq reset --halt` leaves the core halted";
const PACKS_ARE_LOCAL =
  "dbgseq does not install packs: --pack takes a .pack or .pdsc file, and `dbgseq packs PART` finds what is on this machine";
const BREAKPOINTS =
  "dbgseq does not set breakpoints on the command line; `dbgseq reset --halt` and `dbgseq step` move the core";
const PROTECTION =
  "option bytes and locks are changed by sequences alone (`dbgseq list` shows them); one that locks needs --allow lock";

/** Sentences for words that no command of ours stands for. */
const SAID: readonly (readonly [sentence: string, words: Words])[] = [
  [GDB, "gdbserver, gdb, debugserver, gdb-server, dap-server, debug, debug-server, --gdb, gdb_port, mi"],
  [SHELL, "commander, cmd, shell, repl, interactive, telnet, tcl, "],
  [LOG, "rtt, semihosting, arm, log, console, rttlogger, --rtt, term, terminal"],
  [TRACE, "trace, itm, swo, swv, tpiu, etm, swoview"],
  [
    LOCKED,
    "recover, --recover, unlock, unsecure, -rdu, --unlock, deprotect, flash --recover, erase --recover, flash unlock",
  ],
  [PROTECTION, "ob, -ob, option, optionbytes, --rbp, rbp, lock, protect, flash protect, secure, otp"],
  [
    OPTIONS,
    "adapter, transport, speed, interface, -if, select, --speed, --interface, -autoconnect, -connect, --connect-under-reset, transport select, hla_swd",
  ],
  [
    BY_ITSELF,
    "init, connect, attach, con, initdp, disconnect, close, exit, quit, q, shutdown, detach, reconnect",
  ],
  [PACKS_ARE_LOCAL, "pack, pack install, pack update, pack add, pack clean, cpackget, install"],
  [BREAKPOINTS, "b, bp, break, breakpoint, setbp, wp, watch, watchpoint, rwp, bt, backtrace"],
  ["core registers are only read here (`dbgseq regs`)", "wreg, wr, setpc, set_reg"],
  ["dbgseq does not disassemble; `dbgseq read START:SIZE` shows the bytes", "disasm, disas, disassemble"],
  ["dbgseq does not measure the firmware", "profile, benchmark, profiling"],
  ["dbgseq reads UF2 files and does not make them", "uf2, uf2 convert"],
  ["dbgseq does not change the file's signature or the partitions", "seal, encrypt, partition, sign"],
  ["dbgseq does not switch the target's power", "power, poweron, poweroff, target-power"],
  [
    "the flash of a device is what its pack says: dbgseq devices --pack FILE",
    "flash banks, flash info, flash probe, flash list, memmap",
  ],
  [
    "dbgseq does not build; --pack takes the cbuild-run.yml of what was built",
    "build, cargo, make, --build-dir",
  ],
  ["dbgseq is its own runner: leave it out", "runner, --runner, flash --runner, flash -r, flash --softreset"],
  [
    "the file is an argument: dbgseq flash FILE",
    "flash --hex-file, flash --build-dir, flash --bin-file, flash --elf-file, flash --file, flash -x, flash -p, --hex, file",
  ],
  [
    "it is another option here: dbgseq flash FILE --erase chip",
    "flash --chip-erase, flash --erase-all, flash --eraseall, flash --chiperase, flash --masserase",
  ],
  [
    "flash erases the sectors that it needs by itself: --erase sector is the default",
    "flash --sectorerase, flash --sector-erase, flash -e, --sectorerase",
  ],
  ["flash verifies by itself; --no-verify leaves it out", "flash --verify, flash --preverify"],
  ["flash resets by itself; --no-reset leaves it out", "flash -rst, flash --run, flash --start"],
  [
    "it is another option here: --base ADDRESS, for a raw binary",
    "flash --base-address, flash -a, flash --offset, flash -o, load --base-address, load -a, verify --base-address, verify -a",
  ],
  ["it is another option here: --start", "load -x, load --execute"],
  ["it is another option here: --keep", "flash --restore-unwritten, flash --preserve"],
  [
    "it is another option here: --format FORMAT",
    "flash --binary-format, load --binary-format, verify --binary-format",
  ],
  [
    "it is another option here: --connect under-reset",
    "flash --connect-under-reset, reset --connect-under-reset, read --connect-under-reset, info --connect-under-reset, erase --connect-under-reset, write --connect-under-reset, halt --connect-under-reset",
  ],
  [
    "everything is erased by: dbgseq erase --chip",
    "erase --mass, erase --all, erase -c, erase --mass-erase, erase --chip-erase, erase -a, erase --eraseall, erase all",
  ],
  [
    "addresses stand without an option: dbgseq erase START:SIZE",
    "erase --sector, erase -s, erase --sectors, erase --range",
  ],
  [
    "it is another option here: reset --type, for example --type hardware",
    "reset -m, reset --method, reset --reset-type, reset -t",
  ],
  ["info shows all that answers; --all-aps asks every access port of ADIv5", "info -a, info --all, info -l"],
  ["the width is an option: dbgseq read START:SIZE --width 32", "read b8, read b16, read b32, read b64"],
  [
    "the width is an option: dbgseq write ADDRESS VALUE --width 32",
    "write b8, write b16, write b32, write b64",
  ],
];

/** Other programs, and drivers of OpenOCD: people type them before what they mean. */
const IN_FRONT = new Set(
  (
    "west, pyocd, openocd, probers, jlink, jlinkexe, stflash, stinfo, nrfjprog, nrfutil, picotool, monitor, mon, " +
    "stm32f1x, stm32f2x, stm32f4x, stm32l4x, stm32h7x, nrf5, nrf51, nrf52, kinetis, mdm, at91samd, efm32, lpc2000, psoc6"
  ).split(", "),
);

const CALLS = byWord(CALLED);
const SENTENCES = byWord(SAID);

/** What is said to a word or a phrase; undefined if it is not in the table. */
export function answerTo(phrase: string): string | undefined {
  const key = keyOf(phrase);
  const ours = CALLS[key];
  if (ours === undefined) return SENTENCES[key];
  const [name = ""] = ours.split(" ");
  return `"${phrase}" is called ${name} here: dbgseq ${ours}`;
}

/** Whether the word only leads to what is meant: `west flash`, `monitor reset`. */
export function standsInFront(word: string): boolean {
  return IN_FRONT.has(squeezed(word));
}

function byWord(rows: readonly (readonly [string, Words])[]): Readonly<Record<string, string>> {
  return table(
    Object.fromEntries(rows.flatMap(([says, words]) => words.split(", ").map((word) => [keyOf(word), says]))),
  );
}

/** `mass_erase`, `massErase` and `mass-erase` are one word; an option is not a word. */
function keyOf(phrase: string): string {
  return phrase
    .split(" ")
    .map((word) => `${/^-*/.exec(word)?.[0] ?? ""}${squeezed(word)}`)
    .join(" ");
}
