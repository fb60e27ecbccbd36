/** A simulated probe behind memory, TCP or USB, with every packet kept: what a test of the API asks about. */
import { Reader } from "../../src/cmsis-dap/bytes.ts";
import { dapTransfer } from "../../src/cmsis-dap/transfer.ts";
import { dapTransferBlock } from "../../src/cmsis-dap/transfer-block.ts";
import { dapSwjPins } from "../../src/cmsis-dap/swj.ts";
import type { PacketPipe } from "../../src/cmsis-dap/pipe.ts";
import { HostClock } from "../../src/lib/clock.ts";
import { hex } from "../../src/lib/hex.ts";
import { openTcp } from "../../src/probe/tcp/pipe.ts";
import { TcpServer } from "../../src/probe/tcp/server.ts";
import { wallTime } from "../../src/probe/tcp/wall-time.ts";
import { openSimulator, type Simulator, type SimulatorSpec } from "../../src/simulator/open.ts";
import { DeviceContext } from "../../src/project/context.ts";
import { ConnectHelper, type ConnectRequest, type DebugProbe, type Session } from "../../src/index.ts";

/** "usb" needs a machine of its own: `npm run test:usb`. */
export type Transport = "memory" | "tcp" | "usb";

/** In the time of this machine, for its packets go through the kernel. */
export function hasWallTime(transport: Transport): boolean {
  return transport !== "memory";
}

export interface WatchedProbe extends DebugProbe {
  /** Of the last opening. */
  readonly simulator: Simulator;
  /** Transfers since the last call, as text: `write DP 8 0x01000000`, `read AP C`, `pins 0x00/0x80`. */
  transfers(): readonly string[];
  readonly closed: boolean;
}

export function watchedProbe(
  spec: SimulatorSpec,
  { id = "SIM", transport = "memory" }: { readonly id?: string; readonly transport?: Transport } = {},
): WatchedProbe {
  let simulator: Simulator | undefined;
  let packets: Uint8Array[] = [];
  let isClosed = true;
  return {
    uniqueId: id,
    vendorName: "dbgseq",
    productName: "probe of a test",
    description: `probe of a test [${id}]`,
    get simulator() {
      if (simulator === undefined) throw new Error("not opened yet");
      return simulator;
    },
    get closed() {
      return isClosed;
    },
    transfers() {
      const seen = packets.flatMap(transfersIn);
      packets = [];
      return seen;
    },
    async open() {
      simulator = openSimulator(spec);
      isClosed = false;
      const { pipe, close } = await CABLES[transport](simulator);
      const watched: PacketPipe = {
        ...(pipe.limits === undefined ? {} : { limits: pipe.limits }),
        send: (packet) => {
          packets.push(packet.slice());
          return pipe.send(packet);
        },
        receive: (limitUs) => pipe.receive(limitUs),
        resync: () => pipe.resync(),
        close: async () => {
          isClosed = true;
          await close();
        },
      };
      return { pipe: watched, clock: hasWallTime(transport) ? new HostClock() : simulator.clock };
    },
  };
}

interface Cable {
  readonly pipe: PacketPipe;
  readonly close: () => Promise<void>;
}

const CABLES: Readonly<Record<Transport, (simulator: Simulator) => Promise<Cable>>> = {
  memory: ({ pipe }) => Promise.resolve({ pipe, close: () => pipe.close() }),
  tcp: overTcp,
  usb: async ({ pipe, clock, soc }) => {
    const { overUsb } = await import("../usb/page-cable.ts");
    const cable = await overUsb(wallTime(pipe, clock, soc));
    return { pipe: cable, close: () => cable.close() };
  },
};

async function overTcp({ pipe, clock, soc }: Simulator): Promise<Cable> {
  const server = await TcpServer.start(wallTime(pipe, clock, soc), { port: 0 });
  const client = await openTcp({ host: "127.0.0.1", port: server.port });
  return {
    pipe: client,
    close: async () => {
      await client.close();
      await server.close();
    },
  };
}

function transfersIn(packet: Uint8Array): readonly string[] {
  const from = new Reader(packet);
  switch (from.u8()) {
    case dapTransfer.id:
      return dapTransfer.request.decode(from).transfers.map((transfer) => {
        if (transfer.kind === "mask") return `mask ${hex(transfer.value)}`;
        const at = `${transfer.kind} ${transfer.port} ${transfer.address.toString(16).toUpperCase()}`;
        return transfer.kind === "read" ? at : `${at} ${hex(transfer.value, 8)}`;
      });
    case dapTransferBlock.id: {
      const { kind, register, ...rest } = dapTransferBlock.request.decode(from);
      const count = "count" in rest ? rest.count : rest.words.length;
      return [`${kind} ${register.port} ${register.address.toString(16).toUpperCase()} x${count}`];
    }
    case dapSwjPins.id: {
      const { output, select } = dapSwjPins.request.decode(from);
      return [`pins ${hex(output, 2)}/${hex(select, 2)}`];
    }
    default:
      return [];
  }
}

/** A session without files: what the machine of the test has installed does not count. */
export async function opened(probe: DebugProbe, request: ConnectRequest = {}): Promise<Session> {
  const session = await ConnectHelper.sessionWithChosenProbe({
    probes: [probe],
    context: new DeviceContext({}),
    ...request,
  });
  if (session === null) throw new Error("nobody cancelled");
  return session;
}
