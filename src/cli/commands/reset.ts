/** `dbgseq reset`: the reset flow of the device, with or without stopping at the reset vector. */
import { InvalidArgumentError, Option, type Command } from "commander";
import { ResetType } from "../../api/reset-type.ts";
import { Target } from "../../api/target.ts";
import type { ResetKind } from "../../project/connection-bits.ts";
import type { Connection } from "../../session/connection.ts";
import { withConnection } from "../connected.ts";
import { gather } from "../asked.ts";
import type { Io } from "../io.ts";
import type { OutputOptions } from "../output.ts";
import { readAsked } from "../read-asked.ts";
import { addTargetOptions, type TargetOptions } from "../target-options.ts";
import { addOutputOptions } from "./run.ts";

type ResetOptions = TargetOptions & OutputOptions & { readonly halt?: boolean; readonly type?: ResetWord };

/** Those that are debug sequences, whose flow the session runs. */
const KINDS: readonly ResetKind[] = ["hardware", "system", "processor"];
/** Past the sequences, as the API names them. */
const DIRECT: readonly ResetType[] = [
  ResetType.NSRST,
  ResetType.SYSRESETREQ,
  ResetType.VECTRESET,
  ResetType.EMULATED,
];
type ResetWord = ResetKind | ResetType;

export function defineReset(command: Command, io: Io): void {
  command.addOption(typeOption()).option("--halt", "halt the core at its reset vector and leave it halted");
  addTargetOptions(command);
  addOutputOptions(command).action(async (options: ResetOptions) => {
    const asked = await gather(io, options);
    const inputs = await readAsked(io, asked);
    await withConnection(io, {
      inputs,
      options,
      about: { command: "reset" },
      work: (session) => {
        const { type, halt = false } = options;
        const kind = KINDS.find((one) => one === type);
        if (kind !== undefined || type === undefined)
          return session.runOnce(inputs.context.resetSequence(kind), { halt });
        return session.during(
          () => resetDirectly(session, DIRECT.find((one) => one === type) ?? ResetType.DEFAULT, halt),
          session.settings.leave ?? (halt ? "halted" : "running"),
        );
      },
    });
  });
}

function typeOption(): Option {
  const what =
    "which reset: a debug sequence (hardware, system, processor), or past the sequences nsrst, sysresetreq, vectreset, emulated";
  const option = new Option("--type <type>", what).argParser(resetWord);
  // For completion; the parser says what else is understood.
  option.argChoices = [...KINDS, ...DIRECT];
  return option;
}

/** In any case, and `core` for what the specification calls processor. */
function resetWord(text: string): ResetWord | undefined {
  const lower = text.toLowerCase();
  if (lower === ResetType.DEFAULT) return undefined;
  const found = [...KINDS, ...DIRECT].find((one) => one === (lower === ResetType.CORE ? "processor" : lower));
  if (found !== undefined) return found;
  throw new InvalidArgumentError(`default, ${[...KINDS, ...DIRECT].join(", ")} are possible.`);
}

async function resetDirectly(session: Connection, type: ResetType, halt: boolean): Promise<void> {
  const target = await Target.of(session, { scanAllAps: false, portOnly: false });
  await (halt ? target.resetAndHalt(type) : target.reset(type));
}
