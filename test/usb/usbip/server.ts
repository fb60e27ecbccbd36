/** A USB/IP host (Linux: Documentation/usb/usbip_protocol.rst, version 1.1.1): lends devices to a guest over TCP. */
import { once } from "node:events";
import { createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { Stall, type ProbeDevice } from "./device.ts";

const VERSION = 0x0111;
const OP_REQ_DEVLIST = 0x8005;
const OP_REQ_IMPORT = 0x8003;
const OP_REP_IMPORT = 0x0003;
const CMD_SUBMIT = 1;
const CMD_UNLINK = 2;
const RET_SUBMIT = 3;
const RET_UNLINK = 4;
const HEADER = 48;
const BUS_ID_LENGTH = 32;
const EPIPE = -32;
const ECONNRESET = -104;
const EOVERFLOW = -75;

/** Bus ids "1-1", "1-2", ... in the order given. A device that is taken away and lent again is plugged in anew. */
export class UsbIpServer {
  readonly #server: Server;
  readonly #devices = new Map<string, ProbeDevice>();
  readonly #links = new Map<string, Socket>();

  private constructor(server: Server) {
    this.#server = server;
    server.on("connection", (socket) => {
      socket.setNoDelay(true);
      socket.on("error", () => socket.destroy()); // a guest that leaves is no fault of ours
      this.#operate(socket);
    });
  }

  /** At a free port if none is named. */
  static async start(port = 0): Promise<UsbIpServer> {
    const server = createServer().listen(port, "127.0.0.1");
    await once(server, "listening");
    return new UsbIpServer(server);
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  lend(busId: string, device: ProbeDevice): void {
    this.#devices.set(busId, device);
  }

  /** Pulls the plug: whatever is under way is answered by nobody. */
  unplug(busId: string): void {
    this.#links.get(busId)?.destroy();
    this.#links.delete(busId);
  }

  stop(): void {
    for (const busId of this.#links.keys()) this.unplug(busId);
    this.#server.close();
  }

  #operate(socket: Socket): void {
    let buffered = Buffer.alloc(0);
    const first = (chunk: Buffer): void => {
      buffered = Buffer.concat([buffered, chunk]);
      if (buffered.length < 8) return;
      const code = buffered.readUInt16BE(2);
      if (code === OP_REQ_DEVLIST) throw new Error("this server is asked for its devices by bus id only");
      if (code !== OP_REQ_IMPORT || buffered.length < 8 + BUS_ID_LENGTH) return;
      const busId = buffered.toString("latin1", 8, 8 + BUS_ID_LENGTH).replace(/\0.*$/s, "");
      const device = this.#devices.get(busId);
      const reply = Buffer.alloc(8);
      reply.writeUInt16BE(VERSION, 0);
      reply.writeUInt16BE(OP_REP_IMPORT, 2);
      reply.writeUInt32BE(device === undefined ? 1 : 0, 4);
      socket.removeListener("data", first);
      if (device === undefined) {
        socket.end(reply);
        return;
      }
      socket.write(Buffer.concat([reply, deviceRecord(busId, device)]));
      this.#links.set(busId, socket);
      new Link(socket, device);
    };
    socket.on("data", first);
  }
}

/** struct usbip_usb_device: where it is, how fast, and what the device descriptor says, without interfaces. */
function deviceRecord(busId: string, device: ProbeDevice): Buffer {
  const record = Buffer.alloc(312);
  const { vendorId, productId, release = 0x0100, speed } = device.description;
  record.write(`/sys/devices/${busId}`, 0);
  record.write(busId, 256);
  record.writeUInt32BE(1, 288);
  record.writeUInt32BE(Number(busId.split("-")[1]) + 1, 292);
  record.writeUInt32BE(speed === "high" ? 3 : 2, 296); // enum usb_device_speed
  record.writeUInt16BE(vendorId, 300);
  record.writeUInt16BE(productId, 302);
  record.writeUInt16BE(release, 304);
  record.writeUInt8(1, 309);
  record.writeUInt8(1, 310);
  record.writeUInt8(device.configuration()[4] ?? 0, 311);
  return record;
}

interface Waiting {
  readonly sequence: number;
  readonly length: number;
  /** Bytes of a packet of its endpoint. */
  readonly packetSize: number;
}

/** One attached device: its URBs by endpoint, answers that nobody has asked for yet. */
class Link {
  readonly #socket: Socket;
  readonly #device: ProbeDevice;
  readonly #waiting = new Map<number, Waiting[]>();
  readonly #answers = new Map<number, Buffer[]>();
  #buffered = Buffer.alloc(0);

  constructor(socket: Socket, device: ProbeDevice) {
    this.#socket = socket;
    this.#device = device;
    device.attach((endpoint, packet) => {
      entry(this.#answers, endpoint).push(packet);
      this.#match(endpoint);
    });
    socket.on("data", (chunk: Buffer) => {
      this.#buffered = Buffer.concat([this.#buffered, chunk]);
      while (this.#command());
    });
  }

  #command(): boolean {
    const bytes = this.#buffered;
    if (bytes.length < HEADER) return false;
    const [code, sequence, , direction, endpoint] = [0, 4, 8, 12, 16].map((at) => bytes.readUInt32BE(at));
    const length = code === CMD_SUBMIT && direction === 0 ? bytes.readUInt32BE(24) : 0;
    if (bytes.length < HEADER + length) return false;
    this.#buffered = bytes.subarray(HEADER + length);
    if (code === CMD_UNLINK) this.#unlink(sequence ?? 0, bytes.readUInt32BE(20));
    else
      this.#submit(
        sequence ?? 0,
        (endpoint ?? 0) | (direction === 1 ? 0x80 : 0),
        bytes.subarray(0, HEADER + length),
      );
    return true;
  }

  #submit(sequence: number, endpoint: number, bytes: Buffer): void {
    const length = bytes.readUInt32BE(24);
    try {
      if ((endpoint & 0x7f) === 0) {
        const setup = {
          requestType: bytes.readUInt8(40),
          request: bytes.readUInt8(41),
          value: bytes.readUInt16LE(42),
          index: bytes.readUInt16LE(44),
          length: bytes.readUInt16LE(46),
        };
        this.#return(sequence, this.#device.control(setup), (endpoint & 0x80) === 0 ? length : undefined);
      } else if ((endpoint & 0x80) === 0) {
        this.#device.out(endpoint, Buffer.from(bytes.subarray(HEADER)));
        this.#return(sequence, Buffer.alloc(0), length);
      } else {
        const packetSize = this.#device.asked(endpoint, length);
        entry(this.#waiting, endpoint).push({ sequence, length, packetSize });
        this.#match(endpoint);
      }
    } catch (error) {
      if (!(error instanceof Stall)) throw error;
      this.#return(sequence, Buffer.alloc(0), 0, EPIPE);
    }
  }

  /** An answer longer than one request for it goes into several, as USB packets do; a packet that does not fit is lost. */
  #match(endpoint: number): void {
    const waiting = entry(this.#waiting, endpoint);
    const answers = entry(this.#answers, endpoint);
    for (;;) {
      const [urb] = waiting;
      const [answer] = answers;
      if (urb === undefined || answer === undefined) return;
      waiting.shift();
      answers.shift();
      const bytes = answer.subarray(0, urb.length);
      const isWhole = answer.length <= urb.length || urb.length % urb.packetSize === 0;
      if (answer.length > urb.length && isWhole) answers.unshift(answer.subarray(urb.length));
      this.#return(urb.sequence, bytes, bytes.length, isWhole ? 0 : EOVERFLOW);
    }
  }

  #unlink(sequence: number, unlinked: number): void {
    let found = false;
    for (const [endpoint, waiting] of this.#waiting) {
      const left = waiting.filter((urb) => urb.sequence !== unlinked);
      found ||= left.length < waiting.length;
      this.#waiting.set(endpoint, left);
    }
    const reply = Buffer.alloc(HEADER);
    reply.writeUInt32BE(RET_UNLINK, 0);
    reply.writeUInt32BE(sequence, 4);
    reply.writeInt32BE(found ? ECONNRESET : 0, 20);
    this.#socket.write(reply);
  }

  #return(sequence: number, bytes: Buffer, actual = bytes.length, status = 0): void {
    if (this.#socket.destroyed) return;
    const reply = Buffer.alloc(HEADER);
    reply.writeUInt32BE(RET_SUBMIT, 0);
    reply.writeUInt32BE(sequence, 4);
    reply.writeInt32BE(status, 20);
    reply.writeUInt32BE(actual, 24);
    this.#socket.write(Buffer.concat([reply, bytes]));
  }
}

function entry<K, V>(map: Map<K, V[]>, key: K): V[] {
  const found = map.get(key);
  if (found !== undefined) return found;
  const made: V[] = [];
  map.set(key, made);
  return made;
}
