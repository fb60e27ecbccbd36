// Reads a proprietary access port: the MDM-AP of NXP's Kinetis behind APSEL 1. SELECT is written as needed.
import { ConnectHelper } from "dbgseq";

const probe = process.argv[2] ?? "sim:mk64fn1m0";
const IDR = 0xfc;
const STATUS = 0x00;

await ConnectHelper.withSession({ probe }, async ({ target }) => {
  for (const ap of target.aps) console.log(ap.description);
  const mdm = target.aps.get(1);
  const status = await mdm.readReg(STATUS);
  console.log(`IDR 0x${(await mdm.readReg(IDR)).toString(16)}`);
  console.log((status & 0x4) === 0 ? "not secured" : "secured: a mass erase opens it");
  if (target.aps.has(7)) console.log("there is an AP 7 too");
});
