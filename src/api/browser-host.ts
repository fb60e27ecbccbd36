/** The machine of a session in a browser: no files, no environment, no USB; probes are simulated, or passed in. */
import { ProbeFailure } from "../probe/faults.ts";
import { parseProbe } from "../probe/select.ts";
import { DeviceContext } from "../project/context.ts";
import { simulated } from "../session/probe/simulated.ts";
import { badArgument } from "./arguments.ts";
import { connectHelper, type Helper } from "./connect-helper.ts";
import type { DebugProbe } from "./debug-probe.ts";
import type { Host } from "./host.ts";
import { strongest } from "../options/resolve.ts";
import type { OptionName } from "./options.ts";

const OF_FILES: readonly OptionName[] = ["pack", "device", "pname", "dbgconf", "seq", "variables", "program"];

const host: Host = {
  listProbes: () => Promise.resolve([]),
  namedProbe,
  gather: (given, { recipe }) => {
    if (recipe !== undefined) throw badArgument("there are no files here for a recipe");
    const wanted = OF_FILES.find((name) => strongest(name, given) !== undefined);
    if (wanted !== undefined)
      throw badArgument(
        `there are no files here for the option ${wanted}; hand in \`context\`, which deviceContext makes`,
      );
    return Promise.resolve({ context: new DeviceContext({}), given });
  },
  ask: () => Promise.resolve(undefined),
  openWire: (path) => Promise.reject(badArgument(`there are no files here for the wires: ${path}`)),
  readFile: (path) =>
    Promise.reject(badArgument(`there are no files here; hand in the content of ${path} with its name`)),
};

export type ConnectHelper = Helper;
/** The way to open a session. All methods are static. */
export const ConnectHelper: Helper = connectHelper(host);

function namedProbe(name: string): DebugProbe {
  const choice = parseProbe(name);
  if (choice.kind !== "sim")
    throw new ProbeFailure(
      { kind: "probe-not-openable", id: name },
      `${name}: in a browser only simulated probes have names; others are handed in as \`probes\``,
    );
  return {
    uniqueId: name,
    vendorName: "dbgseq",
    productName: "dbgseq simulated CMSIS-DAP",
    description: name,
    open: (request) => simulated(choice, request),
  };
}
