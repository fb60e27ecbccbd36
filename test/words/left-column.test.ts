/** How messages, help, documents and comments are not written. */
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { leftColumn } from "../support/left-column.ts";
import { commentsIn, sourceFiles, textOf, textsIn } from "../support/source-texts.ts";

const files = sourceFiles();
const texts = files.flatMap((file) => textsIn(file).map((node) => ({ at: file.path, text: textOf(node) })));
const comments = files.flatMap((file) =>
  commentsIn(file).map((comment) => ({ at: file.path, text: comment.replace(/\s*\n\s*\*? ?/g, " ") })),
);

interface Said {
  readonly at: string;
  readonly text: string;
}

function hits(said: readonly Said[]): readonly string[] {
  return said.flatMap(({ at, text }) => leftColumn(text).map((found) => `${at}: ${found}: ${text}`));
}

function documents(): readonly Said[] {
  const root = fileURLToPath(new URL("../../", import.meta.url));
  const listed = execFileSync("git", ["ls-files", "*.md"], { cwd: root, encoding: "utf8" });
  const paths = listed.split("\n").filter((path) => path !== "" && existsSync(`${root}${path}`));
  return paths.flatMap((at) =>
    readFileSync(`${root}${at}`, "utf8")
      .split("\n")
      .map((text) => ({ at, text })),
  );
}

describe("the words of the house", () => {
  test("the patterns find what they are for", () => {
    expect(leftColumn("7 is no address; there are 0, and one is wanted")).toHaveLength(3);
    expect(leftColumn("undefined where nobody answers")).toHaveLength(2);
    expect(leftColumn("there is no such file; it is no longer open; the folder where it is")).toEqual([]);
  });

  test("no text that can be printed is in the left column", () => {
    expect(texts.length).toBeGreaterThan(3000);
    expect(hits(texts)).toEqual([]);
  });

  test("no document is in the left column", () => {
    expect(hits(documents())).toEqual([]);
  });

  test("no comment is in the left column", () => {
    expect(comments.length).toBeGreaterThan(3000);
    expect(hits(comments)).toEqual([]);
  });
});
