/** Files that commands write: whole or not at all, and what was there stays where they cannot be written. */
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
} from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { growFile, replaceFile, writeNewFile } from "../../src/host/files/output-files.ts";
import { createWhole, replaceWhole } from "../../src/host/whole-files.ts";
import { dbgseqIn, type Finished } from "../support/command-line.ts";
import { folderWith } from "../support/folder.ts";

const SIM = ["--probe", "sim:generic-m4"];

function dump(file: string): Promise<Finished> {
  return dbgseqIn({ cwd: ".", env: {} }, "dump", "0x20000000:0x10", "-o", file, "--format", "bin", ...SIM);
}

describe("a file that replaces another one", () => {
  test("is whole, keeps the mode, and leaves nothing beside it", async () => {
    const root = folderWith({ "d.bin": "old" });
    chmodSync(join(root, "d.bin"), 0o640);
    expect((await dump(join(root, "d.bin"))).code).toBe(0);
    expect(statSync(join(root, "d.bin")).size).toBe(16);
    expect(statSync(join(root, "d.bin")).mode & 0o777).toBe(0o640);
    expect(readdirSync(root)).toEqual(["d.bin"]);
  });

  test("goes where a link leads, which stays a link", async () => {
    const root = folderWith({ "there/d.bin": "old" });
    symlinkSync("there/d.bin", join(root, "link"));
    symlinkSync("there/new.bin", join(root, "fresh"));
    await dump(join(root, "link"));
    await dump(join(root, "fresh"));
    expect(lstatSync(join(root, "link")).isSymbolicLink()).toBe(true);
    expect(readdirSync(join(root, "there"))).toEqual(["d.bin", "new.bin"]);
    expect(statSync(join(root, "there/d.bin")).size).toBe(16);
  });

  test.skipIf(process.platform === "win32")("does not replace a device", async () => {
    expect((await dump("/dev/null")).code).toBe(0);
    expect(lstatSync("/dev/null").isCharacterDevice()).toBe(true);
  });

  test.skipIf(!existsSync("/dev/full"))("says that the disk is full", async () => {
    const { code, err } = await dump("/dev/full");
    expect(code).toBe(2);
    expect(err).toContain("/dev/full: no space is left on the device");
  });

  test("leaves the old content if it cannot be written, and nothing beside it", async () => {
    const root = folderWith({ "kept/a": "old" });
    const { code, err } = await dump(join(root, "kept"));
    expect([code, err]).toEqual([2, expect.stringContaining("this is a folder")]);
    await expect(replaceWhole(join(root, "kept"), "new")).rejects.toThrow();
    await expect(createWhole(join(root, "kept"), "new")).rejects.toMatchObject({ code: "EEXIST" });
    await expect(replaceFile(join(root, "none/a"), "new")).rejects.toThrow("there is no such folder");
    expect(readdirSync(root)).toEqual(["kept"]);
    expect(readFileSync(join(root, "kept/a"), "utf8")).toBe("old");
  });

  test("takes a free name if it must be new", async () => {
    const root = folderWith({ "k.hex": "old" });
    expect(await writeNewFile(join(root, "k.hex"), Uint8Array.of(1))).toBe(join(root, "k-2.hex"));
    expect(readdirSync(root)).toEqual(["k-2.hex", "k.hex"]);
  });
});

describe("a file that grows while a run goes on", () => {
  test("has its name when it is closed; the old one is there until then", async () => {
    const root = folderWith({ "w.vcd": "old" });
    const file = await growFile(join(root, "w.vcd"));
    file.write("new");
    expect(readFileSync(join(root, "w.vcd"), "utf8")).toBe("old");
    file.close();
    expect(readFileSync(join(root, "w.vcd"), "utf8")).toBe("new");
    expect(readdirSync(root)).toEqual(["w.vcd"]);
  });

  test("--wire is kept if the run fails, for it shows why", async () => {
    const root = folderWith({});
    const wire = join(root, "w.vcd");
    const words = ["run", "-e", "Write32(0xA0000000, 1);", ...SIM, "--wire", wire];
    expect((await dbgseqIn({ cwd: root, env: {} }, ...words)).code).toBe(4);
    expect(readFileSync(wire, "utf8")).toContain("$enddefinitions");
    expect(readdirSync(root)).toEqual(["w.vcd"]);
  });

  test.skipIf(!existsSync("/dev/full"))(
    "a full disk does not end a run, and only the file fails",
    async () => {
      const words = ["run", "-e", 'Message(0, "done");', ...SIM, "--wire", "/dev/full"];
      const { code, out, err } = await dbgseqIn({ cwd: folderWith({}), env: {} }, ...words);
      expect([code, out]).toEqual([2, "done\n"]);
      expect(err).toContain("/dev/full: no space is left on the device");
    },
  );

  test("one that cannot be created is refused before the run", async () => {
    const root = folderWith({});
    mkdirSync(join(root, "w.vcd"));
    const words = ["run", "-e", 'Message(0, "done");', ...SIM, "--wire", join(root, "w.vcd")];
    const { code, out } = await dbgseqIn({ cwd: root, env: {} }, ...words);
    expect([code, out]).toEqual([2, ""]);
  });
});
