/**
 * The public page of `dbgseq` in a browser: what every host has (public.ts) without files and terminal, probes over WebUSB or over
 * a pipe of the page's own, and the simulator.
 */
/// <reference lib="esnext.disposable" preserve="true" />
export * from "./public.ts";
export { ConnectHelper } from "./api/browser-host.ts";
export { connectHelper } from "./api/connect-helper.ts";
export type { Host } from "./api/host.ts";
export { webUsbProbes } from "./api/web-probes.ts";
export type { WebUsb, WebUsbDevice } from "./probe/usb/web-usb.ts";
export { openSessionOver, type OpenProbe } from "./session/assemble.ts";
export { defineModel, yamlModel } from "./simulator/model/define-model.ts";
export { openSimulator, type Simulator, type SimulatorSpec } from "./simulator/open.ts";
