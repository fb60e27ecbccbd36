// Connects while nRESET is held low and halts the core before its first instruction: for firmware that switches its own
// debug pins off, or sleeps for ever.
import { ConnectHelper } from "dbgseq";

const probe = process.argv[2] ?? "sim:generic-m4";

await ConnectHelper.withSession(
  {
    probe,
    connect: "under-reset",
    onEvent: (event) => {
      if (event.kind === "notice") console.log(event.text); // says so before it pulls a line
    },
  },
  async ({ target }) => {
    if ((await target.getState()) !== "halted") await target.resetAndHalt();
    const pc = await target.readCoreRegister("pc");
    console.log(`${await target.getState()} at 0x${pc.toString(16)}`);
  },
);
