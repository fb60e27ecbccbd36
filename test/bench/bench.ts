/** `npm run bench`: figures of this machine and, where it matters, ratios and counts that hold on every one. */
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { flashRates, flashText } from "./flash.ts";
import { interpreterRates } from "./interpreter.ts";
import { comparisons, missingPeer } from "./pyocd.ts";
import { exchangesPerSequence, exchangesText } from "./packets.ts";
import { parseRate } from "./parse.ts";
import { pollingCosts } from "./polling.ts";
import { thumbRates } from "./thumb.ts";
import { vendorRates, vendorText } from "./vendor-flash.ts";

const perSecond = (count: number, seconds: number): string =>
  `${Math.round(count / seconds).toLocaleString("en")}/s`;

function startMs(args: readonly string[]): number {
  const times = Array.from({ length: 7 }, () => {
    const start = performance.now();
    spawnSync(process.execPath, args, { stdio: "ignore" });
    return performance.now() - start;
  });
  return times.toSorted((a, b) => a - b)[3] ?? 0;
}

const { statements, seconds } = parseRate();
process.stdout.write(`parse and check       ${perSecond(statements, seconds)} statements\n`);

for (const { name, unit, count, seconds: took } of await interpreterRates()) {
  process.stdout.write(`interpret ${name.padEnd(22)} ${perSecond(count, took)} ${unit}\n`);
}

const [core, ...peers] = await thumbRates();
if (core !== undefined) {
  const own = core.instructions / core.seconds;
  process.stdout.write(
    `simulated core        ${perSecond(core.instructions, core.seconds)} instructions (Armv6-M)\n`,
  );
  for (const { name, instructions, seconds: took } of peers) {
    const times = (own * took) / instructions;
    process.stdout.write(
      `the same loop, ${name.padEnd(8)}${perSecond(instructions, took)}: ${times.toFixed(1)} times as fast\n`,
    );
  }
  if (peers.length === 0) process.stdout.write("Comparison with rp2040js skipped: it is not installed\n");
}

const [delay, ...polled] = await pollingCosts();
if (delay !== undefined) {
  process.stdout.write(
    `\nTwo seconds on the simulator, ${delay.cpuMs.toFixed(2)} ms of processor time as a delay\n`,
  );
  for (const { name, cpuMs, simulated } of polled) {
    const ratio = `${(cpuMs / delay.cpuMs).toFixed(1)} times that`;
    process.stdout.write(`${name.padEnd(22)}${ratio}, ${simulated.toFixed(0)} requests simulated\n`);
  }
}

const algorithm = fileURLToPath(new URL("../examples/05-flash/EX52.FLM", import.meta.url));
process.stdout.write(
  `\nFlash of 256 KiB, high-speed probe at 10 MHz, simulated nRF52840, in the target's time\n`,
);
process.stdout.write(`${flashText(await flashRates(readFileSync(algorithm)))}\n`);
process.stdout.write(`\nThe same with vendors' own algorithms on erased flash\n`);
process.stdout.write(`${vendorText(await vendorRates(new URL("../../shared/corpus/", import.meta.url)))}\n`);

const defaults = fileURLToPath(new URL("../sequences/default", import.meta.url));
const missing = missingPeer();
if (missing !== undefined) process.stdout.write(`\nComparison with pyOCD skipped: ${missing}\n`);
else {
  process.stdout.write(`\nThe same texts, dbgseq and pyOCD\n`);
  for (const { name, unit, count, ours, theirs } of await comparisons(defaults)) {
    const rates = `${perSecond(count, ours)} ${unit}, pyOCD ${perSecond(count, theirs)}`;
    process.stdout.write(`${name.padEnd(22)} ${rates}: ${(theirs / ours).toFixed(1)} times as fast\n`);
  }
}

process.stdout.write(`\nExchanges with the probe for each default sequence, and why\n`);
process.stdout.write(`${exchangesText(await exchangesPerSequence())}\n`);

const cli = fileURLToPath(new URL("./cli.js", import.meta.url));
const bare = startMs(["-e", "0"]);
const version = startMs([cli, "--version"]);
const evaluate = startMs([cli, "eval", "1 + 1"]);
process.stdout.write(
  `\nStart: node -e 0 ${bare.toFixed(0)} ms, dbgseq --version ${version.toFixed(0)} ms, dbgseq eval ${evaluate.toFixed(0)} ms\n`,
);
process.stdout.write(
  `ratio to node -e 0: ${(version / bare).toFixed(2)} and ${(evaluate / bare).toFixed(2)}\n`,
);
