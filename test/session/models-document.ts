/** grammar/models.md: the shipped models, and which real pack each of them met. */
import { shippedModel, shippedModelNames } from "../../src/simulator/models/shipped.ts";
import { describeOption } from "../../src/simulator/model/options.ts";
import { STEPS, type Meeting } from "./meetings.ts";

const INTRODUCTION = `# Simulated devices

The models that ship, by the name behind \`sim:\`. \`sim:NAME?option=value\` sets an option; every model has \`latency\`, \`quirk\`,
\`execute\`, \`nreset\` and \`seed\` besides its own. What a model simplifies or omits stands among the sources in its own file.

With \`state=FILE\` a device goes on from what the command before left: its memories, the registers of its peripherals and cores, whether
a core is halted, breakpoints and watchpoints. Access ports and exceptions that are active or pending begin anew;
an erase under way is brought to its end. Options that set a part up, as \`protected\`, count while there is no file. FILE is
JSON with \`format\`, \`version\` (1), \`model\`, \`timeUs\`, \`memories\` (pieces of 4 KiB in base 64, by their offset) and \`parts\`; one of
another version or model is refused. It is written at the end of a command, whole or not at all, and one process has it at a time.

| model | what it is | options |
| --- | --- | --- |
`;

const MET = `
## Real packs

Each model is connected to, read, reset and halted with every real pack that the tests have and that names its device, by the pack's
own sequences; flash is programmed by the pack's algorithm, where the tests have that too. Of devices that differ in their names only
one is tried. A number leads to the reason below.

| model | pack | device | processor | ${STEPS.join(" | ")} | flash |
| --- | --- | --- | --- | ${STEPS.map(() => "---").join(" | ")} | --- |
`;

export function modelsDocument(met: readonly Meeting[]): string {
  const reasons: string[] = [];
  const cell = (outcome: string): string => {
    if (outcome === "yes") return outcome;
    if (!reasons.includes(outcome)) reasons.push(outcome);
    return `no (${reasons.indexOf(outcome) + 1})`;
  };
  const rows = met.map((one) => {
    const flash = one.flash === undefined ? "" : cell(one.flash);
    return `| ${whose(one)} | ${STEPS.map((step) => cell(one.steps[step])).join(" | ")} | ${flash} |\n`;
  });
  const none = shippedModelNames.filter((name) => !met.some(({ model }) => model === name));
  return [
    INTRODUCTION,
    ...shippedModelNames.map(modelRow),
    MET,
    ...rows,
    "\n",
    ...reasons.map((reason, at) => `${at + 1}. ${reason}\n`),
    `\nNo pack of the tests names the device of ${none.map((name) => `\`${name}\``).join(", ")}.\n`,
  ].join("");
}

/** The first cells of a row. */
export function whose({ model, pack, device, alike, pname = "" }: Meeting): string {
  return `\`${model}\` | ${pack} | ${alike === 0 ? device : `${device} and ${alike} alike`} | ${pname}`;
}

export function modelRow(name: string): string {
  const model = shippedModel(name);
  const options = Object.entries(model?.options ?? {}).map(
    ([option, spec]) => `\`${describeOption(option, spec).replaceAll("|", "\\|")}\`: ${spec.about}`,
  );
  return `| \`${name}\` | ${model?.about ?? ""} | ${options.join("<br>")} |\n`;
}
