/** The file that `doctor --report` writes, as grammar/probe-report.schema.json says it. Nothing else may stand in it. */
import { toJsonSchema } from "@valibot/to-json-schema";
import { Ajv } from "ajv";
import * as v from "valibot";
import { REPORT_VERSION } from "../../src/doctor/probe-report.ts";

const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const hex = (digits: number) => v.pipe(v.string(), v.regex(new RegExp(`^0x[0-9a-f]{${digits}}$`)));
const described = <const S extends v.GenericSchema>(schema: S, text: string) =>
  v.pipe(schema, v.description(text));

const serial = described(
  v.strictObject({ length: count, meaningless: v.boolean() }),
  "of a serial number: how long it is, and whether it is one that whole series share; never the number",
);

const said = <const S extends v.GenericSchema>(schema: S) =>
  v.union([schema, v.null(), v.strictObject({ refused: v.string() })]);

const report = v.strictObject({
  report: v.literal("dbgseq probes"),
  version: v.literal(REPORT_VERSION),
  system: v.strictObject({
    platform: v.string(),
    release: described(v.string(), "of the kernel"),
    arch: v.string(),
    libc: v.optional(v.string()),
    place: v.picklist(["plain", "wsl1", "wsl2", "container"]),
    node: v.string(),
    dbgseq: v.string(),
  }),
  packages: v.array(
    v.strictObject({
      name: v.picklist(["usb", "node-hid"]),
      version: described(v.optional(v.string()), "absent if it is not installed"),
      libusb: v.optional(v.string()),
      problem: described(
        v.optional(v.picklist(["not-installed", "no-libudev", "no-build", "not-started"])),
        "absent if it can be used",
      ),
      reason: v.optional(v.string()),
    }),
  ),
  devices: described(
    v.array(
      v.strictObject({
        port: v.pipe(v.string(), v.regex(/^[\d.:-]+$/)),
        vendorId: hex(4),
        productId: hex(4),
        release: described(v.string(), "bcdDevice"),
        class: described(v.optional(v.array(hex(2))), "of the device: class, subclass, protocol"),
        known: v.optional(v.string()),
        strings: v.union([
          v.strictObject({ manufacturer: v.string(), product: v.string(), serial }),
          v.strictObject({ failed: v.string() }),
        ]),
        interfaces: v.array(
          v.strictObject({
            number: count,
            class: hex(2),
            subclass: hex(2),
            protocol: hex(2),
            name: v.optional(v.string()),
            endpoints: v.array(v.strictObject({ address: hex(2), type: v.string(), maxPacketSize: count })),
          }),
        ),
        probe: v.optional(
          v.strictObject({
            generations: v.array(v.picklist(["v2", "v1"])),
            state: v.picklist(["usable", "no-permission", "no-driver", "busy"]),
            info: described(
              v.optional(
                v.strictObject({
                  texts: v.record(v.string(), said(v.string())),
                  serial: said(serial),
                  packetSize: said(count),
                  packetCount: said(count),
                  capabilities: said(v.array(v.string())),
                }),
              ),
              "the answers to DAP_Info: null is no answer",
            ),
            failed: v.optional(v.strictObject({ kind: v.string(), says: v.string() })),
          }),
        ),
      }),
    ),
    "those that look like a probe, are known, or are called one",
  ),
  findings: v.array(
    v.strictObject({
      code: v.string(),
      severity: v.picklist(["problem", "note"]),
      probe: v.optional(v.string()),
      says: v.string(),
    }),
  ),
});

export function reportSchema(): object {
  return {
    title: "What `dbgseq doctor --report` writes",
    ...toJsonSchema(report, { typeMode: "input", errorMode: "throw" }),
  };
}

export type Report = v.InferOutput<typeof report>;

const validate = new Ajv({ strict: false }).compile<Report>(reportSchema());

/** Throws if it is none that the schema has. */
export function readReport(text: string): Report {
  const value: unknown = JSON.parse(text);
  if (validate(value)) return value;
  throw new Error(`${JSON.stringify(validate.errors, undefined, 2)}\n${text}`);
}
