/** Makes the page about probes: how one is named, and which are known. */
import { PROBE_FORMS } from "../probe/select.ts";
import { KNOWN_PROBES, type KnownProbe } from "../probe/usb/known.ts";
import type { Page } from "./page.ts";

export function probesPage(): Page {
  return {
    title: "Probes: what `--probe` takes, and which are known",
    blocks: [
      { table: { head: ["name", "what it is"], rows: PROBE_FORMS.map(({ form, means }) => [form, means]) } },
      {
        text:
          "Without a name, the one probe that is attached is used; of several, a person at a terminal chooses. The simulator is " +
          "never chosen silently. `dbgseq probes` lists what is attached, `dbgseq doctor` says why one cannot be used.",
      },
      { heading: "Known by their USB ids" },
      {
        table: {
          head: ["ids", "probe", "differs from the specification"],
          rows: KNOWN_PROBES.map((one) => [ids(one), one.name, differences(one)]),
        },
      },
      {
        text: "Any other probe that calls itself CMSIS-DAP is found, too. grammar/probes.md says who has seen one of these work.",
      },
    ],
  };
}

function ids({ vendorId, productId }: KnownProbe): string {
  const shown = (id: number): string => id.toString(16).padStart(4, "0");
  return `${shown(vendorId)}:${shown(productId)}`;
}

function differences({ speaks, lacks = [], note, reportBytes, sharesSerial }: KnownProbe): string {
  const said = [
    ...(speaks === undefined ? [] : [`speaks ${speaks.join(" and ")}`]),
    ...(reportBytes === undefined ? [] : [`reports of ${reportBytes} bytes`]),
    ...lacks.map((what) => `lacks ${what}`),
    ...(sharesSerial === true ? ["its serial number tells nothing"] : []),
    ...(note === undefined ? [] : [note]),
  ];
  return said.join("; ");
}
