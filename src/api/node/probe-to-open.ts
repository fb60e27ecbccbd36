/** Finds a probe when it is opened: by what the option `probe` says, or as the only one that is attached. */
import { readSource } from "../../host/files/input-files.ts";
import { loadCodeModel } from "../../host/files/code-model.ts";
import { Gate } from "../../host/effects/gate.ts";
import { openStateFile } from "../../host/files/state-file.ts";
import { openPatiently } from "../../session/probe/open.ts";
import { openChosen, type ProbeChooser } from "../choose-probe.ts";
import type { DebugProbe } from "../debug-probe.ts";

const NOBODY: ProbeChooser = { ask: undefined, tell: () => undefined };

export function probeToOpen(name: string | undefined, chooser: ProbeChooser = NOBODY): DebugProbe {
  return {
    uniqueId: name ?? "",
    vendorName: "",
    productName: "",
    description: name ?? "the probe that is attached",
    open: (request) =>
      openChosen(chooser, (chosen = name) =>
        openPatiently({
          readText: readSource,
          openState: openStateFile,
          // A request without a gate has no grants.
          loadModel: (path) => loadCodeModel(path, { gate: new Gate([]) }),
          ...request,
          ...(chosen === undefined ? {} : { probe: chosen }),
        }),
      ),
  };
}
