/** Words that other tools use for what this one does. */
import type { CommanderError } from "commander";

const COMMANDS: Readonly<Record<string, string>> = {
  load: "flash",
  download: "flash",
  program: "flash",
  reset_run: "reset",
  gdbserver: "serve (there is no GDB server here)",
  gdb: "serve (there is no GDB server here)",
  commander: "shell",
  commands: "run",
};

const OPTIONS: Readonly<Record<string, string>> = {
  "--target": "--device",
  "--chip": "--device",
  "-t": "--device",
  "--frequency": "--clock",
  "--speed": "--clock",
  "-f": "--clock",
  "-u": "--probe",
  "--uid": "--probe",
  "--core": "--pname",
};

/** A sentence for a word that another tool would have understood. */
export function hintFor(argv: readonly string[], error: CommanderError): string | undefined {
  if (error.code === "commander.unknownOption") {
    for (const word of argv) {
      const name = word.split("=", 1)[0] ?? "";
      const ours = OPTIONS[name];
      if (ours !== undefined) return `${name} is called ${ours} here`;
    }
  }
  const ours = COMMANDS[argv[0] ?? ""];
  return ours === undefined ? undefined : `"${argv[0] ?? ""}" is called ${ours} here`;
}
