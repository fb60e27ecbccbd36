/** A guest, a USB/IP server and the cable between them: plug in, pull out, run a script on the other side. */
import { join } from "node:path";
import { Guest, guestScript, obstacle, type Finished, type RunOptions } from "./machine/guest.ts";
import { ProbeDevice, type ProbeDescription } from "./usbip/device.ts";
import { UsbIpServer } from "./usbip/server.ts";

/** QEMU's user network shows the host's loopback under this address. */
const HOST = "10.0.2.2";

/** The obstacle, told on stderr as well, because the runner shows no names of what it skips. */
export function noFixture(): string | undefined {
  const why = obstacle();
  if (why !== undefined) process.stderr.write(`test:usb is skipped: ${why}\n`);
  return why;
}

export class Fixture {
  readonly guest: Guest;
  readonly #server: UsbIpServer;
  readonly #script: string;
  #held = 0;

  private constructor(guest: Guest, server: UsbIpServer, script: string) {
    this.guest = guest;
    this.#server = server;
    this.#script = script;
  }

  static async start(): Promise<Fixture> {
    const script = guestScript(join(import.meta.dirname, "guest-probe.ts"), "guest-probe");
    const server = await UsbIpServer.start();
    return new Fixture(await Guest.boot(), server, script);
  }

  async stop(): Promise<void> {
    this.#server.stop();
    await this.guest.stop();
  }

  /** Resolves when the guest has configured the device; gives its port path there. */
  async plug(busId: string, description: ProbeDescription): Promise<ProbeDevice & { readonly port: string }> {
    const device = new ProbeDevice(description);
    this.#server.lend(busId, device);
    const before = await this.#ports();
    await this.#must(["usbip", "--tcp-port", String(this.#server.port), "attach", "-r", HOST, "-b", busId]);
    const port = await this.#until(async () => (await this.#ports()).find((path) => !before.includes(path)));
    return Object.assign(device, { port });
  }

  /** Resolves when the guest has noticed. */
  async unplug(busId: string): Promise<void> {
    const before = await this.#ports();
    this.#server.unplug(busId);
    await this.#until(async () => ((await this.#ports()).length < before.length ? true : undefined));
  }

  /** Breaks the connection, as from a callback in mid-transfer; `unplugged` waits until the guest has noticed. */
  cut(busId: string): void {
    this.#server.unplug(busId);
  }

  async unplugged(): Promise<void> {
    await this.#until(async () => ((await this.#ports()).length === 0 ? true : undefined));
  }

  command(task: readonly string[]): readonly string[] {
    return [process.execPath, this.#script, ...task];
  }

  /** The result, or the fault, of one task of guest-probe.ts. */
  async probe(task: readonly string[], options: RunOptions = {}): Promise<GuestAnswer> {
    const { code, stdout, stderr } = await this.guest.run(this.command(task), options);
    const last = stdout.trim().split("\n").at(-1) ?? "";
    if (code !== 0 || last === "")
      throw new Error(`the guest's script ended with ${code}: ${stdout}${stderr}`);
    return JSON.parse(last) as GuestAnswer;
  }

  /** Another program in the guest that has opened the probe; `giveBack` ends it. */
  async hold(task: "hold" | "seize", way: string): Promise<{ giveBack(): Promise<void> }> {
    const file = `/run/give-back-${this.#held++}`;
    let ended: Promise<GuestAnswer> | undefined;
    await new Promise<void>((resolve, reject) => {
      const onOutput = (stdout: string): void => {
        if (stdout.includes("held")) resolve();
      };
      ended = this.probe([task, way, file], { onOutput });
      ended.catch(reject);
    });
    return {
      giveBack: async () => {
        await this.#must(["touch", file]);
        await ended;
      },
    };
  }

  async #must(argv: readonly string[]): Promise<Finished> {
    const finished = await this.guest.run(argv);
    if (finished.code !== 0) throw new Error(`${argv.join(" ")}: ${finished.stdout}${finished.stderr}`);
    return finished;
  }

  /** Port paths of devices with interfaces, which root hubs ("usb1") are not among. */
  async #ports(): Promise<readonly string[]> {
    const { stdout } = await this.guest.run([
      "sh",
      "-c",
      "cd /sys/bus/usb/devices && ls -d *-*:1.* 2>/dev/null",
    ]);
    const names = stdout.split("\n").filter((name) => /^\d+-[\d.]+:/.test(name) && !name.includes("-0:"));
    return [...new Set(names.map((name) => name.replace(/:.*$/, "")))];
  }

  async #until<T>(look: () => Promise<T | undefined>): Promise<T> {
    for (let turn = 0; turn < 100; turn++) {
      const found = await look();
      if (found !== undefined) return found;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    throw new Error("the guest did not notice that something was plugged in or out");
  }
}

export interface GuestAnswer {
  readonly result?: unknown;
  readonly fault?: { readonly kind: string };
  readonly sentences?: readonly string[];
}
