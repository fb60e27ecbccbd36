/** Opens any probe that pyOCD's server drives. Knows the greeting; operations are in pyocd/link.ts. */
import type { DapLink } from "../../coresight/wire/link.ts";
import type { Clock } from "../../lib/clock.ts";
import { openConnection, type PyocdAddress } from "./connection.ts";
import { OPEN_US, PyocdLink } from "./link.ts";
import { PYOCD_VERSION, type Capability } from "./protocol.ts";

/**
 * Greets the server, opens the probe and asks what it can do. Rejects with `no-connection`, `probe-refused`
 * and other failures of the connection.
 */
export async function openPyocd(address: PyocdAddress, clock: Clock): Promise<DapLink> {
  const connection = await openConnection(address);
  try {
    await connection.order("hello", [PYOCD_VERSION]);
    await connection.order("open", [], OPEN_US);
    const property = async (name: string): Promise<unknown> => {
      const reply = await connection.ask("readprop", [name]);
      return reply.kind === "done" ? reply.result : undefined;
    };
    return new PyocdLink(connection, clock, {
      identity: named({
        vendor: await property("vendor_name"),
        product: await property("product_name"),
        serialNumber: await property("unique_id"),
      }),
      capabilities: new Set(texts(await property("capabilities")) as Capability[]),
      protocols: texts(await property("supported_wire_protocols")),
    });
  } catch (error) {
    await connection.close();
    throw error;
  }
}

function texts(value: unknown): readonly string[] {
  return Array.isArray(value)
    ? (value as readonly unknown[]).filter((one): one is string => typeof one === "string")
    : [];
}

function named(values: Readonly<Record<string, unknown>>): Readonly<Record<string, string>> {
  const given = Object.entries(values).filter(
    (entry): entry is [string, string] => typeof entry[1] === "string" && entry[1] !== "",
  );
  return Object.fromEntries(given);
}
