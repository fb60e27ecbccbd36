/** The commands by name, as `dbgseq --help` lists them. Each is loaded only when it is used, so that starting is quick. */
import type { Command } from "commander";
import type { Io } from "./terminal/io.ts";

/** Adds arguments, options and the action to a command that already has its name and its summary. */
export type Define = (command: Command, io: Io) => void;

export interface CommandEntry {
  readonly name: string;
  readonly group: CommandGroup;
  readonly summary: string;
  load(): Promise<Define>;
}

export type CommandGroup =
  "Look, without hardware:" | "Run, on a probe or the simulator:" | "Find out what is attached:";

const LOOK = "Look, without hardware:";
const ATTACHED = "Find out what is attached:";

const RUN = "Run, on a probe or the simulator:";

export const COMMANDS: readonly CommandEntry[] = [
  {
    name: "run",
    group: RUN,
    summary: "run a sequence: of the device, of a .seq file, or statements",
    load: async () => (await import("./commands/run.ts")).defineRun,
  },
  {
    name: "reset",
    group: RUN,
    summary: "reset the target by its own sequences",
    load: async () => (await import("./commands/reset.ts")).defineReset,
  },
  {
    name: "halt",
    group: RUN,
    summary: "halt the core and leave it halted",
    load: async () => (await import("./commands/core.ts")).defineHalt,
  },
  {
    name: "resume",
    group: RUN,
    summary: "let the core run",
    load: async () => (await import("./commands/core.ts")).defineResume,
  },
  {
    name: "step",
    group: RUN,
    summary: "one instruction or several; the core is left halted",
    load: async () => (await import("./commands/core.ts")).defineStep,
  },
  {
    name: "regs",
    group: RUN,
    summary: "core registers; a running core is halted for a moment",
    load: async () => (await import("./commands/core.ts")).defineRegs,
  },
  {
    name: "read",
    group: RUN,
    summary: "memory, or registers of the device by name",
    load: async () => (await import("./commands/read.ts")).defineRead,
  },
  {
    name: "write",
    group: RUN,
    summary: "values into memory, or into a register or field by name",
    load: async () => (await import("./commands/write.ts")).defineWrite,
  },
  {
    name: "fill",
    group: RUN,
    summary: "a range of memory with one value",
    load: async () => (await import("./commands/write.ts")).defineFill,
  },
  {
    name: "flash",
    group: RUN,
    summary:
      "program files into flash by the pack's own algorithms, and prove what was programmed (unless --no-verify)",
    load: async () => (await import("./commands/flash.ts")).defineFlash,
  },
  {
    name: "load",
    group: RUN,
    summary: "write files into RAM, read them back, and start them on request",
    load: async () => (await import("./commands/load.ts")).defineLoad,
  },
  {
    name: "erase",
    group: RUN,
    summary: "erase sectors, ranges or all flash by the pack's own algorithms, and see that they are blank",
    load: async () => (await import("./commands/erase.ts")).defineErase,
  },
  {
    name: "verify",
    group: RUN,
    summary: "compare files with the target's memory",
    load: async () => (await import("./commands/verify.ts")).defineVerify,
  },
  {
    name: "dump",
    group: RUN,
    summary: "the target's memory as Intel HEX, S-record, raw binary or readable lines",
    load: async () => (await import("./commands/dump.ts")).defineDump,
  },
  {
    name: "models",
    group: LOOK,
    summary: "the simulated devices that ship, their options and their sources",
    load: async () => (await import("./commands/models.ts")).defineModels,
  },
  {
    name: "model",
    group: LOOK,
    summary: "derive a simulated device from a pack, as a file; check one",
    load: async () => (await import("./commands/model.ts")).defineModel,
  },
  {
    name: "recipe",
    group: RUN,
    summary: "run a bring-up that is written down in YAML",
    load: async () => (await import("./commands/recipe.ts")).defineRecipe,
  },
  {
    name: "test",
    group: LOOK,
    summary: "connect, reset and disconnect every device of a pack on models derived from it",
    load: async () => (await import("./commands/test.ts")).defineTest,
  },
  {
    name: "serve",
    group: RUN,
    summary: "lend a probe, or the simulator, to other programs over TCP",
    load: async () => (await import("./commands/serve.ts")).defineServe,
  },
  {
    name: "list",
    group: LOOK,
    summary: "the sequences of a device, and which definition of each wins",
    load: async () => (await import("./commands/list.ts")).defineList,
  },
  {
    name: "show",
    group: LOOK,
    summary: "one sequence as .seq text, and where it comes from",
    load: async () => (await import("./commands/show.ts")).defineShow,
  },
  {
    name: "check",
    group: LOOK,
    summary: "find mistakes in packs, .seq files and recipes before they touch hardware",
    load: async () => (await import("./commands/check.ts")).defineCheck,
  },
  {
    name: "eval",
    group: LOOK,
    summary: "the value of an expression of the sequence language",
    load: async () => (await import("./commands/eval.ts")).defineEval,
  },
  {
    name: "devices",
    group: LOOK,
    summary: "the devices that a pack describes",
    load: async () => (await import("./commands/devices.ts")).defineDevices,
  },
  {
    name: "override",
    group: LOOK,
    summary: "start a project's own definition of a sequence from the one that wins",
    load: async () => (await import("./commands/override.ts")).defineOverride,
  },
  {
    name: "packs",
    group: LOOK,
    summary: "the packs of this machine, and which of them has a part",
    load: async () => (await import("./commands/packs.ts")).definePacks,
  },
  {
    name: "fmt",
    group: LOOK,
    summary: ".seq files in the one style",
    load: async () => (await import("./commands/fmt.ts")).defineFmt,
  },
  {
    name: "convert",
    group: LOOK,
    summary: "sequences of a pack as .seq, and .seq as elements of a pack",
    load: async () => (await import("./commands/convert.ts")).defineConvert,
  },
  {
    name: "config",
    group: LOOK,
    summary: "the settings in effect, and where each comes from",
    load: async () => (await import("./commands/config.ts")).defineConfig,
  },
  {
    name: "doc",
    group: LOOK,
    summary: "what a word means, and what recipes, models and settings may say",
    load: async () => (await import("./commands/doc.ts")).defineDoc,
  },
  {
    name: "explain",
    group: LOOK,
    summary: "all of the last failure, or what the value of a register says",
    load: async () => (await import("./commands/explain.ts")).defineExplain,
  },
  {
    name: "completion",
    group: LOOK,
    summary: "a script for completion in bash, zsh, fish or PowerShell",
    load: async () => (await import("./commands/completion.ts")).defineCompletion,
  },
  {
    name: "info",
    group: ATTACHED,
    summary: "what answers behind a probe: debug port, access ports, ROM tables, cores",
    load: async () => (await import("./commands/info.ts")).defineInfo,
  },
  {
    name: "probes",
    group: ATTACHED,
    summary: "the CMSIS-DAP probes on this machine's USB",
    load: async () => (await import("./commands/probes.ts")).defineProbes,
  },
  {
    name: "doctor",
    group: ATTACHED,
    summary: "why a probe cannot be used, or a target does not answer, and what to do",
    load: async () => (await import("./commands/doctor.ts")).defineDoctor,
  },
];
