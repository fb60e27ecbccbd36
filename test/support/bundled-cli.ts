/** The command line as a file that Node runs, for tests that need a process of its own: signals, other people's programs. */
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";

/** Whoever calls removes the folder. */
export async function bundledCli(): Promise<{ readonly folder: string; readonly cli: string }> {
  const folder = await mkdtemp(join(tmpdir(), "dbgseq-test-"));
  const cli = join(folder, "cli.mjs");
  await build({
    entryPoints: ["src/cli/main.ts"],
    outfile: cli,
    bundle: true,
    format: "esm",
    platform: "node",
    external: ["usb", "node-hid"],
    loader: { ".seq": "text", ".yaml": "text" },
    banner: {
      js: "import { createRequire as make } from 'node:module'; const require = make(import.meta.url);",
    },
    define: { DBGSEQ_VERSION: '"0"' },
    logLevel: "error",
  });
  return { folder, cli };
}
