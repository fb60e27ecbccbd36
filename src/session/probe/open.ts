/**
 * Opens the probe that a request names. Only this place of a session chooses among adapters; assemble.ts
 * builds on it.
 */
import { assertNever } from "../../lib/assert-never.ts";
import { HostClock } from "../../lib/clock.ts";
import { parseProbe } from "../../probe/select.ts";
import { chooseUsbProbe } from "../../probe/usb/choice.ts";
import { listAttachedProbes } from "../../probe/usb/libusb.ts";
import type { UsbProbe } from "../../probe/usb/probes.ts";
import {
  checkRequest,
  linkOver,
  openSessionOver,
  type OpenLink,
  type OpenProbe,
  type OpenRequest,
  type ProbeRequest,
} from "../assemble.ts";
import { SessionFailure } from "../../project/faults.ts";
import { patiently } from "./patience.ts";
import type { Connection } from "../connection.ts";
import { simulated } from "./simulated.ts";

export {
  openSessionOver,
  type OpenLink,
  type OpenProbe,
  type OpenRequest,
  type ProbeRequest,
} from "../assemble.ts";

/**
 * Returns a session that is not connected yet. The probe is open; `session.disconnect()` or `abandon()`
 * closes it.
 */
export async function openSession(request: OpenRequest): Promise<Connection> {
  checkRequest(request);
  return openSessionOver(await openPatiently(request), request);
}

/** Opens the probe up to its link; one that is busy or missing is tried again for `waitMs`. */
export function openPatiently(request: ProbeRequest): Promise<OpenLink> {
  const { waitMs = 0, signal, onEvent } = request;
  const onWait = (reason: string): void =>
    onEvent?.({ kind: "notice", timeUs: 0, text: `waiting for the probe: ${reason}` });
  // A busy server accepts the connection and reports it then.
  return patiently({ waitMs, signal, onWait }, () => openProbeLink(request));
}

/** Opens the probe that the request names, or the one that is attached; the caller closes it. */
export async function openProbe(request: ProbeRequest): Promise<OpenProbe | OpenLink> {
  const { probe } = request;
  const choice = probe === undefined ? undefined : parseProbe(probe);
  if (request.wire !== undefined && choice?.kind !== "sim") throw unwatched();
  if (probe === undefined || choice === undefined) return onHost(chooseUsbProbe(await listAttachedProbes()));
  switch (choice.kind) {
    case "sim":
      return simulated(choice, request);
    case "tcp":
      return {
        pipe: await (await import("../../probe/tcp/pipe.ts")).openTcp(choice),
        clock: new HostClock(),
      };
    case "usb-id":
    case "usb-path":
    case "usb-product":
      return onHost(chooseUsbProbe(await listAttachedProbes(), choice));
    case "pyocd": {
      const clock = new HostClock();
      return { link: await (await import("../../probe/pyocd/open.ts")).openPyocd(choice, clock), clock };
    }
    default:
      return assertNever(choice);
  }
}

/** A host cannot see the wires of a real probe. */
export function unwatched(): SessionFailure {
  const what = "the wire can be watched on the simulator only; a real one needs a logic analyser";
  return new SessionFailure({ kind: "bad-request", what }, what);
}

async function onHost(probe: UsbProbe): Promise<OpenProbe> {
  return { pipe: await probe.open(), clock: new HostClock() };
}

/**
 * Opens the same probe up to its link, for a caller without sequences to run. Closing the link closes the
 * probe.
 */
export async function openProbeLink(request: ProbeRequest): Promise<OpenLink> {
  const probe = await openProbe(request);
  return "link" in probe ? probe : { link: await linkOver(probe), clock: probe.clock };
}
