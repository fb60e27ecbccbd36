/** The job that lends a probe: it listens, serves clients of another process, and frees the probe when it is told to. */
import { expect, test } from "vitest";
import { gatherSettings, readPlaces, serveProbe, type DeviceInputs } from "../../src/index.ts";

async function inputsOf(probe: string): Promise<DeviceInputs> {
  return (await gatherSettings({ probe, config: false })).inputs();
}

test.each(["cmsis-dap", "pyocd"] as const)("a simulated probe is lent as %s", async (as) => {
  const end = new AbortController();
  const events: string[] = [];
  let served: Promise<void> = Promise.resolve();
  const inputs = await inputsOf("sim:generic-m4");
  const address = await new Promise<string>((resolve, reject) => {
    served = serveProbe(inputs, {
      ...{ as, port: 0, signal: end.signal },
      onReady: (ready) => {
        resolve(ready.address);
      },
      onEvent: ({ kind }) => events.push(kind),
    });
    served.catch(reject);
  });
  const client = await (await inputsOf(address)).session();
  const [[cpuid] = []] = await readPlaces(client, [{ kind: "value", address: 0xe000_ed00, bits: 32 }]);
  end.abort();
  await served;
  expect(cpuid).toMatchObject({ value: 0x410f_c241n });
  expect(events).toEqual(["client-came", "client-left"]);
});

test.each([
  [{ port: 70_000 }, "port must be an unsigned 16-bit number"],
  [{ ports: 0 }, 'did you mean "port"?'],
  [{ as: "swd" }, 'as must be one of "cmsis-dap", "pyocd", not "swd"'],
  [{ virtual: "yes" }, 'virtual must be true or false, not "yes"'],
])("a wrong argument is reported, and nothing is opened: %o", async (wishes, says) => {
  const failure = await serveProbe(await inputsOf("sim:nonesuch"), wishes as object).catch(
    (error: unknown) => error,
  );
  expect(failure).toMatchObject({ fault: { kind: "bad-argument" } });
  expect((failure as Error).message).toContain(says);
});
