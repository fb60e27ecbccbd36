// Opens a protected nRF52 by erasing everything in it, with the sequences that the package ships. Consent is `mayErase`.
import { fileURLToPath } from "node:url";
import { ConnectHelper } from "dbgseq";

const probe = process.argv[2] ?? "sim:nrf52840?protected=yes";
const recover = fileURLToPath(import.meta.resolve("dbgseq/sequences/vendor/nordic/nrf52.seq"));

await ConnectHelper.withSession(
  {
    probe,
    seq: [recover],
    connect: "none", // a protected part lets no ordinary connection get as far as the core
    mayErase: true,
    onEvent: (event) => {
      if (event.kind === "message") console.log(event.text);
    },
  },
  async (session) => {
    for (const step of ["Status", "Recover", "Status"]) {
      console.log(`-- ${step}`);
      await session.run(step);
    }
  },
);
