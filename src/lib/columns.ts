/** How many columns a text takes on a terminal. Knows characters only. */

/** East Asian wide characters, which real packs have in comments, and emoji take two columns. */
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\u9fff\ua000-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}/u;

/** Marks above, below and between other characters take none. */
const NARROW = /[\p{Mn}\p{Me}\u200b-\u200d\ufe0f]/u;

export function columnsOf(text: string): number {
  let columns = 0;
  for (const letter of text) columns += lettersColumns(letter);
  return columns;
}

/** Returns the beginning that fits. */
export function clipped(text: string, columns: number): string {
  let room = columns;
  let clip = "";
  for (const letter of text) {
    room -= lettersColumns(letter);
    if (room < 0) break;
    clip += letter;
  }
  return clip;
}

function lettersColumns(letter: string): number {
  if (letter <= "~") return 1;
  return WIDE.test(letter) ? 2 : NARROW.test(letter) ? 0 : 1;
}
