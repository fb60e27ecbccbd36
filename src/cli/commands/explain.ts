/** `dbgseq explain`: all of the last failure, the value of a register field by field, or what a code means. */
import { EXIT } from "../../api/exit-codes.ts";
import type { Command } from "commander";
import { explainRegister, type ExplainedRegister } from "../../api/calls/registers.ts";
import { explainTopic, topicText } from "../../api/calls/topics.ts";
import { readBytes } from "../../api/node/files.ts";
import { lastFailure, type LastFailure } from "../../api/node/last-failure.ts";
import { Failure } from "../../lib/fault.ts";
import { append } from "../../lib/lists.ts";
import { hex } from "../../lib/hex.ts";
import { JSON_VERSION, type Json } from "../../report/json.ts";
import { badRequest } from "../bad-request.ts";
import { gather } from "../flags/asked.ts";
import { readAsked } from "../flags/read-asked.ts";
import { addDeviceOptions, type TargetOptions } from "../flags/target-options.ts";
import { parseNumber } from "../flags/values.ts";
import { lastFailureText } from "../terminal/failure-whole.ts";
import { whileReading, type Io } from "../terminal/io.ts";
import { registerText } from "../terminal/register-text.ts";

interface ExplainOptions extends TargetOptions {
  readonly svd?: string;
  readonly json?: boolean;
}

/** Registers by name, of a device or without one. */
type Registers = (name: string, value: bigint) => Promise<ExplainedRegister>;

export function defineExplain(command: Command, io: Io): void {
  command
    .argument(
      "[what...]",
      "REGISTER=VALUE of the core, debug port, access port or device; or the code of a cause, finding or failure; without one, the last failure",
    )
    .option("--svd <file>", "registers of the device (the pack's)");
  addDeviceOptions(command)
    .optionsGroup("Output:")
    .option("--json", "one JSON document on stdout")
    .addHelpText(
      "after",
      `
The last failure is kept in the user's cache, for this user alone. With --no-config, or if DBGSEQ_NO_HISTORY is set,
a failure is not kept.

Examples:
  dbgseq explain                                all of the last failure
  dbgseq explain DHCSR=0x00030003 CFSR=0x8200
  dbgseq explain GPIOA.MODER=0xA8000000 --pack Vendor.DFP.pdsc --device NAME
  dbgseq explain nreset-not-wired`,
    )
    .action(async (what: readonly string[], options: ExplainOptions) => {
      const isJson = options.json === true;
      if (what.length === 0) await explainLast(io, isJson);
      else await explainWords(io, what, options, isJson);
    });
}

async function explainLast(io: Io, isJson: boolean): Promise<void> {
  const failure = lastFailure(io.env);
  if (isJson)
    io.json({ version: JSON_VERSION, command: "explain", exitCode: EXIT.success, failure: failure ?? null });
  else if (failure === undefined) io.out("no failure was kept\n");
  else io.out(lastFailureText(failure, await explained(failure)));
}

/** The registers of a failure; a name that is not known stays a number. */
async function explained({ registers }: LastFailure): Promise<readonly ExplainedRegister[]> {
  const found: ExplainedRegister[] = [];
  for (const { name, value } of registers) {
    try {
      found.push(await explainRegister(name, BigInt(value)));
    } catch (error) {
      if (!(error instanceof Failure || error instanceof SyntaxError)) throw error;
    }
  }
  return found;
}

async function explainWords(
  io: Io,
  words: readonly string[],
  options: ExplainOptions,
  isJson: boolean,
): Promise<void> {
  const values = words.filter((word) => word.includes("=")).map(valueIn);
  const registers = values.length === 0 ? explainRegister : await registersOf(io, options);
  const texts: string[] = [];
  const documents: Json[] = [];
  for (const word of words) {
    const value = values.find((one) => one.word === word);
    if (value === undefined) {
      const topics = await explainTopic(word);
      append(texts, topics.map(topicText));
      append(
        documents,
        topics.map((topic) => ({ ...topic }) as unknown as Json),
      );
    } else {
      const register = await registers(value.name, value.value);
      texts.push(registerText(register));
      documents.push(registerJson(register));
    }
  }
  if (isJson)
    io.json({ version: JSON_VERSION, command: "explain", exitCode: EXIT.success, explained: documents });
  else io.out(texts.join("\n"));
}

function valueIn(word: string): { readonly word: string; readonly name: string; readonly value: bigint } {
  const [name = "", text = "", ...more] = word.split("=");
  if (name === "" || text === "" || more.length > 0) throw badRequest(`expected REGISTER=VALUE, not ${word}`);
  try {
    return { word, name, value: parseNumber(text) };
  } catch (error) {
    throw badRequest(`${word}: ${(error as Error).message.replace(/\.$/, "")}`);
  }
}

async function registersOf(io: Io, options: ExplainOptions): Promise<Registers> {
  const { svd, pack, device } = options;
  if (svd === undefined && pack === undefined && device === undefined) return explainRegister;
  const { context, readPackFile } = await readAsked(io, await gather(io, options));
  const file =
    svd === undefined ? undefined : { path: svd, bytes: await whileReading(io, svd, () => readBytes(svd)) };
  return (name, value) => explainRegister(name, value, { context, svd: file, readPackFile });
}

function registerJson({ fields, value, ...register }: ExplainedRegister): Json {
  return {
    kind: "register",
    ...register,
    value: hex(value),
    fields: fields.map((field) => ({ ...field, bits: { ...field.bits }, value: hex(field.value) })),
  };
}
