/** Command lines that users of other tools type by reflex, and what dbgseq must say to each. */

export interface Reflex {
  /** The tool whose word it is. */
  readonly tool: string;
  /** What follows `dbgseq`; a word in quotes may have spaces. */
  readonly line: string;
  /** The answer has this text. */
  readonly says: string;
  /** What the user wants of the target. A word that does not erase or write must get no command that does. */
  readonly wants: "look" | "move" | "write" | "erase";
}

function of(
  tool: string,
  wants: Reflex["wants"],
  lines: Readonly<Record<string, string>>,
): readonly Reflex[] {
  return Object.entries(lines).map(([line, says]) => ({ tool, line, says, wants }));
}

const GDB = "dbgseq does not have a GDB server; `dbgseq serve`";
const SHELL = "does not have an interactive shell; `dbgseq run -e`";
const BY_ITSELF = "each command connects and leaves by itself";
const LOCKED = "dbgseq run shipped:nordic/nrf52#Recover --connect none";
const OPTIONS = "are options of each command: dbgseq info --protocol swd";
const LOCAL = "`dbgseq packs PART` finds what is on this machine";
const CHIP = "dbgseq erase --chip";
const ORDER = "options follow the command: dbgseq COMMAND";

export const REFLEXES: readonly Reflex[] = [
  ...of("pyocd", "look", {
    "list --probes": "dbgseq probes",
    "list --targets": "dbgseq devices --pack FILE",
    "pack find stm32": LOCAL,
    "pack install stm32f407vg": LOCAL,
    commander: SHELL,
    "cmd -c reset": SHELL,
    gdbserver: GDB,
    gdb: GDB,
    rtt: "`dbgseq serve` lends the probe to a tool with RTT",
    json: "`dbgseq --help` lists the commands",
    "read32 0x20000000": "dbgseq read ADDRESS",
    "savemem 0x20000000 256 ram.bin": "dbgseq dump START:SIZE -o FILE",
    "disasm 0x08000000": "dbgseq does not disassemble",
    "info -t nrf52840": "-t is called --device here",
    "info --uid 1234": "--uid is called --probe here",
    "info --frequency 4000000": "--frequency is called --clock here",
    "info -M under-reset": "-M is called --connect here",
  }),
  ...of("pyocd", "move", { "reset -m hw": "reset --type", server: "dbgseq serve" }),
  ...of("pyocd", "write", {
    "flash --erase chip --target nrf52840 app.hex": "--target is called --device here",
    "flash -a 0x8000 app.bin": "--base ADDRESS",
    "flash --trust-crc app.hex": "unknown option '--trust-crc'",
    "loadmem 0x20000000 ram.bin": "dbgseq write ADDRESS @FILE",
    "write32 0x20000000 1": "dbgseq write ADDRESS VALUE",
  }),
  ...of("pyocd", "erase", {
    "erase --mass": CHIP,
    "erase -c": CHIP,
    "erase --sector 0x0+0x1000": "dbgseq erase START:SIZE",
    unlock: LOCKED,
  }),
  ...of("probe-rs", "look", {
    "attach app.elf": BY_ITSELF,
    "read b32 0x20000000 4": "dbgseq read START:SIZE --width 32",
    trace: "--trace with a command shows what dbgseq does",
    "itm swo": "does not decode trace",
    debug: GDB,
    "dap-server": GDB,
    "chip list": "dbgseq devices --pack FILE",
    "chip info nRF52840": "dbgseq packs PART",
    "benchmark --chip nRF52840": "dbgseq does not measure the firmware",
    "complete install": "dbgseq completion SHELL",
    "info --chip nRF52840_xxAA": "--chip is called --device here",
    "verify app.elf --chip nRF52840_xxAA": "--chip is called --device here",
  }),
  ...of("probe-rs", "write", {
    "download --chip nRF52840_xxAA app.elf": "dbgseq flash FILE",
    "run app.elf": "`dbgseq flash` programs it",
    "write b32 0x20000000 1": "dbgseq write ADDRESS VALUE --width 32",
    "flash --chip nRF52840_xxAA app.hex": "--chip is called --device here",
    "flash --preverify app.hex": "flash verifies by itself",
    "flash --restore-unwritten app.hex": "--keep",
    "flash --connect-under-reset app.hex": "--connect under-reset",
    "flash --binary-format bin app.bin": "--format FORMAT",
  }),
  ...of("probe-rs", "erase", {
    "flash --chip-erase app.hex": "dbgseq flash FILE --erase chip",
    "erase --chip nRF52840_xxAA": "dbgseq erase --chip --device nRF52840_xxAA",
    "erase --chip": "allow it with --allow erase",
  }),
  ...of("openocd", "look", {
    "-f interface/cmsis-dap.cfg -f target/stm32f4x.cfg": "`dbgseq probes` lists probes",
    "mdw 0x20000000 4": "dbgseq read ADDRESS",
    "mdb 0x20000000": "dbgseq read ADDRESS",
    "dump_image ram.bin 0x20000000 256": "dbgseq dump START:SIZE -o FILE",
    "verify_image app.hex": "dbgseq verify FILE",
    "flash banks": "dbgseq devices --pack FILE",
    "flash info 0": "dbgseq devices --pack FILE",
    "dap info": "dbgseq info",
    scan_chain: "dbgseq info",
    targets: "dbgseq devices --pack FILE",
    poll: "dbgseq info",
    "adapter speed 4000": OPTIONS,
    "transport select swd": OPTIONS,
    reg: "dbgseq regs",
    "bp 0x08000100 2 hw": "does not set breakpoints",
    shutdown: BY_ITSELF,
    init: BY_ITSELF,
    "telnet 4444": SHELL,
  }),
  ...of("openocd", "move", {
    '-c "reset halt"': "dbgseq reset --halt",
    '-c "halt"': "dbgseq halt",
    "reset halt": "dbgseq reset --halt",
    "reset init": "dbgseq reset --halt",
    "monitor reset": 'leave out "monitor": dbgseq reset',
  }),
  ...of("openocd", "write", {
    '-c "program app.elf verify reset exit"': "dbgseq flash FILE",
    "program app.elf verify reset exit": "dbgseq flash FILE",
    "flash write_image erase app.hex": "dbgseq flash FILE",
    "load_image ram.bin 0x20000000": "dbgseq load FILE",
    "mww 0x20000000 1": "dbgseq write ADDRESS VALUE",
  }),
  ...of("openocd", "erase", {
    "flash erase_sector 0 0 last": "dbgseq erase START:SIZE",
    "stm32f4x mass_erase 0": CHIP,
    "stm32f4x unlock 0": LOCKED,
  }),
  ...of("JLinkExe", "look", {
    "-device NRF52840_XXAA -if SWD -speed 4000": "-device is called --device here",
    "-CommanderScript script.jlink": "dbgseq recipe run FILE.yaml",
    connect: BY_ITSELF,
    "mem32 0x20000000 4": "dbgseq read ADDRESS",
    "savebin flash.bin 0 0x1000": "dbgseq dump START:SIZE -o FILE",
    "verifybin app.bin 0": "dbgseq verify FILE",
    "speed 4000": OPTIONS,
    ShowEmuList: "dbgseq probes",
    qc: "`dbgseq --help` lists the commands",
    exit: BY_ITSELF,
  }),
  ...of("JLinkExe", "move", { r: "dbgseq reset", g: "dbgseq resume", h: "dbgseq halt", s: "dbgseq step" }),
  ...of("JLinkExe", "write", {
    "loadfile app.hex": "dbgseq flash FILE",
    "loadbin app.bin 0x08000000": "dbgseq flash FILE",
    "w4 0x20000000 1": "dbgseq write ADDRESS VALUE",
    "wreg R0 1": "core registers are only read here",
  }),
  ...of("st-flash", "look", {
    "read out.bin 0x08000000 0x100": "dbgseq read START:SIZE -o out.bin",
    "st-info --probe": "`dbgseq --help` lists the commands",
  }),
  ...of("st-flash", "move", { "st-flash reset": 'leave out "st-flash": dbgseq reset' }),
  ...of("st-flash", "write", {
    "write app.bin 0x08000000": "dbgseq flash app.bin --base ADDRESS",
    "st-flash write app.bin 0x08000000": 'leave out "st-flash": dbgseq write',
  }),
  ...of("nrfjprog", "look", {
    "--ids": "dbgseq probes",
    "--memrd 0x10001000 --n 4": "dbgseq read ADDRESS",
    "--readcode flash.hex": "dbgseq dump START:SIZE -o FILE",
    "--deviceversion": "dbgseq info",
    "--verify app.hex": "dbgseq verify FILE",
    "-f NRF52": ORDER,
  }),
  ...of("nrfjprog", "move", {
    "--reset": "dbgseq reset",
    "-r": "dbgseq reset",
    "--pinreset": "dbgseq reset --type hardware",
    "--halt": "dbgseq halt",
    "--run": "dbgseq resume",
  }),
  ...of("nrfjprog", "write", {
    "--program app.hex --sectorerase --verify": "dbgseq flash FILE",
    "--memwr 0x20000000 --val 1": "dbgseq write ADDRESS VALUE",
  }),
  ...of("nrfjprog", "erase", {
    "--recover": LOCKED,
    "--eraseall": CHIP,
    "--erasepage 0x1000": "dbgseq erase START:SIZE",
  }),
  ...of("nrfjprog", "look", { "--rbp ALL": "one that locks needs --allow lock" }),
  ...of("west", "look", {
    debugserver: GDB,
    attach: BY_ITSELF,
    "build -b nrf52840dk": "dbgseq does not build",
  }),
  ...of("west", "write", {
    "west flash": 'leave out "west": dbgseq flash',
    "flash --runner pyocd": "dbgseq is its own runner",
    "flash --hex-file app.hex": "dbgseq flash FILE",
  }),
  ...of("west", "erase", { "flash --recover": LOCKED }),
  ...of("picotool", "look", {
    "info -a": "info shows all that answers",
    "save -a flash.bin": "dbgseq dump START:SIZE -o FILE",
    version: "dbgseq --version",
    "uf2 convert app.elf app.uf2": "dbgseq reads UF2 files",
  }),
  ...of("picotool", "move", { "reboot -u": "dbgseq reset" }),
  ...of("picotool", "write", { "load -x app.uf2": "--start" }),
  ...of("STM32_Programmer_CLI", "look", {
    "-c port=SWD mode=UR": OPTIONS,
    "-l": "dbgseq probes",
    "-r32 0x20000000 16": "dbgseq read ADDRESS",
    "-u 0x08000000 0x100 out.bin": ORDER,
    "-v": "dbgseq --version",
    "-ob displ": "one that locks needs --allow lock",
  }),
  ...of("STM32_Programmer_CLI", "move", {
    "-rst": "dbgseq reset",
    "-hardRst": "dbgseq reset --type hardware",
  }),
  ...of("STM32_Programmer_CLI", "write", {
    "-w app.hex": "dbgseq flash FILE",
    "-d app.hex": "dbgseq flash FILE",
    "-w32 0x20000000 1": "dbgseq write ADDRESS VALUE",
  }),
  ...of("STM32_Programmer_CLI", "erase", { "-e 0 1": "dbgseq erase START:SIZE", "-rdu": LOCKED }),
];
