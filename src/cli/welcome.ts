/** What `dbgseq` prints without arguments: the first commands to try, and the attached probes. */
import { listProbes } from "../api/node/probes.ts";
import { Failure } from "../lib/fault.ts";
import type { Io } from "./terminal/io.ts";

const FIRST = `dbgseq runs the debug sequences of CMSIS packs and of .seq files, on a CMSIS-DAP probe or a simulated target.

  dbgseq devices --pack FILE.pdsc                           what a pack describes
  dbgseq list --pack FILE.pdsc --device NAME                its sequences, and which definition wins
  dbgseq check FILE                                         mistakes, before anything touches hardware
  dbgseq run ResetSystem --pack FILE.pdsc --device NAME --probe sim --trace
  dbgseq recipe run FILE.yaml                               a whole bring-up

\`dbgseq --help\` lists everything; \`dbgseq doc NAME\` explains a function, a variable or a sequence.
`;

export async function welcome(io: Io): Promise<void> {
  io.out(`${FIRST}\n${await attached()}\n`);
}

async function attached(): Promise<string> {
  try {
    const probes = await listProbes();
    if (probes.length === 0) return "No CMSIS-DAP probe is attached; `--probe sim` needs none.";
    return ["Attached:", ...probes.map(({ text }) => `  ${text}`)].join("\n");
  } catch (error) {
    if (error instanceof Failure) return `No probe: ${error.message}`;
    throw error;
  }
}
