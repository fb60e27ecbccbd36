/** What a device's description says of what was asked for. */
import { apNumber } from "../coresight/ap-place.ts";
import type { DeviceContext } from "../project/context.ts";
import type { Asked } from "./causes/seen.ts";

export function askedOf(context: DeviceContext): Omit<Asked, "connect" | "dormant"> {
  const { description, processor, pname, processors } = context;
  return {
    device: description?.device,
    vendor: description?.vendor,
    pname,
    core: processor?.core,
    processors: processors.map(({ name, place }) => ({ pname: name, ap: apNumber(place) })),
    memories: (description?.memories ?? []).map(({ name, id, start, size }) => ({
      name: name ?? id ?? "memory",
      start: Number(start),
      size: Number(size),
    })),
  };
}
