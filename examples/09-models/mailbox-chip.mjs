// A chip of its own: AP 0 opens only when a debugger puts the key into the mailbox behind AP 1.
import { defineModel, keptVariables, registerPort, Source } from "dbgseq/sim";

const KEY = 0x00_c0_ff_ee;
const DATA = `
model: mailbox-chip
about: a Cortex-M4 behind a mailbox
sources: [invented for this example]
debugPort: { dpidr: 0x2BA01477 }
accessPorts: [{ index: 0, kind: ahb, idr: 0x24770011, base: 0xE00FF003 }]
processors: [{ name: cm4, type: Cortex-M4 }]
memories:
  - { name: flash, start: 0, size: 0x10000, access: rx, content: [{ at: 0, words: [0x20004000, 9, 0xE7FEE7FE] }] }
  - { name: ram, start: 0x20000000, size: 0x4000 }
`;

export default defineModel({
  extends: new Source("mailbox-chip.yaml", DATA),
  options: {
    mailbox: { type: "choice", values: ["shut", "open"], default: "shut", about: "open: AP 0 needs no key" },
  },
  build(soc, { options }) {
    let isOpen = options.mailbox === "open";
    soc.keep("mailbox", keptVariables({ isOpen: [() => Number(isOpen), (value) => (isOpen = value === 1)] }));
    soc.memAp(0).enabled = () => isOpen;
    soc.accessPorts.set(
      1,
      registerPort(soc, 1, {
        read: (register) => (register === 0xfc ? 0x0bad_0000 : Number(isOpen)),
        write: (register, value) => {
          if (register === 4) isOpen = value === KEY;
        },
      }),
    );
  },
});
