/** .seq files in the one style, as a job of the library. */
import { readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { formatFiles, readSource, saveFile } from "../../src/index.ts";
import { fault } from "../support/fault.ts";
import { folderWith } from "../support/folder.ts";

const UGLY = "sequence A{ }";
const NICE = "sequence A { }\n";

test("files of a folder are formatted, and those that change are named", async () => {
  const folder = folderWith({ "a.seq": UGLY, "b.seq": NICE, "c.yaml": "x: 1" });
  const seen: string[] = [];
  const changed = await formatFiles([folder], { onFile: ({ path }) => seen.push(path) });
  expect(changed).toEqual([join(folder, "a.seq")]);
  expect(seen).toEqual([join(folder, "a.seq"), join(folder, "b.seq")]);
  expect(readFileSync(join(folder, "a.seq"), "utf8")).toBe(NICE);
});

test("without write nothing changes", async () => {
  const folder = folderWith({ "a.seq": UGLY });
  expect(await formatFiles([folder], { write: false })).toEqual([join(folder, "a.seq")]);
  expect(readFileSync(join(folder, "a.seq"), "utf8")).toBe(UGLY);
});

test("a link that leads out of the folder is skipped, with a note", async () => {
  const outside = folderWith({ "a.seq": UGLY });
  const folder = folderWith({});
  symlinkSync(join(outside, "a.seq"), join(folder, "a.seq"));
  const notes: string[] = [];
  expect(await formatFiles([folder], { onNote: (text) => notes.push(text) })).toEqual([]);
  expect(notes).toEqual([expect.stringContaining("a.seq is passed over") as string]);
});

test("a signal ends it between two files", async () => {
  const folder = folderWith({ "a.seq": UGLY, "b.seq": UGLY });
  const control = new AbortController();
  const job = formatFiles([folder], {
    signal: control.signal,
    onFile: () => {
      control.abort(new Error("enough"));
    },
  });
  await expect(job).rejects.toThrow("enough");
  expect(readFileSync(join(folder, "b.seq"), "utf8")).toBe(UGLY);
});

test("saveFile writes over a file unless it is told not to", async () => {
  const path = join(folderWith({}), "a.seq");
  await saveFile(path, UGLY);
  await saveFile(path, NICE);
  await expect(saveFile(path, UGLY, { replace: false })).rejects.toThrow(fault("unwritable-file"));
  expect((await readSource(path)).text).toBe(NICE);
});

test("readSource drops a byte order mark and refuses what is not text", async () => {
  const folder = folderWith({});
  writeFileSync(join(folder, "a.seq"), `\uFEFF${NICE}`);
  writeFileSync(join(folder, "b.seq"), "a\0b");
  expect((await readSource(join(folder, "a.seq"))).text).toBe(NICE);
  await expect(readSource(join(folder, "b.seq"))).rejects.toThrow(fault("unreadable-file"));
});
