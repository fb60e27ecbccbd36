/** One text of arguments as the words that a program gets. No shell takes part, so no sign but quotes and spaces means anything. */

/**
 * Spaces part words; "double quotes" keep them in one, and `\"` counts as such a quote, for a string of the language can hold
 * no other. Words are parted before placeholders become paths, so that a path with a space stays one word.
 */
export function splitArguments(text: string): readonly string[] {
  const words: string[] = [];
  let word: string | undefined;
  let quoted = false;
  for (const sign of text.replaceAll('\\"', '"')) {
    if (sign === '"') {
      quoted = !quoted;
      word ??= "";
    } else if (!quoted && /\s/.test(sign)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else word = (word ?? "") + sign;
  }
  return word === undefined ? words : [...words, word];
}
