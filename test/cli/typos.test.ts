/** A misspelt word of any kind is answered with the right one. */
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { dbgseq } from "../support/command-line.ts";
import { folderWith } from "../support/folder.ts";

const SVD = `<device><name>D</name><size>32</size><peripherals><peripheral><name>DBGMCU</name>
<baseAddress>0x20000000</baseAddress><registers><register><name>CTRL</name><addressOffset>0</addressOffset><fields>
<field><name>DBG_STOP</name><bitRange>[1:1]</bitRange></field></fields></register></registers></peripheral></peripherals></device>`;

const EX52 = "--pack examples/05-flash/Example.EX52_DFP.pdsc";
const M4 = "--probe sim:generic-m4 --no-config";

const TYPOS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  command: {
    chekc: "check?",
    flsh: "flash?",
    earse: "erase?",
    probse: "probes?",
    docter: "doctor?",
    "recpie run x.yaml": "recipe?",
    inof: "info?",
  },
  option: {
    "run X --prob sim": "--probe?",
    "run X --conect attach": "--connect?",
    "read 0 --widht 8": "--width?",
    "list --pak x": "--pack?",
    "flash x --no-verfy": "--no-verify?",
    "reset --hlat": "--halt?",
    "info --devcie X": "--device?",
  },
  value: {
    "info --connect under-rest": '"under-reset"?',
    "info --protocol swdd": '"swd"?',
    "reset --type hardwear": "--type hardware?",
    "flash x --erase sectr": "--erase sector?",
    "dump 0:4 --format srce": "--format srec?",
    "info --leave runing": '"running"?',
    "info --allow erse": "erase, lock,",
  },
  sequence: {
    [`run ResetSytem ${M4}`]: '"ResetSystem"?',
    "show ResetHardwre": '"ResetHardware"?',
    "run shipped:nordic/nrf53x#Status --probe sim": "shipped:nordic/nrf53?",
    "run shipped:nordic/nrf52#Recovr --probe sim": "Recover",
  },
  device: {
    [`list ${EX52} --device EX52480`]: "EX52840?",
    "list --pack examples/01-pack-on-the-simulator/Example.EX32_DFP.pdsc --device EX32M5": "EX32M4?",
  },
  register: {
    [`read DBGMC.CTRL ${M4} --svd SVD`]: "DBGMCU.CTRL?",
    [`read DBGMCU.CTLR ${M4} --svd SVD`]: "DBGMCU.CTRL?",
    [`read DBGMCU.CTRL.DBG_STPO ${M4} --svd SVD`]: "DBGMCU.CTRL.DBG_STOP?",
    [`regs xpsrr ${M4}`]: '"xpsr"?',
  },
  model: {
    "info --probe sim:nrf52480": '"nrf52840"?',
    "info --probe sim:generic-m4f": '"generic-m4"?',
  },
  "option of a model": {
    "info --probe sim:nrf52840?protectd=yes": '"protected"?',
    "info --probe sim:nrf52840?protected=yess": "protected=no|yes",
    "info --probe sim:stm32h743?flsh=busy": '"flash"?',
  },
  topic: { "doc conect": '"connect"?' },
};

const ALL = Object.entries(TYPOS).flatMap(([kind, typos]) =>
  Object.entries(typos).map(([line, right]) => ({ kind, line, right })),
);

describe("a misspelt word", () => {
  test("the list has thirty of them", () => {
    expect(ALL.length).toBeGreaterThanOrEqual(30);
  });

  test.each(ALL)("$kind: dbgseq $line", async ({ line, right }) => {
    const svd = join(folderWith({ "d.svd": SVD }), "d.svd");
    const { code, err } = await dbgseq(...line.replace("--svd SVD", `--svd ${svd}`).split(" "));
    expect(err).toContain(right);
    expect(code).toBe(2);
  });
});
