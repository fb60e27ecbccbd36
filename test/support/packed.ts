/** The package as a stranger gets it: packed by npm out of a copy of this project, installed into an empty folder, offline. */
import { spawnSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join, resolve } from "node:path";

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

export interface Packed {
  readonly root: string;
  /** The package itself. */
  readonly tarball: string;
  /** Those of what it needs. */
  readonly others: readonly string[];
}

/** The registry is not asked: what the lock file pins is packed again out of node_modules. */
export function packAll(more: readonly string[] = []): Packed {
  const root = mkdtempSync(join(tmpdir(), "dbgseq-stranger-"));
  const own = join(root, "own");
  const others = join(root, "others");
  for (const made of [own, others]) mkdirSync(made);
  npm(copyOfProject(join(root, "publisher")), "pack", "--pack-destination", own);
  const needed = [...closure([...runtimeDependencies(), ...more])];
  npm(root, "pack", "--ignore-scripts", "--pack-destination", others, ...needed);
  const within = (folder: string): readonly string[] => readdirSync(folder).map((name) => join(folder, name));
  return { root, tarball: within(own)[0] ?? "", others: within(others) };
}

/** An empty project in a folder of its own. */
export function emptyProject(root: string, name = "project"): string {
  const folder = join(root, name);
  mkdirSync(folder);
  writeFileSync(join(folder, "package.json"), '{ "name": "stranger", "private": true, "type": "module" }\n');
  return folder;
}

export function installPacked(): Stranger {
  const { root, tarball, others } = packAll([TYPES_OF_NODE]);
  const folder = emptyProject(root);
  const files = [tarball, ...others];
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

/** With the optional ones that are installed here. */
function runtimeDependencies(): readonly string[] {
  const { dependencies = {}, optionalDependencies = {} } = manifest(".");
  const present = Object.keys(optionalDependencies).filter((name) => existsSync(join("node_modules", name)));
  return [...Object.keys(dependencies), ...present];
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

interface Manifest {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

function manifest(folder: string): Manifest {
  return JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as ReturnType<typeof manifest>;
}

/** npm's own program, as Node runs it: the npm that runs us, else the one on the path. */
export function npmProgram(): string {
  const { npm_execpath, PATH = "" } = process.env;
  if (npm_execpath?.endsWith("npm-cli.js") === true) return npm_execpath;
  const found = PATH.split(delimiter)
    .map((folder) => join(folder, "npm"))
    .find((path) => existsSync(path));
  if (found === undefined) throw new Error("there is no npm on the path");
  return realpathSync(found);
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
