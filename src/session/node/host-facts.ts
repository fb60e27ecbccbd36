/** The facts of the machine that this process runs on. Judges nothing. */
import { existsSync, readFileSync } from "node:fs";
import { nativeUsbStack } from "../../probe/usb/libusb.ts";
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
};

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
    return ""; // other systems have no such file
  }
}
