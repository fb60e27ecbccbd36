/** Packs as they are found on a disk: archives, folders, descriptions; and what is wrong with some of them. */
import { describe, expect, test } from "vitest";
import { where } from "../../src/lib/source.ts";
import { MAX_FILE_BYTES, openArchive } from "../../src/pack/files/archive.ts";
import { PackFailure, type PackFault } from "../../src/pack/faults.ts";
import { openPack } from "../../src/pack/open.ts";
import { corpusFiles, corpusPath, describeCorpus } from "../support/corpus.ts";
import { folderWith } from "../support/folder.ts";
import { zip, type ZipEntry } from "../support/zip.ts";

const PDSC = `<package><vendor>V</vendor><name>N</name><releases><release version="1.2.3"/></releases>
<devices><family Dfamily="F" Dvendor="V:1"><device Dname="D1"/></family></devices></package>`;

function packWith(entries: readonly ZipEntry[]): string {
  return `${folderWith({ "x.pack": zip(entries) })}/x.pack`;
}

async function failure(doing: Promise<unknown>): Promise<PackFailure> {
  const error: unknown = await doing.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof PackFailure) return error;
  throw new Error(`expected a PackFailure, got ${String(error)}`);
}

async function fault(doing: Promise<unknown>): Promise<PackFault> {
  return (await failure(doing)).fault;
}

function text(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}

describe("an archive", () => {
  test("is read in place, with the place of its description in messages", async () => {
    const path = packWith([{ name: "V.N.pdsc", content: PDSC }]);
    const { pack, files, diagnostics } = await openPack(path);
    expect(pack?.id).toBe("V::N@1.2.3");
    expect(pack?.source.path).toBe(`${path}!V.N.pdsc`);
    expect(diagnostics).toEqual([]);
    await files.close();
  });

  test("may have its description in a folder; paths are relative to that", async () => {
    const path = packWith([
      { name: "V.N.1.2.3/V.N.pdsc", content: PDSC },
      { name: "V.N.1.2.3/Flash/A.FLM", content: "inner" },
      { name: "top.txt", content: "top" },
    ]);
    const { pack, files } = await openPack(path);
    expect(pack?.devices().map(({ name }) => name)).toEqual(["D1"]);
    expect(text(await files.read("Flash/A.FLM"))).toBe("inner");
    expect(text(await files.read("top.txt"))).toBe("top");
    await files.close();
  });

  test("is forgiving in case and separators, in its own names and in those asked for", async () => {
    const path = packWith([
      { name: "V.N.pdsc", content: PDSC },
      { name: "Flash\\Back.FLM", content: "back", stored: true },
      { name: "SVD/Chip.svd", content: "svd" },
    ]);
    const { files } = await openPack(path);
    for (const name of ["Flash/Back.FLM", "Flash\\Back.FLM", "./flash//BACK.flm"]) {
      expect(text(await files.read(name))).toBe("back");
    }
    expect(await files.has("svd\\chip.SVD")).toBe(true);
    await files.close();
  });

  test("names the file that is missing, and one that may be meant", async () => {
    const path = packWith([
      { name: "V.N.pdsc", content: PDSC },
      { name: "Flash/A.FLM" },
      { name: "Other/B_512.FLM" },
    ]);
    const { files } = await openPack(path);
    const missing = (file: string, near: string[]): object => ({ kind: "missing-file", path, file, near });
    expect(await fault(files.read("Other/A.FLM"))).toEqual(missing("Other/A.FLM", ["Flash/A.FLM"]));
    expect(await fault(files.read("Other/B_521.FLM"))).toEqual(
      missing("Other/B_521.FLM", ["Other/B_512.FLM"]),
    );
    expect(await fault(files.read("../x.pack"))).toEqual(missing("../x.pack", []));
    await files.close();
  });

  test("with two descriptions at one depth is refused", async () => {
    const path = packWith([{ name: "A.pdsc" }, { name: "B.pdsc" }]);
    expect(await fault(openPack(path))).toEqual({
      kind: "no-description",
      path,
      found: ["A.pdsc", "B.pdsc"],
    });
  });

  test("without a description is refused", async () => {
    expect(await fault(openPack(packWith([{ name: "readme.txt" }])))).toMatchObject({
      kind: "no-description",
      found: [],
    });
  });
});

