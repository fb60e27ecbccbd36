/** All of a failure that was kept: what its screen left out, too. */
import type { ExplainedRegister } from "../../api/calls/registers.ts";
import type { LastFailure } from "../../api/node/last-failure.ts";
import { greatest } from "../../lib/lists.ts";
import { registerText } from "./register-text.ts";
import { COLUMNS, wrapped } from "./wrapped.ts";

/** With a newline at the end. */
export function lastFailureText(failure: LastFailure, registers: readonly ExplainedRegister[]): string {
  const { when, command, exitCode, sentences, diagnosis, notes, places, variables, tried } = failure;
  const lines = [
    ...wrapped("command: ", command),
    `   when: ${when}, exit code ${exitCode}`,
    ...(diagnosis === null
      ? []
      : [...wrapped("  cause: ", diagnosis.says), `         ${diagnosis.code} (${diagnosis.certainty})`]),
    ...sentences.flatMap((one, at) =>
      one.split("\n").flatMap((line) => wrapped(at === 0 ? "  error: " : "because: ", line)),
    ),
    ...section(
      "places",
      places.flatMap(({ where, lines: quoted }) => [...wrapped("  ", where), ...quoted]),
    ),
    ...section(
      "variables",
      variables.map(({ name, value }) => `  ${name} = ${value}`),
    ),
    ...section("tried", table(tried.map(({ name, reason }) => [name, reason]))),
    ...section(
      "seen",
      [...(diagnosis?.evidence ?? []), ...notes].flatMap((one) => wrapped("  ", one)),
    ),
    ...section(
      "registers",
      registers.flatMap((one) =>
        registerText(one, COLUMNS - 2)
          .trimEnd()
          .split("\n")
          .map((line) => `  ${line}`),
      ),
    ),
    ...section(
      "try",
      (diagnosis?.tries ?? []).flatMap((one) => wrapped("  ", one)),
    ),
  ];
  return lines.map((line) => `${line}\n`).join("");
}

function section(title: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : ["", `${title}:`, ...lines];
}

function table(rows: readonly (readonly [name: string, text: string])[]): readonly string[] {
  const width = greatest(rows.map(([name]) => name.length));
  return rows.flatMap(([name, text]) => wrapped(`  ${name.padEnd(width)}  `, text));
}
