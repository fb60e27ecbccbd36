/** Checks arguments that the library made itself: devices, findings, sessions and what was gathered for them. */
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import type { FlashImage } from "../flash/file/image.ts";
import type { DeviceContext } from "../project/context.ts";
import { thing, type Check } from "./arguments.ts";
import type { DebugProbe } from "./debug-probe.ts";
import type { FlashInputs } from "./host.ts";
import type { Session } from "./session.ts";

export const device: Check<DeviceContext> = thing("a DeviceContext, as deviceContext makes it", {
  resolve: "function",
  layers: "object",
});

export const finding: Check<Diagnostic> = thing("a finding, as checkText makes it", {
  code: "string",
  span: "object",
});

export const session: Check<Session> = thing("a Session, as ConnectHelper makes it", {
  withConnection: "function",
  closeAfter: "function",
});

export const flashInputs: Check<FlashInputs> = thing(
  "the inputs of a session, or those of settings that were gathered",
  { context: "object", readFile: "function" },
);

export const image: Check<FlashImage> = thing("an image, as readImage makes it", {
  parts: "object",
  notes: "object",
});

/** Accepts what `GatheredSettings.inputs` returns. */
export const deviceInputs: Check<object> = thing("the inputs of settings that were gathered", {
  context: "object",
  readText: "function",
  openState: "function",
});

export const probe: Check<DebugProbe> = thing("a probe, as listProbes or simulatedProbe makes it", {
  uniqueId: "string",
  open: "function",
});
