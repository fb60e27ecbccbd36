/** Ways of saying that the project does not use, each with the one that it does. */
export interface Pattern {
  readonly says: RegExp;
  readonly better: string;
}

const PATTERNS: readonly Pattern[] = [
  { says: /(?<!\bthere )\b(?:is|are|was|were) no (?!longer\b|more\b|less\b)/i, better: "is not a, must be" },
  { says: /\bthere are 0\b/i, better: "found: none" },
  { says: /\b(?:is|are) wanted\b/i, better: "expected ..." },
  { says: /\bends? behind\b/i, better: "ends beyond" },
  { says: /\b(?:nobody|whoever|somebody|anybody|whomever)\b/i, better: "the caller, the user" },
  { says: /\b(?:left|leave|leaves) away\b/i, better: "omitted" },
  { says: /\bfor want of\b/i, better: "required" },
  { says: /\b(?:undefined|absent|true|false|null|0|1) where\b/i, better: "if" },
  { says: /\bThrows (?:`[\w-]+`(?:, | or |, or )?)+ where\b/, better: "if" },
];

/** What of a text stands in that column, with what to write instead. */
export function leftColumn(text: string): readonly string[] {
  return PATTERNS.flatMap(({ says, better }) => {
    const found = says.exec(text)?.[0];
    return found === undefined ? [] : [`${found} (better: ${better})`];
  });
}
