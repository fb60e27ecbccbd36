/** What a browser is to do with the engine: a pack's text in, sequences, resets and a programmed flash out. No Node here. */
import {
  ConnectHelper,
  deviceContext,
  Failure,
  FileProgrammer,
  simulatedProbe,
  Source,
} from "../../src/browser.ts";

export interface Inputs {
  readonly pack: string;
  /** Bytes as hexadecimal digits. */
  readonly algorithm: string;
  readonly firmware: string;
}

export interface Results {
  readonly messages: readonly string[];
  readonly accessPorts: readonly string[];
  readonly pc: string;
  readonly complete: boolean;
  readonly digest: string;
  readonly firstWords: readonly number[];
  readonly refusals: readonly string[];
}

const OWN = `sequence Hello { Message(0, "CPUID %08X", Read32(0xE000ED00)); }`;

export async function scenario({ pack, algorithm, firmware }: Inputs): Promise<Results> {
  const messages: string[] = [];
  const context = await deviceContext({
    pack: new Source("Example.EX52_DFP.pdsc", pack),
    seq: [new Source("hello.seq", OWN)],
  });
  const request = {
    probes: [simulatedProbe({ model: "nrf52840" })],
    context,
    readPackFile: () => Promise.resolve(bytesOf(algorithm)),
    onEvent: (event: { readonly kind: string; readonly text?: string }) => {
      if (event.kind === "message") messages.push(event.text ?? "");
    },
  };
  const done = await ConnectHelper.withSession(request, async (session) => {
    const { target } = session;
    await session.run("Hello");
    await target.resetAndHalt();
    const pc = `0x${(await target.readCoreRegister("pc")).toString(16)}`;
    const file = { name: "firmware.hex", bytes: bytesOf(firmware) };
    const { complete, imageSha256 } = await new FileProgrammer(session).program(file);
    const firstWords = [...(await target.readMemoryBlock32(0, 4))];
    return {
      pc,
      complete,
      digest: imageSha256,
      firstWords,
      accessPorts: [...target.aps].map((ap) => ap.description),
    };
  });
  if (done === null) throw new Error("nobody cancelled");
  const refusals = [
    await refusal(ConnectHelper.sessionWithChosenProbe({ probe: "tcp://localhost" })),
    await refusal(ConnectHelper.sessionWithChosenProbe({ probe: "sim:generic-m4", pack: "a.pdsc" })),
    await refusal(ConnectHelper.sessionWithChosenProbe()),
  ];
  return { ...done, messages, refusals };
}

async function refusal(work: Promise<unknown>): Promise<string> {
  try {
    await work;
    return "nothing was refused";
  } catch (error) {
    if (error instanceof Failure) return `${(error.fault as { kind: string }).kind}: ${error.message}`;
    throw error;
  }
}

function bytesOf(hex: string): Uint8Array {
  return Uint8Array.from(hex.match(/../g) ?? [], (digits) => Number.parseInt(digits, 16));
}
