/**
 * Splits a text of arguments into the words that a program gets. No shell takes part, so only quotes and spaces
 * have a meaning.
 */

/**
 * Spaces separate words; "double quotes" keep them in one. `\"` counts as such a quote, for a string of the
 * language cannot hold another. Words are split before placeholders become paths, so that a path with a space
 * stays one word.
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
