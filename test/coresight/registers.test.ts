import { expect, test } from "vitest";
import {
  AIRCR,
  apRegisterName,
  CSW,
  CTRL_STAT,
  decode,
  encode,
  field,
  mask,
  registerAt,
  SELECT,
} from "../../src/coresight/registers.ts";

test("a value is shown by the names of what is set in it", () => {
  expect(decode(CTRL_STAT, 0xf000_0060)).toBe(
    "CTRL/STAT 0xF0000060: STICKYERR, READOK, CDBGPWRUPREQ, CDBGPWRUPACK, CSYSPWRUPREQ, CSYSPWRUPACK",
  );
  expect(decode(CSW, 0x2300_0052)).toBe("CSW 0x23000052: Size=2, AddrInc=1, DeviceEn, Prot=35");
  expect(decode(CSW, 0)).toBe("CSW 0x00000000");
});

test("fields are taken out and put together as unsigned values", () => {
  expect(encode(SELECT, { APSEL: 0xff, APBANKSEL: 0xf })).toBe(0xff00_00f0);
  expect(field(SELECT, "APSEL", 0xff00_00f0)).toBe(0xff);
  expect(encode(AIRCR, { VECTKEY: 0x05fa, SYSRESETREQ: 1 })).toBe(0x05fa_0004);
  expect(mask(CTRL_STAT, "CSYSPWRUPACK", "CDBGPWRUPACK")).toBe(0xa000_0000);
  expect(encode(CSW, { Size: 0, AddrInc: 0 }, 0xab00_0012)).toBe(0xab00_0000);
  expect(encode(CSW, { Size: 9 }, 0)).toBe(1);
});

test("addresses and offsets have names", () => {
  expect(registerAt(0xe000_edf0)).toBe("DHCSR");
  expect(registerAt(0x2000_0000)).toBeUndefined();
  expect(apRegisterName(0x14)).toBe("BD1");
});
