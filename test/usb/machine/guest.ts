/** A Linux guest with the host's files and a USB host controller of its own. Knows no probe; commands run in it. */
import { spawn, type ChildProcess } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { once } from "node:events";
import { createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { buildSync } from "esbuild";
import { initramfs } from "./initramfs.ts";
import { CACHE, kernel } from "./kernel.ts";

/** What goes to the guest, and what comes back; `code` is the last answer to an order. */
export interface Order {
  readonly id: number;
  readonly argv: readonly string[];
  readonly user?: number;
  readonly env?: Readonly<Record<string, string>>;
}
/** A signal to the program of another order. */
export interface Kill {
  readonly id: number;
  readonly of: number;
  readonly signal: NodeJS.Signals;
}
export interface Answer {
  readonly id: number;
  readonly stdout?: string;
  readonly stderr?: string;
  readonly code?: number;
}

export interface Finished {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Running {
  readonly finished: Promise<Finished>;
  /** Resolves when the guest's system has the signal. */
  kill(signal: NodeJS.Signals): Promise<void>;
}

export interface RunOptions {
  /** A numeric user id; root where left away. */
  readonly user?: number;
  readonly env?: Readonly<Record<string, string>>;
  readonly limitMs?: number;
  /** Everything that stdout has said so far, each time there is more. */
  readonly onOutput?: (stdout: string) => void;
}

/** The Debian packages that each program of the list is in. */
const PROGRAMS = {
  "qemu-system-x86_64": "qemu-system-x86",
  busybox: "busybox-static",
  usbip: "usbip",
  "apt-get": "apt",
} as const;

/** Why no guest can start here; undefined where one can. */
export function obstacle(): string | undefined {
  if (process.platform !== "linux" || process.arch !== "x64") return "the guest needs a Linux host on x86-64";
  for (const [program, debian] of Object.entries(PROGRAMS)) {
    if (find(program) === undefined) return `${program} is missing (Debian package ${debian})`;
  }
  try {
    kernel();
  } catch (error) {
    return `no kernel for the guest: ${String(error)}`;
  }
  return undefined;
}

function find(program: string): string | undefined {
  const folders = [...(process.env["PATH"] ?? "").split(":"), "/usr/sbin", "/sbin"];
  return folders.map((folder) => join(folder, program)).find((path) => existsSync(path));
}

/** Bundles a script of the tests so that the guest's Node, of whatever version, can run it; gives its path. */
export function guestScript(
  entry: string,
  name: string,
  alias: Readonly<Record<string, string>> = {},
): string {
  const outfile = join(CACHE, `${name}.mjs`);
  buildSync({
    entryPoints: [entry],
    outfile,
    bundle: true,
    format: "esm",
    platform: "node",
    target: "node20",
    external: ["usb", "node-hid"],
    alias,
    loader: { ".yaml": "text", ".seq": "text" },
    banner: {
      js: "import { createRequire as __cr } from 'node:module'; const require = __cr(import.meta.url);",
    },
  });
  return outfile;
}

export class Guest {
  readonly #machine: ChildProcess;
  readonly #server: Server;
  readonly #agent: Socket;
  readonly #running = new Map<number, (answer: Answer) => void>();
  #orders = 0;

  private constructor(machine: ChildProcess, server: Server, agent: Socket) {
    this.#machine = machine;
    this.#server = server;
    this.#agent = agent;
    createInterface({ input: agent }).on("line", (line) => {
      const answer = JSON.parse(line) as Answer;
      this.#running.get(answer.id)?.(answer);
    });
  }

  /** Takes 5 to 20 seconds. Rejects with what the guest said on its console when it does not come up in `limitMs`. */
  static async boot(limitMs = 200_000): Promise<Guest> {
    mkdirSync(CACHE, { recursive: true });
    const { image, modules } = kernel();
    const ramdisk = join(CACHE, "initramfs.gz");
    writeFileSync(ramdisk, initramfs(find("busybox") ?? "", modules));
    const agentScript = guestScript(join(import.meta.dirname, "agent.ts"), "agent");

    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    const command = `PATH=/usr/sbin:/usr/bin:/sbin:/bin:${dirname(process.execPath)} exec ${process.execPath} ${agentScript} ${port}`;
    const machine = spawn(
      "qemu-system-x86_64",
      [
        ...[
          "-accel",
          "tcg",
          "-cpu",
          "max",
          "-smp",
          "1",
          "-m",
          "1024",
          "-nographic",
          "-no-reboot",
          "-nodefaults",
        ],
        ...["-serial", "stdio", "-kernel", image, "-initrd", ramdisk],
        ...["-append", `console=ttyS0 quiet panic=-1 mitigations=off dbgseq.run="${command}"`],
        ...["-virtfs", "local,path=/,mount_tag=host,security_model=none,readonly=on,multidevs=remap"],
        ...["-netdev", "user,id=net", "-device", "virtio-net-pci,netdev=net,romfile="],
      ],
      { stdio: ["ignore", "pipe", "pipe"] },
    );
    let said = "";
    const listen = (text: string): void => {
      said = (said + text).slice(-4000);
    };
    machine.stdout.setEncoding("utf8").on("data", listen);
    machine.stderr.setEncoding("utf8").on("data", listen);

    return new Promise((resolve, reject) => {
      const fail = (why: string): void => {
        machine.kill("SIGKILL");
        server.close();
        reject(new Error(`the guest ${why}; its console ends with:\n${said}`));
      };
      const timer = setTimeout(fail, limitMs, `did not come up in ${limitMs} ms`);
      machine.once("exit", (code) => {
        clearTimeout(timer);
        fail(`ended with ${code}`);
      });
      server.once("connection", (agent) => {
        clearTimeout(timer);
        machine.removeAllListeners("exit");
        resolve(new Guest(machine, server, agent));
      });
    });
  }

  /** Runs a program to its end; rejects when it takes longer than `limitMs` (240 s). */
  run(argv: readonly string[], options: RunOptions = {}): Promise<Finished> {
    return this.start(argv, options).finished;
  }

  start(argv: readonly string[], { limitMs = 240_000, onOutput, ...options }: RunOptions = {}): Running {
    const id = this.#orders++;
    this.#agent.write(`${JSON.stringify({ id, argv, ...options } satisfies Order)}\n`);
    const finished = new Promise<Finished>((resolve, reject) => {
      let stdout = "";
      let stderr = "";
      const timer = setTimeout(() => {
        this.#running.delete(id);
        reject(new Error(`${argv.join(" ")} ran longer than ${limitMs} ms:\n${stdout}${stderr}`));
      }, limitMs);
      this.#running.set(id, (answer) => {
        stdout += answer.stdout ?? "";
        stderr += answer.stderr ?? "";
        onOutput?.(stdout);
        if (answer.code === undefined) return;
        clearTimeout(timer);
        this.#running.delete(id);
        resolve({ code: answer.code, stdout, stderr });
      });
    });
    return { finished, kill: (signal) => this.#kill(id, signal) };
  }

  #kill(of: number, signal: NodeJS.Signals): Promise<void> {
    const id = this.#orders++;
    this.#agent.write(`${JSON.stringify({ id, of, signal } satisfies Kill)}\n`);
    return new Promise((resolve) => {
      this.#running.set(id, () => {
        this.#running.delete(id);
        resolve();
      });
    });
  }

  async stop(): Promise<void> {
    const gone = once(this.#machine, "exit");
    this.#agent.destroy();
    this.#server.close();
    const timer = setTimeout(() => this.#machine.kill("SIGKILL"), 5000);
    await gone;
    clearTimeout(timer);
  }
}
