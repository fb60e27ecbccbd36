/**
 * Declares the shape of a command, and makes its packets. Only this file writes the id; each command knows
 * what follows it.
 */
import { Failure } from "../lib/fault.ts";
import { hex } from "../lib/hex.ts";
import { Reader, Writer } from "./bytes.ts";
import type { CmsisDapFault } from "./faults.ts";

export interface Command<Request, Response> {
  readonly id: number;
  /** The name is spelled as in the CMSIS-DAP documentation. */
  readonly name: string;
  readonly request: {
    encode(request: Request, to: Writer): void;
    decode(from: Reader): Request;
  };
  readonly response: {
    encode(response: Response, to: Writer): void;
    /** The length of some responses follows only from the response together with the request. */
    decode(from: Reader, request: Request): Response;
  };
}

/**
 * The probe answers 0xFF instead of the echo if it does not know the command ("Commands that are not
 * implemented").
 */
export const ID_INVALID = 0xff;

/** Makes the bytes of one request: the id, then the command's own. */
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

/** Does the same as parseResponse, for one response among several in a packet (DAP_ExecuteCommands). */
export function readResponse<Q, R>(command: Command<Q, R>, from: Reader, request: Q): R {
  checkEcho(command, from.u8());
  return command.response.decode(from, request);
}

/** Throws `wrong-count` if there are more than was asked for, or with `all` also if there are fewer. */
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
