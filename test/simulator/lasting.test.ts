/** What a simulated target keeps and what it does not, as the table of `dbgseq doc models` says. */
import { describe, expect, test } from "vitest";
import { Source } from "../../src/lib/source.ts";
import { LASTING } from "../../src/manual/models.ts";
import { openSimulator, type Simulator } from "../../src/simulator/open.ts";

const YAML = new Source(
  "kept.yaml",
  `model: kept
about: for this test
sources: []
debugPort: { dpidr: 0x2BA01477 }
accessPorts: [{ index: 0, kind: ahb, idr: 0x24770011 }]
processors: [{ name: cm4, type: Cortex-M4 }]
memories:
  - { name: flash, start: 0, size: 0x1000, access: rx, fill: 0xFF, content: [{ at: 0, words: [0x20001000, 9, 0xE7FEE7FE] }] }
  - { name: ram, start: 0x20000000, size: 0x1000 }
registers:
  - name: P
    start: 0x40000000
    size: 16
    items: { SYSTEM: { offset: 0, reset: 7 }, POWER: { offset: 4, reset: 7, resetBy: power } }
`,
);

const [FLASH, RAM, SYSTEM, POWER] = [0x800, 0x2000_0010, 0x4000_0000, 0x4000_0004];
const [DHCSR, COMPARATOR] = [0xe000_edf0, 0xe000_2008];

interface Seen {
  readonly flash: unknown;
  readonly ram: unknown;
  readonly system: unknown;
  readonly power: unknown;
  readonly register: unknown;
  readonly halted: unknown;
  readonly breakpoint: unknown;
}

function marked(): Simulator {
  const simulator = openSimulator({ model: YAML });
  settle(simulator);
  const { soc } = simulator;
  soc.memory("flash").load(FLASH, new Uint8Array([1, 2, 3, 4]));
  const bus = soc.bus();
  for (const [address, value] of [
    [RAM, 0xcafe],
    [SYSTEM, 1],
    [POWER, 2],
    [DHCSR, 0xa05f_0003],
    [COMPARATOR, 0x0000_0101],
  ] as const)
    bus.write(address, 4, value);
  soc.core().registers.write(5, 0x55);
  return simulator;
}

/** Whatever a reset takes is over. */
function settle({ clock, soc }: Simulator): void {
  clock.advance(10_000);
  soc.catchUp();
}

function seen({ soc }: Simulator): Seen {
  const read = (address: number): unknown => soc.bus().read(address, 4);
  const core = soc.core();
  return {
    flash: read(FLASH),
    ram: read(RAM),
    system: read(SYSTEM),
    power: read(POWER),
    register: core.registers.read(5),
    halted: core.halted,
    breakpoint: read(COMPARATOR),
  };
}

const MARKED: Seen = {
  flash: 0x0403_0201,
  ram: 0xcafe,
  system: 1,
  power: 2,
  register: 0x55,
  halted: true,
  breakpoint: 0x101,
};

test("before anything happens all of it is there", () => {
  expect(seen(marked())).toEqual(MARKED);
});

test("a reset leaves memories, breakpoints and registers that only power resets", () => {
  const simulator = marked();
  simulator.soc.reset("system", "this test");
  settle(simulator);
  expect(seen(simulator)).toEqual({ ...MARKED, system: 7, register: 0, halted: false });
});

test("the next command finds a target that was just powered up", () => {
  marked();
  const next = openSimulator({ model: YAML });
  settle(next);
  const none = { flash: 0xffff_ffff, ram: 0, system: 7, power: 7, register: 0, halted: false };
  expect(seen(next)).toEqual({ ...none, breakpoint: 0 });
});

test("with state=FILE it goes on from all of it", () => {
  const next = openSimulator({ model: YAML }, { state: new Source("board.json", marked().keep()) });
  expect(seen(next)).toEqual(MARKED);
});

describe("the table", () => {
  const rows = LASTING.flatMap((block) => ("table" in block ? block.table.rows : []));
  const cells = (what: string): readonly string[] => rows.find(([first]) => first === what)?.slice(1) ?? [];

  test("says what was seen here", () => {
    expect(cells("flash")).toEqual(["stays", "as the model has it", "stays"]);
    expect(cells("RAM")).toEqual(["stays", "as the model has it", "stays"]);
    expect(cells("registers of peripherals")).toEqual(["reset, but for `resetBy: power`", "reset", "stay"]);
    expect(cells("core registers")).toEqual(["reset", "reset", "stay"]);
    expect(cells("a halt")).toEqual(["ends, unless the vector is caught", "ends", "stays"]);
    expect(cells("breakpoints, watchpoints")).toEqual(["stay", "are gone", "stay"]);
  });
});
