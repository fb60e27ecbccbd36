/** `sim:NAME?state=FILE`: what one command leaves in the device is what the next one finds. */
import {
  chmodSync,
  existsSync,
  lstatSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { ConnectHelper } from "../../src/index.ts";
import { openStateFile } from "../../src/host/files/state-file.ts";
import { dbgseq, type Finished } from "../support/command-line.ts";
import { folderWith } from "../support/folder.ts";

interface Device {
  readonly folder: string;
  readonly file: string;
  readonly run: (...argv: readonly string[]) => Promise<Finished>;
}

function device(model: string, options = ""): Device {
  const folder = folderWith({});
  const file = join(folder, "kept.json");
  const probe = `sim:${model}?state=${file}${options}`;
  return { folder, file, run: (...argv) => dbgseq(...argv, "--probe", probe, "--no-config") };
}

describe("between commands", () => {
  test("memory stays, and a core that was left halted is halted; nothing but the file is left behind", async () => {
    const { folder, file, run } = device("nrf52840");
    expect((await run("write", "0x20000100", "0x12345678")).code).toBe(0);
    expect((await run("read", "0x20000100")).out).toContain("0x12345678");
    expect((await run("reset", "--halt")).code).toBe(0);
    const state = JSON.parse(readFileSync(file, "utf8")) as { parts: Record<string, Record<string, number>> };
    expect(state.parts["core cm4"]).toMatchObject({ halted: 1, r15: 0x100 });
    expect(readdirSync(folder)).toEqual(["kept.json"]);
  });

  test("a part that was opened by erasing it stays open", async () => {
    const { run } = device("nrf52840", "&protected=yes");
    const seq = ["--seq", "sequences/vendor/nordic/nrf52.seq", "--connect", "none"];
    expect((await run("read", "0")).code).toBe(4);
    expect((await run("run", "Recover", ...seq, "--allow", "erase")).code).toBe(0);
    expect((await run("read", "0")).out).toContain("0xFFFFFFFF");
  });

  test("a command that fails keeps what had happened until then", async () => {
    const { run } = device("generic-m4");
    const statements = "Write32(0x20000000, 7); Write32(0xA0000000, 1); Write32(0x20000004, 8);";
    expect((await run("run", "-e", statements)).code).toBe(4);
    expect((await run("read", "0x20000000")).out).toContain("0x00000007");
  });
});

describe("the file", () => {
  test("is refused if it is of another model, and stays as it is", async () => {
    const { file, run } = device("generic-m4");
    await run("read", "0x20000000");
    const before = readFileSync(file, "utf8");
    const { code, err } = await dbgseq("read", "0", "--probe", `sim:rp2040?state=${file}`, "--no-config");
    expect(code).toBe(2);
    expect(err).toContain(`${file}: it is the state of the model generic-m4, not of rp2040`);
    expect(readFileSync(file, "utf8")).toBe(before);
    expect(existsSync(`${file}.lock`)).toBe(false);
  });

  test("is refused in a missing folder", async () => {
    const { code, err } = await dbgseq(
      "read",
      "0",
      "--probe",
      "sim:generic-m4?state=/nowhere/kept.json",
      "--no-config",
    );
    expect(code).toBe(2);
    expect(err).toContain("/nowhere/kept.json: there is no such folder");
  });

  test("is for one process at a time", async () => {
    const { file, run } = device("generic-m4");
    const held = await openStateFile(file);
    const { code, err } = await run("read", "0x20000000");
    expect(code).toBe(3);
    expect(err).toContain(`the state of this simulated device is in use by process ${process.pid}`);
    await held.release();
    expect((await run("read", "0x20000000")).code).toBe(0);
  });

  test("is taken over from a process that is gone", async () => {
    const { folder, file, run } = device("generic-m4");
    // More than any process number that a kernel gives.
    writeFileSync(`${file}.lock`, "4194305");
    expect((await run("read", "0x20000000")).code).toBe(0);
    expect(readdirSync(folder)).toEqual(["kept.json"]);
  });

  test("leaves a lock that is another program's as it is", async () => {
    const { file, run } = device("generic-m4");
    writeFileSync(`${file}.lock`, "# a list of packages\nleft-pad 1.3.0\n");
    const { code, err } = await run("read", "0x20000000");
    expect({ code, err }).toMatchObject({
      code: 3,
      err: expect.stringContaining("in use by another process") as string,
    });
    expect(readFileSync(`${file}.lock`, "utf8")).toBe("# a list of packages\nleft-pad 1.3.0\n");
  });

  test("is the same file by any link, and the link stays a link", async () => {
    const { folder, file, run } = device("generic-m4");
    const link = join(folder, "link.json");
    symlinkSync("kept.json", link);
    const byLink = (...argv: readonly string[]): Promise<Finished> =>
      dbgseq(...argv, "--probe", `sim:generic-m4?state=${link}`, "--no-config");
    // The file is not there yet: it is made where the link leads.
    expect((await byLink("write", "0x20000000", "5")).code).toBe(0);
    expect(readlinkSync(link)).toBe("kept.json");
    expect(lstatSync(file).isFile()).toBe(true);
    expect((await run("write", "0x20000000", "6")).code).toBe(0);
    expect((await byLink("read", "0x20000000")).out).toContain("0x00000006");
    const held = await openStateFile(link);
    expect((await run("read", "0x20000000")).code).toBe(3);
    await held.release();
  });

  test("is refused if links lead in a circle", async () => {
    const { folder, file, run } = device("generic-m4");
    symlinkSync("other.json", file);
    symlinkSync("kept.json", join(folder, "other.json"));
    const { code, err } = await run("read", "0");
    expect(code).toBe(2);
    expect(err).toContain("cannot be written (ELOOP)");
    expect(lstatSync(file).isSymbolicLink()).toBe(true);
  });

  test("is refused without a name", async () => {
    const { code, err } = await dbgseq("read", "0", "--probe", "sim:generic-m4?state=", "--no-config");
    expect(code).toBe(2);
    expect(err).toContain("state= names no file");
  });

  test.skipIf(process.getuid?.() === 0)(
    "is refused if it may not be written (root may write all)",
    async () => {
      const { file, run } = device("generic-m4");
      await run("read", "0x20000000");
      chmodSync(file, 0o400);
      expect((await run("write", "0x20000000", "5")).code).toBe(2);
    },
  );

  test("that cannot be written at the end makes the run a failure, because its state is lost", async () => {
    const { probe, file, lose, left } = losable();
    const run = ConnectHelper.withSession({ probe }, () => {
      lose();
      return Promise.resolve();
    });
    await expect(run).rejects.toThrow(`${file}: there is no such folder`);
    expect(left()).toEqual(["kept.json.lock"]);
  });

  test("that cannot be written after a failure is reported, and the failure stays what it is", async () => {
    const { probe, file, lose } = losable();
    const notes: string[] = [];
    const onEvent = (event: object): void => {
      if ("text" in event) notes.push(String(event.text));
    };
    const run = ConnectHelper.withSession({ probe, onEvent }, () => {
      lose();
      return Promise.reject(new Error("of the caller"));
    });
    await expect(run).rejects.toThrow("of the caller");
    expect(notes.join("\n")).toContain(`${file}: there is no such folder`);
  });
});

/** A device whose folder goes away while it is in use. */
function losable() {
  const folder = folderWith({ "here/other": "" });
  const here = join(folder, "here");
  const file = join(here, "kept.json");
  return {
    probe: `sim:generic-m4?state=${file}`,
    file,
    lose: () => {
      rmSync(join(here, "other"));
      renameSync(here, join(folder, "there"));
    },
    left: () => readdirSync(join(folder, "there")),
  };
}
