/** A tree without what layout decides: spans, redundant parentheses, whether a comment shares a line. For comparing two spellings. */
export function shape(tree: unknown): unknown {
  return JSON.parse(
    JSON.stringify(tree, (key, value: unknown) => {
      if (key === "span" || key === "trailing" || key === "parenthesized") return undefined;
      if (typeof value === "bigint") return value.toString();
      if (isComment(value)) return { ...value, text: value.text.trim().replace(/\s*\n\s*/g, "\n") };
      return value;
    }),
  ) as unknown;
}

function isComment(value: unknown): value is { readonly kind: "comment"; readonly text: string } {
  return typeof value === "object" && value !== null && "kind" in value && value.kind === "comment";
}
