/**
 * Translates errors behind WebUSB's interface to those of our port: DOMExceptions of browsers, and errors of
 * the library `usb`.
 */
import { UsbError, type UsbErrorCode } from "./port.ts";

export interface WebUsbResult {
  readonly status?: "ok" | "stall" | "babble" | undefined;
}

export function failureOf(status: WebUsbResult["status"]): UsbError | undefined {
  if (status === "stall") return new UsbError("stall", "the endpoint is halted");
  return status === "babble" ? new UsbError("overflow", "more bytes came than were requested") : undefined;
}

/** Recognises the refusal of the library `usb` to close. */
export function isPending(error: unknown): boolean {
  return error instanceof Error && /pending request/.test(error.message);
}

export type Call = "open" | "claim" | "transfer" | "close";

/** The errors of WebUSB are DOMExceptions; the meaning of NetworkError depends on the call. */
const CODES: Readonly<Record<string, (call: Call) => UsbErrorCode>> = {
  NotFoundError: () => "no-device",
  SecurityError: () => "access",
  NotSupportedError: () => "not-supported",
  InvalidStateError: (call) => (call === "close" ? "no-device" : "io"),
  AbortError: () => "cancelled",
  NetworkError: (call) => (call === "claim" ? "busy" : call === "open" ? "access" : "io"),
};

/** The library `usb` throws plain errors from the same calls; they hold libusb's names. */
const LIBUSB_CODES: Readonly<Record<string, UsbErrorCode>> = {
  ACCESS: "access",
  BUSY: "busy",
  CANCELLED: "cancelled",
  NOT_FOUND: "not-found",
  NOT_SUPPORTED: "not-supported",
  NO_DEVICE: "no-device",
};

/** After a device is unplugged, the library knows neither its configuration nor an interface in it. */
const IS_GONE = /disconnected|interface not found/i;

function codeOf(error: unknown, call: Call): UsbErrorCode {
  const { name, message } = error instanceof Error ? error : { name: "", message: String(error) };
  const said = /LIBUSB_(?:ERROR|TRANSFER)_(\w+)/.exec(message)?.[1];
  if (said !== undefined) return LIBUSB_CODES[said] ?? "io";
  return IS_GONE.test(message) ? "no-device" : (CODES[name]?.(call) ?? "io");
}

/** Rejects with a UsbError. */
export async function asked<T>(call: Call, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    if (error instanceof UsbError) throw error;
    const message = error instanceof Error ? error.message : String(error);
    throw new UsbError(codeOf(error, call), message, error);
  }
}
