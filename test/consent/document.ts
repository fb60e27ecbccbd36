/** grammar/consent.md: what needs which grant, by door and by family; made from the table that is asked. */
import { FAMILIES, GUARDED, type FamilyName, type Guarded } from "../../src/device/guarded/index.ts";
import { hex, hex32 } from "../../src/lib/hex.ts";

const HEAD = `# Consent

What erases everything, or cannot be taken back, takes place only with consent. This file is generated:
\`npm run generate\` writes it anew from the table in [src/device/guarded/](../src/device/guarded/).

## Grants

| grant | for |
| --- | --- |
| \`--allow erase\` | erasing all flash of a part, by any command or sequence |
| \`--allow lock\` | protection against debuggers or against writing that erasing everything takes back |
| \`--allow lock=forever\` | what nothing takes back: RDP level 2, CRP3, one-time programmable memory; it includes \`lock\` |
| \`--allow model=FILE\` | running the code of a simulated device, \`sim:./chip.mjs\`, in the process of dbgseq with the rights of its user; it has nothing to do with the target |

In the library these are \`mayErase\`, \`mayLock\` and \`mayLockForever\` of a session, and \`model=FILE\` of its option \`allow\`. They come from the command line or the
program that calls the library alone: never from a file, a variable, a pack, or an answer to a query. On a terminal an erase
without a grant asks for the device's name to be typed (and code of a device for yes), once for each effect (a row below, or a region of flash): a name that was
typed for one stands for no other one. \`erase --chip\`, \`flash --erase chip\` and \`run\` of a sequence that \`requires erase\` ask once,
for all of the device, before they begin. Everything else is refused with code 5 (\`no-consent\`, \`would-lock\`),
nothing of the refused access is sent, what stands before it takes place, and the target is released.

## Doors

| door | what is looked at |
| --- | --- |
| sequences of a pack or a script, \`run\`, \`-e\`, recipes | every write that an access function, BufferWrite or an atomic block makes, when it is about to be sent; \`requires erase\` when the sequence would be entered |
| \`write\`, \`fill\`, \`load\`, the library's memory, register and access port calls | every write, likewise |
| \`flash\`, \`FlashLoader\`, recipes | the image, before anything is erased: rows of memory; \`--erase chip\`, and a region that its algorithm erases only as a whole, need \`erase\` |
| \`erase\`, \`FlashEraser\`, recipes | \`--chip\`, and ranges that hold all sectors of a region, need \`erase\`; rows that lock where they are left erased |
| \`serve\` | nothing: its clients are other debuggers, whose packets are passed on as they are; a client that is allowed to connect may erase and lock |
| \`check\` | the same writes, as far as their address and value are constants, in sequences that declare nothing |

## Queries

| | answered by \`--answer\` | \`--batch\` | terminal | none of these |
| --- | --- | --- | --- | --- |
| Query, QueryValue | its value | the query's own default | the user | refused with 5 (\`no-answer\`) |
| Query of type 0 | its value | ok | the user | ok, because it has no other answer |

Every answer is printed with who gave it. None of them stands in for a grant.

## Which family a part is of

The hardware says it first: the designer in DPIDR and TARGETID where the flow reads them and no datapatch corrects them, in IDR of
the access ports, and in the ROM tables that these name. They are asked as soon as a write is in question, past every correction, and
once more for another debug port, or where nothing answered before. A description adds its own family, and tells devices of one family
apart where the same address means different things on them (CFPA and CMPA of LPC55, user rows of SAM, option bytes and OTP of STM32
at 0x1FFF7800); it takes away no row that the hardware asks for. Where the hardware says nothing (many parts show Arm's own identities alone) every register's row holds;
rows of memory that is ordinary elsewhere (option bytes, UICR, words of flash) then go by what the description names.

## How a write is followed

A write counts at the address that it reaches, however it gets there: by TAR, which is read where it has moved on, by banked and direct
registers, by bytes, packed or whole words, by a view in which bits of a register are set, cleared or toggled (bit-band of Cortex-M3
and M4, the bit manipulation engine of Kinetis, set and clear views of EFM32 and RP2350), and through an access port that stands in the
memory behind another one, by its registers or by that memory. Flash controllers that are pointed at an address by one register and
ordered by another are stopped at the first (ADDRB of EFM32, ADDR of SAM L1x and E5x, STARTA and STOPA of LPC55).

## What is not looked at

A raw write to a part that is in no row of this table is sent as it is. It can erase or lock that part: a flash controller that
not described here, a mailbox whose commands are a secret, code that is put into RAM and run, a flash algorithm that does
something else than its name says, bits on the wires (DAP_SWJ_Sequence, DAP_JTAG_Sequence) that make up an access of their
own, a system call whose number stands in RAM (PSoC 6), what another master of the part writes once it was told to (DMA), an
address that an access port in memory was told in an earlier session, sectors that are erased one by one until none is left.
A user who runs a script on an unknown part trusts the script.
`;

export function consentDocument(): string {
  const families = (Object.keys(FAMILIES) as FamilyName[]).map((family) => {
    const rows = GUARDED.filter((row) => row.family === family).map(rowText);
    return `\n### ${family}\n\n| where | value | this | grant | devices | source |\n| --- | --- | --- | --- | --- | --- |\n${rows.join("\n")}\n`;
  });
  return `${HEAD}\n## The table\n${families.join("")}`;
}

function rowText({ at, when, does, grant, devices, erased, source }: Guarded): string {
  const where = "apRegister" in at ? `register ${hex(at.apRegister, 2)} of its access port` : range(at);
  const also = erased === "locks" ? "; so does leaving it erased" : "";
  const named = devices === undefined ? "all" : `\`${devices.source.replaceAll("|", "\\|")}\``;
  return `| ${where} | ${condition(when)} | ${does}${also} | \`${grant}\` | ${named} | ${source} |`;
}

function range({ address, size }: { readonly address: number; readonly size?: number }): string {
  return size === undefined ? hex32(address) : `${hex32(address)} to ${hex32(address + size - 1)}`;
}

function condition(when: Guarded["when"]): string {
  if (when === undefined) return "any";
  const values = "is" in when ? when.is : when.unless;
  const texts = values.map((value) => hex(value)).join(", ");
  const masked = when.mask === 0xffff_ffff ? "" : ` (of bits ${hex(when.mask)})`;
  return `${"is" in when ? "" : "all but "}${texts}${masked}`;
}
