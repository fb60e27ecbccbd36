/** Values at the edges of what files may say. */

export const NUMBERS: readonly string[] = [
  ..."0 1 -1 -0 2 3 7 8 255 256 65535 65536 0x0 0x1 0x3 0xFFFF 0x7FFFFFFF 0x80000000 0xFFFFFFFC 0xFFFFFFFE 0xFFFFFFFF".split(
    " ",
  ),
  ..."0x100000000 0x1FFFFFFFF 0x7FFFFFFFFFFFFFFF 0xFFFFFFFFFFFFFFFF 0x10000000000000000 4294967295 4294967296".split(
    " ",
  ),
  ..."9007199254740993 1.5 1e3 1e999 -1e999 .5 Infinity 0b11 0o17 017 1_000 0x 0xG 1s".split(" "),
  "9".repeat(40),
  "0x" + "F".repeat(90),
];

export const WORDS: readonly string[] = [
  "",
  " ",
  "__proto__",
  "constructor",
  "toString",
  "hasOwnProperty",
  "..",
  "../../etc/passwd",
  "/",
  "C:\\x",
  "\0",
  "\ud800",
  "日本",
  "a".repeat(5000),
  "*",
  "$(x)",
  "${CMSIS_PACK_ROOT}/x",
  "true",
  "null",
  "V::D:P",
  "1,2",
];

/** Of fields in binary files, 32 bits. */
export const FIELDS: readonly number[] = [
  0, 1, 2, 3, 4, 7, 8, 0xf, 0x10, 0x7f, 0x80, 0xff, 0x100, 0xfff, 0x1000, 0x7fff, 0x8000, 0xffff, 0x1_0000,
  0xff_ffff, 0x100_0000, 0x2000_0000, 0x7fff_fff0, 0x7fff_fff8, 0x7fff_ffff, 0x8000_0000, 0xffff_0000,
  0xffff_fff0, 0xffff_fff8, 0xffff_fffe, 0xffff_ffff,
];
