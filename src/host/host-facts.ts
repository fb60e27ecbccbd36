/** The facts of the machine that this process runs on. Judges nothing. */
import { existsSync, readFileSync } from "node:fs";
import { homedir, hostname, release, userInfo } from "node:os";
import { nativeUsbStack } from "../probe/usb/libusb.ts";
import { glibcVersion } from "../probe/usb/packages.ts";
import { packageFacts } from "./package-facts.ts";
import type { Host } from "../doctor/host.ts";

export const thisHost: Host = {
  platform: process.platform,
  get procVersion() {
    return text("/proc/version");
  },
  get container() {
    return containerName();
  },
  usb: () => nativeUsbStack(),
  facts: async () => {
    const libc = libcName();
    return {
      ...{ release: release(), arch: process.arch, node: process.versions.node },
      ...(libc === undefined ? {} : { libc }),
      packages: await packageFacts(),
      secrets: [userName(), hostname(), homedir()],
    };
  },
};

function libcName(): string | undefined {
  if (process.platform !== "linux") return undefined;
  const glibc = glibcVersion();
  return glibc === undefined ? "musl" : `glibc ${glibc}`;
}

/** The user's name. A user of a container need not have one. */
function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return "";
  }
}

function containerName(): string | undefined {
  if (existsSync("/.dockerenv")) return "docker";
  if (existsSync("/run/.containerenv")) return "podman";
  const said = process.env["container"] ?? "";
  if (said !== "") return said;
  return /docker|kubepods|containerd|lxc/.exec(text("/proc/1/cgroup"))?.[0];
}

function text(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return ""; // Other systems do not have this file.
  }
}
