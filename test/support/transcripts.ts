/**
 * Console blocks of a document, as commands with what they print. A line `...` stands for any lines; `; echo $?` behind
 * a command prints its exit code, which is 0 otherwise. `cd FOLDER &&` and `NAME=value` may stand in front of it; redirections
 * and pipes are not understood. Only dbgseq is run here, and `rm FILE` is done.
 */
import { readFileSync, rmSync } from "node:fs";
import { resolve } from "node:path";
import { expect } from "vitest";
import { dbgseqIn } from "./command-line.ts";

export interface Step {
  readonly line: number;
  readonly program: string;
  /** Where it runs, seen from the project. */
  readonly folder: string;
  readonly env: Readonly<Record<string, string>>;
  readonly argv: readonly string[];
  readonly printsCode: boolean;
  readonly expected: readonly string[];
}

/** Every command of a document. */
export function transcript(path: string): readonly Step[] {
  const steps: Step[] = [];
  let open: { readonly step: Omit<Step, "expected">; readonly expected: string[] } | undefined;
  let inside = false;
  const close = (): void => {
    if (open !== undefined) steps.push({ ...open.step, expected: open.expected });
    open = undefined;
  };
  readFileSync(path, "utf8")
    .split("\n")
    .forEach((text, index) => {
      if (text.startsWith("```")) {
        close();
        inside = text === "```console";
      } else if (inside && text.startsWith("$ ")) {
        close();
        const [, folder = ".", variables = "", program = "", words = "", code] =
          COMMAND.exec(text.slice(2)) ?? [];
        const argv = wordsOf(words);
        const env = Object.fromEntries(variables.split(" ").flatMap(pairOf));
        const step = { line: index + 1, program, folder, env, argv, printsCode: code !== undefined };
        open = { step, expected: [] };
      } else open?.expected.push(text);
    });
  close();
  return steps;
}

const COMMAND = /^(?:cd (\S+) && )?((?:\w+=\S+ )*)(?:npx )?([\w./]+) ?(.*?)(; echo \$\?)?$/;

function pairOf(text: string): readonly (readonly [string, string])[] {
  const [name = "", ...value] = text.split("=");
  return name === "" ? [] : [[name, value.join("=")]];
}

/** As a shell splits them: blanks, single and double quotes. */
function wordsOf(text: string): readonly string[] {
  return [...text.matchAll(/(?:'([^']*)'|"([^"]*)"|(\S+))/g)].map(
    ([, single, double, plain]) => single ?? double ?? plain ?? "",
  );
}

/** Runs one command, in the folder that vitest was started in, and holds what it prints against the document. */
export async function replay({ program, folder, env, argv, printsCode, expected }: Step): Promise<void> {
  if (program === "rm") {
    for (const file of argv) rmSync(file);
    return;
  }
  const { code, all } = await dbgseqIn({ cwd: resolve(folder), env }, ...argv);
  const lines = `${all}${printsCode ? `${code}\n` : ""}`.split("\n").slice(0, -1);
  expectLines(lines, expected);
  if (!printsCode) expect(code).toBe(0);
}

/** Holds what a program printed against the lines of the document. */
export function expectLines(lines: readonly string[], expected: readonly string[]): void {
  expect(matches(lines, expected) ? expected : lines).toEqual(expected);
}

/** When something happens on the simulator is no promise of these documents. */
function untimed(line: string): string {
  return line.replace(/^ *\d+\.\d{3} ms/, "ms");
}

function matches(lines: readonly string[], pattern: readonly string[]): boolean {
  const [head, ...rest] = pattern;
  if (head === undefined) return lines.length === 0;
  if (head.trim() === "...")
    return lines.some((_, at) => matches(lines.slice(at), rest)) || matches([], rest);
  return lines.length > 0 && untimed(lines[0] ?? "") === untimed(head) && matches(lines.slice(1), rest);
}
