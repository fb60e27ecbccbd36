/**
 * PROBE-16: the packed package on a machine that no native package was built for, without a compiler, make or Python: it
 * installs, and does all that needs no USB. The machine is this one, with another architecture named to npm and to the loader.
 */
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { bundledCli } from "../support/bundled-cli.ts";
import { emptyProject, npmProgram, packAll, type Packed } from "../support/packed.ts";
import { registryOf, type Registry } from "../support/registry.ts";
import { serve, type Served } from "../support/served.ts";

const PACK = "examples/01-pack-on-the-simulator/Example.EX32_DFP.pdsc";
const NODE_ALONE = "node-alone";
/** Packing and installing are npm's work, many times as slow on a busy machine. */
const LIMIT_MS = 1_800_000;

let packed: Packed;
let registry: Registry;
let served: Served;
let normal: Awaited<ReturnType<typeof bundledCli>>;

beforeAll(async () => {
  normal = await bundledCli();
  packed = packAll();
  registry = await registryOf(packed.others);
  served = await serve(normal.cli, "--probe", "sim:generic-m4");
  mkdirSync(join(packed.root, NODE_ALONE));
  symlinkSync(process.execPath, join(packed.root, NODE_ALONE, "node"));
  symlinkSync("/bin/sh", join(packed.root, NODE_ALONE, "sh"));
}, LIMIT_MS);
afterAll(async () => {
  await served.stop();
  await registry.close();
  for (const folder of [packed.root, normal.folder]) rmSync(folder, { recursive: true, force: true });
});

/** Nothing on the path but Node and a shell; scripts of packages look there for compilers. */
function environment(): NodeJS.ProcessEnv {
  return {
    PATH: join(packed.root, NODE_ALONE),
    HOME: packed.root,
    npm_config_arch: "riscv64",
    npm_config_platform: "linux",
    npm_config_registry: registry.url,
    npm_config_userconfig: join(packed.root, "none.npmrc"),
    npm_config_update_notifier: "false",
  };
}

async function install(folder: string, ...more: readonly string[]): Promise<{ code: unknown; said: string }> {
  const words = ["install", "--cpu=riscv64", "--os=linux", "--no-audit", "--no-fund", ...more];
  const cache = ["--cache", join(packed.root, "cache")];
  const child = spawn(process.execPath, [npmProgram(), ...words, ...cache, packed.tarball], {
    ...{ cwd: folder, env: environment() },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let said = "";
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding("utf8").on("data", (text: string) => (said += text));
  const [code] = (await once(child, "close")) as [unknown];
  return { code, said };
}

describe.skipIf(process.platform === "win32").each([
  ["npm runs the install scripts, which fail", [], "not-installed"],
  ["npm holds the install scripts back", ["--ignore-scripts"], "no-build"],
])("PROBE-16: %s", (name, more, problem) => {
  let folder = "";
  const dbgseq = (...argv: readonly string[]) => {
    const program = join(folder, "node_modules/.bin/dbgseq");
    const { status, stdout, stderr } = spawnSync(program, argv, { encoding: "utf8", env: environment() });
    return { status, stdout, stderr };
  };

  beforeAll(async () => {
    folder = emptyProject(packed.root, problem);
    const { code, said } = await install(folder, ...more);
    expect({ name, code, said }).toMatchObject({ code: 0 });
    // valibot's types would go with it, if the project had it.
    expect(registry.missed.filter((path) => path !== "/typescript")).toEqual([]);
  }, LIMIT_MS);

  test("the packages are there or not, as the problem is called", () => {
    expect(existsSync(join(folder, "node_modules/usb"))).toBe(problem === "no-build");
    expect(existsSync(join(folder, "node_modules/dbgseq/dist/cli.js"))).toBe(true);
  });

  test.each([
    ["check", ["check", PACK]],
    ["run on the simulator", ["run", "ResetSystem", "--pack", PACK, "--probe", "sim:generic-m4"]],
  ])("%s works", (_what, argv) => {
    expect(dbgseq(...argv)).toMatchObject({ status: 0 });
  });

  test("run over tcp:// works, against a serve of the normal build", () => {
    const ran = dbgseq("run", "-e", 'Message(0, "%08X", Read32(0xE000ED00));', "--probe", served.address);
    expect(ran).toMatchObject({ status: 0, stdout: "410FC241\n" });
  });

  test("probes ends with 3 and the reason", () => {
    const { status, stdout } = dbgseq("probes", "--json");
    expect(status).toBe(3);
    expect(JSON.parse(stdout)).toMatchObject({
      exitCode: 3,
      error: { fault: { kind: "no-usb-library", library: "usb", problem } },
      finding: { code: "no-usb-library" },
    });
  });
});
