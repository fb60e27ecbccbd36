/** What `--watch` follows: files that editors exchange, folders that go away. No other test waits for a file system's events. */
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { whenever } from "../../src/host/files/watch.ts";
import { dbgseq } from "../support/command-line.ts";
import { folderWith } from "../support/folder.ts";

test("a file is followed by its name, whichever file has that", async () => {
  const root = folderWith({ "x.seq": "first" });
  const file = join(root, "x.seq");
  const put = (text: string): void => {
    writeFileSync(join(root, "beside"), text);
    renameSync(join(root, "beside"), file);
  };
  const abort = new AbortController();
  const next: Readonly<Record<string, () => void>> = {
    first: () => {
      put("second");
    },
    second: () => {
      put("third");
    },
    third: () => {
      abort.abort();
    },
  };
  const seen: string[] = [];
  await whenever([file], abort, () => {
    const text = readFileSync(file, "utf8");
    if (seen.at(-1) !== text) {
      seen.push(text);
      next[text]?.();
    }
    return Promise.resolve();
  });
  expect(seen).toEqual(["first", "second", "third"]);
});

test("a folder that was replaced by another one is followed", async () => {
  const root = folderWith({ "own/x.seq": "first" });
  const own = join(root, "own");
  const abort = new AbortController();
  let rounds = 0;
  await whenever([own], abort, () => {
    rounds += 1;
    if (rounds === 1) {
      rmSync(own, { recursive: true });
      mkdirSync(own);
      setImmediate(() => {
        writeFileSync(join(own, "y.seq"), "second");
      });
    } else abort.abort();
    return Promise.resolve();
  });
  expect(rounds).toBe(2);
});

test("a folder that is gone ends it with a sentence", async () => {
  const own = join(folderWith({ "own/x.seq": "first" }), "own");
  const ended = whenever([own], {}, () => {
    rmSync(own, { recursive: true, force: true });
    return Promise.resolve();
  });
  await expect(ended).rejects.toMatchObject({ fault: { kind: "unreadable-file", path: own } });
});

test.skipIf(process.platform === "win32")("a working folder that is gone does so, too", async () => {
  const own = join(folderWith({ "own/x.seq": "first" }), "own");
  const before = process.cwd();
  onTestFinished(() => {
    process.chdir(before);
  });
  process.chdir(own);
  const ended = whenever(["."], {}, () => {
    rmSync(own, { recursive: true, force: true });
    return Promise.resolve();
  });
  await expect(ended).rejects.toMatchObject({ fault: { kind: "unreadable-file" } });
});

test("a missing path is reported", async () => {
  const none = join(folderWith({ "x.seq": "" }), "none");
  expect(await dbgseq("check", none, "--watch")).toMatchObject({
    code: 2,
    err: `error: ${none}: there is no such file\n`,
  });
});
