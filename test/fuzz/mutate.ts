/** Damage to texts and bytes, as slips, broken transfers and malice make it. Knows no language but its signs and words. */
import type { Random } from "./random.ts";

export const PIECES: readonly string[] = [
  ..."{ } ( ) ; , ? : @ = == != <= >> << && || & | ^ ~ ! + - * / % ++ -- [ ] . ' # \\ \" // /* */ < > </ /> <!-- --> <![CDATA[ ]]>".split(
    " ",
  ),
  ..."&amp; &lt; &#x0; &#x110000; &nope; <?xml ?> <!DOCTYPE <a> </block> <block> <control> </control> <sequence>".split(
    " ",
  ),
  ..."if while else group block atomic sequence disable for requires import scope timeout __var __dp __Result x".split(
    " ",
  ),
  ..."Read32 Write32 Message Sequence DAP_Delay constructor __proto__ toString 0 1 0x 0x10 0b1 010 1s 50ms 1.5".split(
    " ",
  ),
  "0xFFFFFFFFFFFFFFFFF",
  "99999999999999999999999999",
  "\n",
  "\r\n",
  "\t",
  "\0",
  "\u00a0",
  "\ufeff",
  "\u2028",
  "\ud800",
  "日本",
  '<block atomic="1">',
  '<control while="1" timeout="99999999999">',
];

/** One to five changes; `others` are texts to take pieces from. */
export function mutated(text: string, random: Random, others: readonly string[]): string {
  let now = text;
  for (let left = 1 + random.int(5); left > 0; left--) now = changed(now, random, others);
  return now;
}

function changed(text: string, random: Random, others: readonly string[]): string {
  const at = random.int(text.length + 1);
  const length = random.oneIn(8) ? random.int(400) : random.int(12);
  const before = text.slice(0, at);
  const behind = text.slice(at);
  switch (random.int(8)) {
    case 0:
      return before + behind.slice(length);
    case 1:
      return before + random.pick(PIECES) + behind;
    case 2:
      return before + random.pick(PIECES) + behind.slice(length);
    case 3:
      return before + behind.slice(0, length).repeat(2 + random.int(20)) + behind;
    case 4:
      return before + String.fromCharCode(random.int(random.oneIn(4) ? 65536 : 128)) + behind.slice(1);
    case 5: {
      const other = random.pick(others);
      const from = random.int(other.length + 1);
      return before + other.slice(from, from + random.int(200)) + behind;
    }
    case 6:
      return swapped(text, random);
    default:
      return random.oneIn(6) ? before : before + random.pick(PIECES).repeat(1 + random.int(300)) + behind;
  }
}

/** Two words in each other's place. */
function swapped(text: string, random: Random): string {
  const words = [...text.matchAll(/\w+/g)];
  if (words.length < 2) return text;
  const [one, other] = [random.int(words.length), random.int(words.length)];
  const [first, second] = [words[Math.min(one, other)], words[Math.max(one, other)]];
  if (first === undefined || second === undefined || first.index === second.index) return text;
  return (
    text.slice(0, first.index) +
    second[0] +
    text.slice(first.index + first[0].length, second.index) +
    first[0] +
    text.slice(second.index + second[0].length)
  );
}

/** Bytes that are other bytes, missing, doubled or cut off. */
export function mutatedBytes(bytes: Uint8Array, random: Random): Uint8Array {
  const now = Buffer.from(bytes);
  for (let left = random.int(5); left > 0; left--) {
    if (now.length > 0)
      now[random.int(now.length)] = random.oneIn(3) ? random.pick([0, 0xff, 0x7f, 0x80]) : random.int(256);
  }
  const at = random.int(now.length + 1);
  if (random.oneIn(10)) return now.subarray(0, at);
  if (random.oneIn(10))
    return Buffer.concat([now.subarray(0, at), now.subarray(Math.min(now.length, at + random.int(40)))]);
  return random.oneIn(10) ? Buffer.concat([now.subarray(0, at), now]) : now;
}
