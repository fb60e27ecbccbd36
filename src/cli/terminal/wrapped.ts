/** Breaks sentences into lines that fit. Knows no terminal. */
export const COLUMNS = 80;
/** Lines that go on begin here at least, so that none looks like one of its own. */
const LEAST_INDENT = 7;

/** The mark stands before the first line; the lines after it are indented as far. A longer word has a line of its own. */
export function wrapped(mark: string, text: string): readonly string[] {
  const lines: string[] = [];
  const indent = " ".repeat(Math.max(mark.length, LEAST_INDENT));
  let line = mark;
  let isEmpty = true;
  for (const word of text.split(" ")) {
    const next = isEmpty ? `${line}${word}` : `${line} ${word}`;
    if (isEmpty || next.length <= COLUMNS) line = next;
    else {
      lines.push(line);
      line = `${indent}${word}`;
    }
    isEmpty = false;
  }
  return [...lines, line];
}
