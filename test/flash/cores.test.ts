/** A merged image for two processors is programmed core by core, each part by the algorithm of its processor on that processor. */
import { expect, test } from "vitest";
import { FlashImage } from "../../src/flash/file/image.ts";
import { Loader } from "../../src/flash/program/loader.ts";
import { Source } from "../../src/lib/source.ts";
import { deviceContext } from "../../src/project/device-context.ts";
import { openSessionOver } from "../../src/session/probe/open.ts";
import { scriptedOperator } from "../../src/session/operator.ts";
import { openSimulator } from "../../src/simulator/open.ts";
import { defineModel, type Model } from "../../src/sim.ts";
import { madeFlm } from "./made-flm.ts";
import { noise } from "./support.ts";

const SIZE = 0x2000;
const [A, B] = [0x1_0000, 0x0100_0000];

const YAML = `
model: two-cores
about: an invented part with a flash and a RAM for each of its cores, which only that core reaches
sources: ["invented for this test"]
debugPort: { dpidr: 0x2BA01477 }
accessPorts:
  - { index: 0, kind: ahb, idr: 0x24770011, base: 0xE00FF003 }
  - { index: 1, kind: ahb, idr: 0x24770011, base: 0xE00FF003, bus: second }
processors:
  - { name: first, type: Cortex-M4, vectors: 0x00000000 }
  - { name: second, type: Cortex-M4, vectors: 0x00000000, bus: second }
memories:
  - { name: rom, start: 0, size: 0x1000, access: rx, content: [{ at: 0, words: [0x20001000, 0x00000101] }, { at: 0x100, words: [0xE7FEE7FE] }] }
  - { name: ram, start: 0x20000000, size: 0x4000, access: rwx }
  - { name: rom-b, start: 0, size: 0x1000, access: rx, bus: second, content: [{ at: 0, words: [0x21001000, 0x00000101] }, { at: 0x100, words: [0xE7FEE7FE] }] }
  - { name: ram-b, start: 0x21000000, size: 0x4000, access: rwx, bus: second }
`;

function algorithmXml(pname: string, start: number, ram: string): string {
  return `<algorithm Pname="${pname}" name="${pname}.FLM" start="${start}" size="${SIZE}" RAMstart="${ram}" RAMsize="0x4000" default="1"/>`;
}

const PACK = `<?xml version="1.0"?>
<package schemaVersion="1.7.60"><vendor>Example</vendor><name>T_DFP</name><description>invented</description><url>https://example.com/</url>
<releases><release version="1.0.0" date="2026-01-01">first</release></releases>
<devices><family Dfamily="F" Dvendor="Generic:5"><device Dname="T2">
<processor Pname="first" Dcore="Cortex-M4" Dfpu="0" Dmpu="0" Dendian="Little-endian" Dclock="1"/>
<processor Pname="second" Dcore="Cortex-M4" Dfpu="0" Dmpu="0" Dendian="Little-endian" Dclock="1"/>
<memory name="A" access="rx" start="${A}" size="${SIZE}" default="1"/><memory name="B" access="rx" start="${B}" size="${SIZE}" default="1"/>
${algorithmXml("first", A, "0x20000000")}${algorithmXml("second", B, "0x21000000")}
<debug Pname="first" __ap="0"/><debug Pname="second" __ap="1"/>
</device></family></devices></package>`;

/** Flash that takes words at once. */
function model(held: Readonly<Record<"first" | "second", Uint8Array>>): Model {
  return defineModel({
    extends: new Source("two-cores.yaml", YAML),
    build(soc) {
      const flash = (bytes: Uint8Array, start: number, bus?: string): void => {
        const view = new DataView(bytes.buffer);
        soc.map(
          { name: `flash at ${start}`, start, size: SIZE, ...(bus === undefined ? {} : { bus }) },
          {
            read: (offset, size) =>
              size === 4
                ? view.getUint32(offset, true)
                : size === 2
                  ? view.getUint16(offset, true)
                  : view.getUint8(offset),
            write: (offset, size, value) => {
              if (size !== 4) return "error";
              view.setUint32(offset, value, true);
              return undefined;
            },
          },
        );
      };
      flash(held.first, A);
      flash(held.second, B, "second");
    },
  });
}

/** ProgramPage: ldmia r2!, {r3}; stmia r0!, {r3}; subs r1, #4; bne; the others only say success. */
function algorithm(address: number): Uint8Array {
  const halves = [0x2000, 0x4770, 0xca08, 0xc008, 0x3904, 0xd1fb, 0x2000, 0x4770];
  const functions = { Init: 0, UnInit: 0, EraseSector: 0, ProgramPage: 4 };
  const code = new Uint8Array(new Uint16Array(halves).buffer);
  return madeFlm({ code, functions, address, size: SIZE, pageSize: 0x100, sectors: [[0x1000, 0]] });
}

test("each part by its own processor, and the session's processor is still its own", async () => {
  const held = { first: new Uint8Array(SIZE).fill(0xff), second: new Uint8Array(SIZE).fill(0xff) };
  const { pipe, clock } = openSimulator({ model: model(held) });
  const context = await deviceContext({ pack: new Source("T_DFP.pdsc", PACK), device: "T2" });
  const notices: string[] = [];
  const session = await openSessionOver(
    { pipe, clock },
    {
      context,
      layers: [],
      operator: scriptedOperator([]),
      readPackFile: (path) => Promise.resolve(algorithm(path === "first.FLM" ? A : B)),
      onEvent: (event) => {
        if (event.kind === "notice") notices.push(event.text);
      },
    },
  );
  const image = new FlashImage();
  image.add(A, noise(0x300, 1), "first");
  image.add(B + 0x1000, noise(0x200, 2), "second");
  await session.during(async () => {
    const wanted = image.parts.map(({ address, bytes }) => ({ address, size: bytes.length }));
    const loader = new Loader(await session.openFlashes(await session.flashPlaces(wanted)), image);
    const { complete, proof } = await loader.commit();
    expect({ complete, proof }).toEqual({ complete: true, proof: "flash" });
    await session.reset(undefined);
  }, "running");
  expect(held.first.subarray(0, 0x300)).toEqual(noise(0x300, 1));
  expect(held.second.subarray(0x1000, 0x1200)).toEqual(noise(0x200, 2));
  expect(notices.filter((text) => text.includes("stays halted"))).toEqual([]);
});
