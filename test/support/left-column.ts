/** Ways to say a thing that the project does not use, each with the better one. */
export interface Pattern {
  readonly says: RegExp;
  readonly better: string;
}

export const LEFT_COLUMN: readonly Pattern[] = [
  { says: /(?<!\bthere )\b(?:is|are|was|were) no (?!longer\b|more\b|less\b)/i, better: "is not a, must be" },
  { says: /\bthere are 0\b/i, better: "found: none" },
  { says: /\b(?:is|are|was|were) wanted\b/i, better: "expected ..." },
  { says: /\bends? behind\b/i, better: "ends beyond" },
  { says: /\b(?:nobody|whoever|somebody|anybody|whomever)\b/i, better: "the caller, the user, it" },
  { says: /\b(?:left|leave|leaves|leaving)\b[^.;]{0,40}\baway\b/i, better: "omitted" },
  { says: /\bfor want of\b/i, better: "because ... is missing" },
  { says: /\b(?:is|are) none\b(?! of\b)/i, better: "is not one" },
  {
    says: /(?:\b(?:undefined|true|false|null|empty|absent|0|1)|`|\)) where (?!the\b \w+ (?:is|are|stands?)\b)(?:there|it|that|nothing|none|unknown|one|a|an|the|they|no)\b/i,
    better: "if",
  },
];

export function hits(text: string): readonly string[] {
  return LEFT_COLUMN.filter(({ says }) => says.test(text)).map(
    ({ says, better }) => `${says.exec(text)?.[0] ?? ""} -> ${better}`,
  );
}
