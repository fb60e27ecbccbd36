// Holds nRESET low for exactly as long as wanted. `session.sleep` waits on the session's clock, which costs no time on the
// simulator. Should anything fail in between, closing the session lets the line go.
import { ConnectHelper } from "dbgseq";

const probe = process.argv[2] ?? "sim:generic-m4";

await ConnectHelper.withSession({ probe }, async (session) => {
  const { dp } = session.target;
  await dp.assertReset(true);
  console.log(`nRESET is ${(await dp.isResetAsserted()) ? "low" : "high"}`);
  await session.sleep(1000);
  await dp.assertReset(false);
  console.log(
    `nRESET is ${(await dp.isResetAsserted()) ? "low" : "high"}, the core ${await session.target.getState()}`,
  );
});
