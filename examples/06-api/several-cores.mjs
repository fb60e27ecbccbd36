// Works with the cores of one device in one session: each has its own state, registers and memory behind its own access port.
import { ConnectHelper } from "dbgseq";

const probe = process.argv[2] ?? "sim:nrf5340";

await ConnectHelper.withSession({ probe }, async ({ target }) => {
  await target.core(1).halt();
  for (const core of target.cores) {
    const vectors = core.name === target.selectedCore.name ? 0x0000_0000 : 0x0100_0000;
    console.log(`${core.name} at AP ${core.ap}: ${core.identity.name}, ${await core.getState()}`);
    console.log(`  first stack pointer: 0x${(await core.read32(vectors)).toString(16)}`);
  }
  target.selectCore(1); // what follows is for the second core
  console.log(
    `selected: ${target.selectedCore.name}, pc 0x${(await target.readCoreRegister("pc")).toString(16)}`,
  );
  await target.resume();
});
