/** The shape of a command, and its packets. The id stands once, here; each command knows only what follows it. */
import { Failure } from "../lib/fault.ts";
import { hex } from "../lib/hex.ts";
import { Reader, Writer } from "./bytes.ts";
import type { CmsisDapFault } from "./faults.ts";

export interface Command<Request, Response> {
  readonly id: number;
  /** As the CMSIS-DAP documentation spells it. */
  readonly name: string;
  readonly request: {
    encode(request: Request, to: Writer): void;
    decode(from: Reader): Request;
  };
  readonly response: {
    encode(response: Response, to: Writer): void;
    /** Some responses say how long they are only together with what was asked. */
    decode(from: Reader, request: Request): Response;
  };
}

/** Answers 0xFF in place of the echo: the probe does not know the command ("Commands that are not implemented"). */
export const ID_INVALID = 0xff;

/** The bytes of one request: the id, then the command's own. */
export function requestPacket<Q, R>(command: Command<Q, R>, request: Q): Uint8Array {
  const to = new Writer();
  to.u8(command.id);
  command.request.encode(request, to);
  return to.take();
}

/** Checks the echo and decodes; throws `unknown-command`, `wrong-echo` or `truncated-packet`. */
export function parseResponse<Q, R>(command: Command<Q, R>, packet: Uint8Array, request: Q): R {
  const from = new Reader(packet);
  return readResponse(command, from, request);
}

/** As parseResponse, for one response among several in a packet (DAP_ExecuteCommands). */
export function readResponse<Q, R>(command: Command<Q, R>, from: Reader, request: Q): R {
  checkEcho(command, from.u8());
  return command.response.decode(from, request);
}

/** Throws `wrong-count`: more than was asked, or with `all` less. */
export function checkCount(command: string, found: number, expected: number, all: boolean): void {
  if (found === expected || (found < expected && !all)) return;
  throw new Failure<CmsisDapFault>(
    { kind: "wrong-count", command, expected, found },
    `the answer to ${command} says ${found} of ${expected}, and that all went well`,
  );
}

/** Throws `unknown-command` or `wrong-echo`. */
export function checkEcho({ id, name }: { readonly id: number; readonly name: string }, echo: number): void {
  if (echo === id) return;
  if (echo === ID_INVALID)
    throw new Failure<CmsisDapFault>(
      { kind: "unknown-command", command: name, id },
      `the probe does not know ${name} (${hex(id, 2)})`,
    );
  throw new Failure<CmsisDapFault>(
    { kind: "wrong-echo", command: name, expected: id, found: echo },
    `the answer to ${name} (${hex(id, 2)}) begins with ${hex(echo, 2)}: it belongs to another request`,
  );
}
