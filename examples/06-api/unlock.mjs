// Opens a protected nRF52 by erasing everything in it, with the sequences that the package ships. Consent is `mayErase`.
import { ConnectHelper } from "dbgseq";

const probe = process.argv[2] ?? "sim:nrf52840?protected=yes";

await ConnectHelper.withSession(
  {
    probe,
    seq: ["shipped:nordic/nrf52"],
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
