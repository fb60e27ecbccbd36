/** How fast text becomes a checked tree. */
import { check } from "../../src/language/check/checker.ts";
import { parseScript } from "../../src/language/text/parse.ts";
import { Source } from "../../src/lib/source.ts";

const BLOCK = `
  __var value = 0;
  value  = Read32(0xE00E1004);            // read
  value |= 0x00670000;
  if (value & 0x7) { Write32(0xE00E1004, value | (1 << 20)); }
  Write32(0xE00E1034, (value & ~(3 << 4)) | (2 << 4));
  while ((Read32(0xE000EDF0) & 0x02000000) != 0) timeout 500ms;
  DAP_Delay(10000);
  Message(0, "value %x", value);
`;

const WARM_ROUNDS = 8;

export interface ParseRate {
  readonly statements: number;
  readonly seconds: number;
}

/** Statements a second through lexer, parser and checker, after enough rounds for the compiler to have seen it. */
export function parseRate(): ParseRate {
  const sequences = Array.from({ length: 200 }, (_, index) => `sequence S${index} {${BLOCK}}`);
  const source = new Source("bench.seq", sequences.join("\n"));
  const context = {
    debugVars: new Set<string>(),
    sequences: new Set(sequences.map((_, index) => `S${index}`)),
  };
  const round = (): void => {
    const { script } = parseScript(source);
    check(
      script.items.flatMap((item) => (item.kind === "sequence" ? [item] : [])),
      context,
    );
  };
  for (let warm = 0; warm < WARM_ROUNDS; warm++) round();
  const startMs = performance.now();
  round();
  return { statements: sequences.length * 8, seconds: (performance.now() - startMs) / 1000 };
}
