// The thermometer of chip.yaml as a device in code: it warms up as it measures, and can be broken.
import { fileURLToPath } from "node:url";
import { ConnectHelper, simulatedProbe } from "dbgseq";
import { defineModel, Source, wordDevice } from "dbgseq/sim";

const data = `
model: warm-thermometer
about: a Cortex-M4 with a thermometer that warms up
sources: [invented for this tutorial]
debugPort: { dpidr: 0x2BA01477 }
accessPorts: [{ index: 0, kind: ahb, idr: 0x24770011, base: 0xE00FF003 }]
processors: [{ name: cm4, type: Cortex-M4 }]
memories:
  - { name: flash, start: 0, size: 0x10000, access: rx, content: [{ at: 0, words: [0x20004000, 9, 0xE7FEE7FE] }] }
  - { name: ram, start: 0x20000000, size: 0x4000 }
`;

const chip = defineModel({
  extends: new Source("warm-thermometer.yaml", data),
  options: {
    sensor: { type: "choice", values: ["works", "broken"], default: "works", about: "broken: never ready" },
  },
  build(soc, { clock, options }) {
    let [tenths, ready] = [235, 0];
    const measure = () => {
      ready = 0;
      if (options.sensor === "works") clock.after(5000, () => ([tenths, ready] = [tenths + 4, 1]));
    };
    const device = wordDevice({
      read: (offset) => (offset === 4 ? ready : offset === 8 ? tenths : 0),
      write: (offset) => (offset === 0 ? measure() : "error"),
    });
    soc.map({ name: "THERMO", start: 0x40001000, size: 0x100 }, device);
  },
});

const probe = simulatedProbe({ model: chip, options: { sensor: process.argv[2] ?? "works" } });
const onEvent = (event) => {
  if (event.kind === "message") console.log(event.text);
  if (event.kind === "timeout") console.log("the wait timed out");
};
const seq = [fileURLToPath(new URL("first.seq", import.meta.url))];
await ConnectHelper.withSession({ probes: [probe], seq, onEvent }, async (session) => {
  for (const _ of [1, 2, 3]) await session.run("Measure");
});
