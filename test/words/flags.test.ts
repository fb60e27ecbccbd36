/** Flags are words of the command line: only its own folder, the table of options and the manual may use them. */
import { describe, expect, test } from "vitest";
import { commentsIn, sourceFiles, textOf, textsIn } from "../support/source-texts.ts";

const FLAG = /(?<![\w-])--[a-z][a-z-]+/g;

/** Commands of package managers, with flags of their own. */
const OTHERS_COMMANDS = "probe/usb/install.ts";
/** A text that shows the command of another program. */
const OTHER_PROGRAM = /\b(?:usbipd|wsl|udevadm)\b|container with --device \/dev\/bus\/usb/;

const below = sourceFiles().filter(
  ({ path }) => !/^(?:cli|manual)\//.test(path) && path !== "options/table.ts" && path !== OTHERS_COMMANDS,
);

/** Here, and not in a test: this takes seconds on a busy machine. */
const texts = below.map((file) => ({ path: file.path, found: textsIn(file).map(textOf) }));
const comments = below.map((file) => ({ path: file.path, found: commentsIn(file) }));

function flagsIn(path: string, texts: readonly string[]): readonly string[] {
  return texts
    .filter((text) => !OTHER_PROGRAM.test(text))
    .flatMap((text) => (text.match(FLAG) ?? []).map((flag) => `${path}: ${flag}`));
}

describe("below the faces", () => {
  test("there are texts and comments to look at", () => {
    expect(below.length).toBeGreaterThan(300);
    expect(texts.flatMap(({ found }) => found).length).toBeGreaterThan(3000);
    expect(comments.flatMap(({ found }) => found).length).toBeGreaterThan(3000);
  });

  test("no sentence names a flag", () => {
    const found = texts.flatMap((one) => flagsIn(one.path, one.found));
    expect(found).toEqual([]);
  });

  test("no comment names a flag", () => {
    // One shows three spellings of a word that all mean the same.
    const spelt = (comment: string): boolean => comment.includes("`target_override`, `--target-override`");
    const ours = (comment: string): string => comment.replace(/`- -x` must not become `--x`/, "");
    const found = comments.flatMap((one) =>
      flagsIn(one.path, one.found.filter((comment) => !spelt(comment)).map(ours)),
    );
    expect(found).toEqual([]);
  });
});
