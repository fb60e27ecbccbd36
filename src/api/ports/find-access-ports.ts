/** Finds the access ports of a debug port: those that the pack names, and those that answer in a row from 0 on. */
import type { ApPlace } from "../../coresight/ap-place.ts";
import { discover, type FoundAp } from "../../coresight/adi/discovery.ts";
import type { Dp } from "../../coresight/adi/dp.ts";
import type { MemAp } from "../../coresight/adi/mem-ap.ts";
import { isNothing, mustBe } from "../../coresight/adi/identity.ts";
import { IDR } from "../../coresight/registers.ts";
import type { TargetAccess } from "../../session/access/debug-access.ts";
import type { AccessPort } from "./access-port.ts";
import { AccessPorts } from "./access-ports.ts";
import { accessPortOf } from "./mem-ap.ts";

export interface ApSearch {
  /** Access ports that are asked in any case. */
  readonly described?: readonly ApPlace[];
  /**
   * Asks all 256. By default the search ends at the first that does not exist, for some devices hang if a missing
   * one is asked (pyOCD's option scan_all_aps names them).
   */
  readonly all?: boolean;
}

const MOST = 256;

export async function findAccessPorts(
  { id, port, access }: { readonly id: number; readonly port: Dp; readonly access: TargetAccess },
  { described = [], all = false }: ApSearch,
): Promise<AccessPorts> {
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => access.inTurn(id, work);
  const memory = (place: ApPlace): MemAp => access.ports.memory(place, id);
  const portOf = ({ place, idr, nested }: Pick<FoundAp, "place" | "idr" | "nested">): AccessPort =>
    accessPortOf({ place, idr, port, inTurn, raw: memory(place), nested: nested.map(portOf) });
  // Addresses cannot be counted through: the description or the ROM tables must name the access ports.
  if ((port.version ?? 0) >= 3 || described.some((place) => typeof place !== "number")) {
    const { accessPorts } = await discover(port, { memory, described });
    return new AccessPorts(accessPorts.map(portOf));
  }
  const found = new Map<number, number>();
  const look = async (apsel: number): Promise<boolean> => {
    const idr = await readIdr(port, apsel);
    const isThere = !isNothing(idr);
    if (isThere) found.set(apsel, idr);
    return isThere;
  };
  for (let apsel = 0; apsel < MOST; apsel++) if (!(await look(apsel)) && !all) break;
  for (const apsel of described) if (typeof apsel === "number" && !found.has(apsel)) await look(apsel);
  // Without power, no access port answers.
  if (found.size === 0)
    mustBe("CTRL/STAT", { value: await port.readReg(0x4, "read of DP CTRL/STAT"), place: "the debug port" });
  return new AccessPorts([...found].map(([place, idr]) => portOf({ place, idr, nested: [] })));
}

/** Returns 0 if the access port does not exist; one that answers with an error counts as missing. */
async function readIdr(port: Dp, apsel: number): Promise<number> {
  const by = { label: `read of AP ${apsel} IDR`, tolerate: true };
  const answer = await port.wire.ask(
    () => port.apReadSteps(apsel, IDR.address),
    by,
    "search for access ports",
  );
  return "failed" in answer ? 0 : (answer[0] ?? 0);
}
