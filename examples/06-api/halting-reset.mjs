// Resets a target and halts it before its first instruction: by one call, then by a vector catch that stays.
import { ConnectHelper, ResetType } from "dbgseq";

const probe = process.argv[2] ?? "sim:generic-m4";

await ConnectHelper.withSession({ probe }, async ({ target }) => {
  const where = async () =>
    `${await target.getState()} at 0x${(await target.readCoreRegister("pc")).toString(16)}`;

  await target.resetAndHalt();
  console.log(`after resetAndHalt: ${await where()}`);

  await target.resetAndHalt(ResetType.HARDWARE); // through nRESET, where it is wired
  console.log(`after one through nRESET: ${await where()}`);

  await target.setVectorCatch(["CORE_RESET"]); // from now on at every reset, whoever makes it
  await target.reset();
  console.log(`after reset with a vector catch: ${await where()}`);
});