describe("a damaged archive is refused, and says what is damaged", () => {
  const good: ZipEntry = { name: "V.N.pdsc", content: PDSC };

  test("a wrong checksum", async () => {
    const path = packWith([good, { name: "A.FLM", content: "abc", crc: 0x1234 }]);
    const { files } = await openPack(path);
    expect((await failure(files.read("A.FLM"))).message).toBe(
      `${path}: A.FLM is damaged: its checksum is not the one the archive gives`,
    );
    await files.close();
  });

  test.each([
    ["more bytes than it says", { name: "A.FLM", content: "a".repeat(100_000), uncompressedSize: 10 }],
    ["fewer bytes than it says", { name: "A.FLM", content: "abc", uncompressedSize: 1000 }],
  ])("an entry of %s", async (_, entry) => {
    const { files } = await openPack(packWith([good, entry]));
    expect(await fault(files.read("A.FLM"))).toMatchObject({ kind: "damaged-archive", entry: "A.FLM" });
    await files.close();
  });

  test("an encrypted entry", async () => {
    const { files } = await openPack(packWith([good, { name: "A.FLM", content: "abc", encrypted: true }]));
    expect(await fault(files.read("A.FLM"))).toMatchObject({ kind: "encrypted-entry", entry: "A.FLM" });
    await files.close();
  });

  test("an entry beyond the limit, before anything of it is unpacked", async () => {
    const bomb = { name: "A.FLM", content: "abc", uncompressedSize: MAX_FILE_BYTES + 1 };
    const { files } = await openPack(packWith([good, bomb]));
    const error = await failure(files.read("A.FLM"));
    expect(error.fault).toMatchObject({ kind: "archive-limit", limit: MAX_FILE_BYTES, unit: "bytes" });
    expect(error.message).toContain("A.FLM would be larger than 64 MiB");
    await files.close();
  });

  test("names that lead out of it are not its files", async () => {
    const path = packWith([
      good,
      { name: "../../etc/x" },
      { name: "/abs" },
      { name: "C:/abs" },
      { name: "dir/" },
    ]);
    const archive = await openArchive(path);
    expect(archive.names).toEqual(["V.N.pdsc"]);
    await archive.close();
  });

  test.each([
    ["empty", ""],
    ["text", "this is no archive"],
    ["truncated", zip([good]).subarray(0, 100)],
  ])("a file that is %s", async (_, content) => {
    const path = `${folderWith({ "x.pack": content })}/x.pack`;
    expect(await fault(openPack(path))).toMatchObject({ kind: "damaged-archive", path });
  });

  test("a missing file", async () => {
    expect(await fault(openPack("/nowhere/x.pack"))).toEqual({
      kind: "unreadable-file",
      path: "/nowhere/x.pack",
      reason: "there is no such file",
    });
  });
});

describe("a pack in a folder", () => {
  test("is found by its description or by the folder", async () => {
    const root = folderWith({ "V.N.pdsc": PDSC, "Flash/A.FLM": "flm", "Flash/sub/b.txt": "b" });
    for (const path of [root, `${root}/V.N.pdsc`]) {
      const { pack, files } = await openPack(path);
      expect(pack?.source.path).toBe(`${root}/V.N.pdsc`);
      expect(text(await files.read("FLASH\\a.flm"))).toBe("flm");
      expect(await files.has("Flash")).toBe(false);
      expect(await files.has("../x")).toBe(false);
      expect(await fault(files.read("Flash/AA.FLM"))).toMatchObject({ near: ["Flash/A.FLM"] });
      await files.close();
    }
  });

  test("without a description is refused", async () => {
    expect(await fault(openPack(folderWith({})))).toMatchObject({ kind: "no-description" });
    expect(await fault(openPack("/nowhere/x.pdsc"))).toMatchObject({ kind: "unreadable-file" });
  });
});

describe("a description", () => {
  const latin = Buffer.from(
    `<?xml version="1.0"?><package><vendor>V\u00e4</vendor><name>N</name></package>`,
    "latin1",
  );
  const wide = Buffer.from(`\ufeff<package><vendor>V\u00e4</vendor><name>N</name></package>`, "utf16le");
  const marked = Buffer.from(`\ufeff<package><vendor>V\u00e4</vendor><name>N</name></package>`);
  test.each([
    ["in Latin-1", latin],
    ["in UTF-16", wide],
    ["with a byte order mark", marked],
  ])("%s is read", async (_, bytes) => {
    const root = folderWith({ "x.pdsc": bytes });
    expect((await openPack(`${root}/x.pdsc`)).pack?.id).toBe("V\u00e4::N");
  });

  test("that is malformed in an archive says where", async () => {
    const path = packWith([{ name: "V.N.pdsc", content: "<package>\n  <a></b>\n</package>" }]);
    const { pack, diagnostics, files } = await openPack(path);
    expect(pack).toBeUndefined();
    expect(diagnostics.map(({ span, malformed }) => [where(span), malformed])).toEqual([
      [`${path}!V.N.pdsc:2:6`, true],
    ]);
    await files.close();
  });
});

describeCorpus("real packs", () => {
  test.each(corpusFiles("packs"))("%s", async (path) => {
    const { pack, files, diagnostics } = await openPack(corpusPath(path));
    expect(diagnostics).toEqual([]);
    const named = new Set<string>();
    for (const { description } of pack?.descriptions() ?? []) {
      for (const { file } of description.algorithms) named.add(file);
      for (const { svd } of description.debugs) if (svd !== undefined) named.add(svd);
    }
    const missing: string[] = [];
    for (const file of named) {
      if (!(await files.has(file))) missing.push(file);
      else expect((await files.read(file)).length).toBeGreaterThan(0);
    }
    await files.close();
    expect(missing).toEqual([]);
  });
});
