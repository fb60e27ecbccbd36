/** Where the guest's kernel and modules come from: Debian's own package, unpacked into a cache. Knows nothing of QEMU. */
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";

export interface Kernel {
  readonly image: string;
  /** lib/modules/VERSION/kernel */
  readonly modules: string;
}

export const CACHE = resolve("node_modules/.cache/dbgseq-usb");

/** Downloads about 70 MB once. Throws with a sentence that says what is missing. */
export function kernel(): Kernel {
  const home = join(CACHE, "kernel");
  if (!existsSync(home)) unpack(home);
  const version = readdirSync(join(home, "lib/modules"))[0];
  if (version === undefined) throw new Error(`${home} holds no kernel modules: delete it`);
  return {
    image: join(home, "boot", `vmlinuz-${version}`),
    modules: join(home, "lib/modules", version, "kernel"),
  };
}

/** The metapackage names the newest; the cloud flavour has no USB, so the plain one is asked for. */
function unpack(home: string): void {
  const depends = execFileSync("apt-cache", ["depends", "linux-image-amd64"], { encoding: "utf8" });
  const name = /Depends: (linux-image-\S+)/.exec(depends)?.[1];
  if (name === undefined) throw new Error("apt knows no linux-image-amd64: run apt-get update");
  const work = `${home}.${process.pid}`;
  mkdirSync(work, { recursive: true });
  try {
    execFileSync("apt-get", ["download", name], { cwd: work, stdio: "pipe" });
    const archive = readdirSync(work).find((file) => file.endsWith(".deb"));
    if (archive === undefined) throw new Error(`apt-get download ${name} left no file`);
    execFileSync("dpkg-deb", ["-x", archive, "."], { cwd: work, stdio: "pipe" });
    rmSync(join(work, archive));
    renameSync(work, home);
  } catch (error) {
    rmSync(work, { recursive: true, force: true });
    throw error;
  }
}
