/** The package as a stranger gets it: packed by npm out of a copy of this project, installed into an empty folder, offline. */
import { spawnSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";

/** What packing does not read, or must not disturb. */
const LEFT_OUT: readonly string[] = ["node_modules", "dist", ".git", "test", "coverage"];
/** Of strangers who write TypeScript for Node. */
const TYPES_OF_NODE = "@types/node";

export interface Stranger {
  /** The folder with `node_modules/dbgseq`. */
  readonly folder: string;
  /** Runs Node there and yields what it prints to both streams; throws where it fails. */
  node(...argv: readonly string[]): string;
  run(program: string, ...argv: readonly string[]): string;
  write(name: string, text: string): void;
  remove(): void;
}

export function installPacked(): Stranger {
  const root = mkdtempSync(join(tmpdir(), "dbgseq-stranger-"));
  const folder = join(root, "project");
  const tarballs = join(root, "tarballs");
  for (const made of [folder, tarballs]) mkdirSync(made);
  npm(copyOfProject(join(root, "publisher")), "pack", "--pack-destination", tarballs);
  // The registry is not asked: what the lock file pins is packed again out of node_modules.
  const needed = [...closure([...runtimeDependencies(), TYPES_OF_NODE])];
  npm(root, "pack", "--ignore-scripts", "--pack-destination", tarballs, ...needed);
  writeFileSync(join(folder, "package.json"), '{ "name": "stranger", "private": true, "type": "module" }\n');
  const files = readdirSync(tarballs).map((name) => join(tarballs, name));
  npm(folder, "install", "--offline", "--no-audit", "--no-fund", "--ignore-scripts", ...files);
  return {
    folder,
    node: (...argv) => run(folder, process.execPath, argv),
    run: (program, ...argv) => run(folder, program, argv),
    write: (name, text) => {
      writeFileSync(join(folder, name), text);
    },
    remove: () => {
      rmSync(root, { recursive: true, force: true });
    },
  };
}

function copyOfProject(to: string): string {
  mkdirSync(to);
  for (const name of readdirSync("."))
    if (!LEFT_OUT.includes(name)) cpSync(name, join(to, name), { recursive: true });
  symlinkSync(resolve("node_modules"), join(to, "node_modules"), "junction");
  return to;
}

function runtimeDependencies(): readonly string[] {
  return Object.keys(manifest(".").dependencies ?? {});
}

/** Folders of packages and of all that they depend on, as Node finds them from here. */
function closure(names: readonly string[], from = ".", seen = new Set<string>()): ReadonlySet<string> {
  for (const name of names) {
    const folder = folderOf(name, resolve(from));
    if (seen.has(folder)) continue;
    seen.add(folder);
    closure(Object.keys(manifest(folder).dependencies ?? {}), folder, seen);
  }
  return seen;
}

function folderOf(name: string, from: string): string {
  const folder = join(from, "node_modules", name);
  if (existsSync(folder)) return folder;
  if (dirname(from) === from) throw new Error(`${name} is not installed`);
  return folderOf(name, dirname(from));
}

function manifest(folder: string): { readonly dependencies?: Readonly<Record<string, string>> } {
  return JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as ReturnType<typeof manifest>;
}

/** The npm that runs us, else the one on the path. */
function npm(cwd: string, ...argv: readonly string[]): void {
  const { npm_execpath } = process.env;
  if (npm_execpath?.endsWith("npm-cli.js") === true) run(cwd, process.execPath, [npm_execpath, ...argv]);
  else run(cwd, "npm", argv, process.platform === "win32");
}

function run(cwd: string, program: string, argv: readonly string[], shell = false): string {
  const done = spawnSync(program, [...argv], { cwd, shell, encoding: "utf8" });
  if (done.error !== undefined) throw done.error;
  const printed = `${done.stdout}${done.stderr}`;
  if (done.status !== 0) throw new Error(`${argv.join(" ")} ended with ${done.status}:\n${printed}`);
  return printed;
}
