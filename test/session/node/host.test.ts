/** Parts of the gate that a command line cannot show: other systems' paths, and files that are exchanged behind its back. */
import { mkdirSync, readFileSync, realpathSync, renameSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { splitArguments } from "../../../src/host/effects/arguments.ts";
import { readResolved, writeResolved } from "../../../src/host/effects/files.ts";
import { contains } from "../../../src/host/effects/gate.ts";
import { refusal, resolvePath } from "../../../src/host/effects/resolve.ts";
import { folderWith } from "../../support/folder.ts";

test.each([
  ["C:/x/y.bin", undefined, "it names a drive, and this host has none"],
  ["x/y.bin", undefined, undefined],
  ["C:y.bin", "it is relative to a drive's own folder", "it names a drive, and this host has none"],
  [
    "//server/share/x",
    "it names another computer or a device (UNC)",
    "it names another computer or a device (UNC)",
  ],
  [
    "//./PhysicalDrive0",
    "it names another computer or a device (UNC)",
    "it names another computer or a device (UNC)",
  ],
  ["x/con", "it names a device", undefined],
  ["x/NUL.txt", "it names a device", undefined],
  ["x/com1", "it names a device", undefined],
  ["x/file.txt:stream", "it names a stream of a file", undefined],
  ["x/file.txt.", "a part of it ends with a dot or a space", undefined],
  ["x /file.txt", "a part of it ends with a dot or a space", undefined],
  ["x/../y/./z", undefined, undefined],
  ["", "it is empty", "it is empty"],
  ["a\0b", "it contains a NUL character", "it contains a NUL character"],
  [`/${"x".repeat(5000)}`, "it is longer than 4096 characters", "it is longer than 4096 characters"],
])("%j on Windows, and elsewhere", (path, onWindows, elsewhere) => {
  expect(refusal(path, "win32")).toBe(onWindows);
  expect(refusal(path, "linux")).toBe(elsewhere);
});

test.skipIf(process.platform === "win32")(
  "a folder contains what is below it, a program is only itself",
  () => {
    expect(contains("/a/b", "/a/b/c", "read")).toBe(true);
    expect(contains("/a/b", "/a/b", "write")).toBe(true);
    expect(contains("/a/b", "/a/bc", "read")).toBe(false);
    expect(contains("/", "/a", "read")).toBe(true);
    expect(contains("/a/b", "/a/b/c", "run")).toBe(false);
  },
);

test.each([
  ["", []],
  ["  a  b ", ["a", "b"]],
  ['--in "a b" c', ["--in", "a b", "c"]],
  ['x"y z"w', ["xy zw"]],
  ['\\"a b\\" ""', ["a b", ""]],
  ["C:\\tools\\x.exe $(rm) ;|&", ["C:\\tools\\x.exe", "$(rm)", ";|&"]],
  ['"open end', ["open end"]],
])("the words of %j", (text, words) => {
  expect(splitArguments(text)).toEqual(words);
});

describe.skipIf(process.platform === "win32")("what is exchanged after the decision", () => {
  const LIMIT = { limitUs: undefined };

  function place(): string {
    return realpathSync(
      folderWith({ "allowed/in.txt": "mine", "other/in.txt": "secret", "other/out.txt": "kept" }),
    );
  }

  test("is not read if it is a link in the file's place", async () => {
    const root = place();
    const { path } = await resolvePath("allowed/in.txt", root);
    renameSync(path, `${path}.old`);
    symlinkSync(join(root, "other/in.txt"), path);
    await expect(readResolved(path, 100, LIMIT)).rejects.toMatchObject({ fault: { kind: "refused-path" } });
  });

  test.each(["in.txt", "out.txt", "new.txt"])(
    "is neither read nor written if it is a link in its folder's place (%s)",
    async (name) => {
      const root = place();
      const { path } = await resolvePath(`allowed/${name}`, root);
      renameSync(join(root, "allowed"), join(root, "moved"));
      symlinkSync(join(root, "other"), join(root, "allowed"));
      const refused = { fault: { kind: expect.stringMatching(/refused-path|host-problem/) as string } };
      await expect(readResolved(path, 100, LIMIT)).rejects.toMatchObject(refused);
      await expect(writeResolved(path, new Uint8Array(4), { append: false, ...LIMIT })).rejects.toMatchObject(
        refused,
      );
      expect(readFileSync(join(root, "other/out.txt"), "utf8")).toBe("kept");
      expect(readFileSync(join(root, "other/in.txt"), "utf8")).toBe("secret");
      if (process.platform === "linux")
        expect(() => readFileSync(join(root, "other/new.txt"))).toThrow(/ENOENT/);
    },
  );

  test("a path is followed part by part, as the system does", async () => {
    const root = place();
    mkdirSync(join(root, "other/deep"));
    symlinkSync("../other/deep", join(root, "allowed/way"));
    // Lexically this were allowed/in.txt.
    expect(await resolvePath("allowed/way/../in.txt", root)).toEqual({
      path: join(root, "other/in.txt"),
      exists: true,
    });
    expect(await resolvePath("allowed\\none\\x", root)).toEqual({
      path: join(root, "allowed/none/x"),
      exists: false,
    });
  });
});
