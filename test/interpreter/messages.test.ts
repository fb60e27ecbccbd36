/** Message: formats of the specification, arguments and levels. */
import { describe, expect, test } from "vitest";
import { decodeEscapes, formatMessage } from "../../src/interpreter/format.ts";
import { eventsOf, messages, run } from "./support/run.ts";

describe("formatMessage", () => {
  test.each<[format: string, args: readonly (bigint | string)[], shown: string]>([
    ["%u", [0x1_0000_0005n], "5"],
    ["%llu", [0x1_0000_0005n], "4294967301"],
    ["%d", [0xffff_ffffn], "-1"],
    ["%lld", [0xffff_ffff_ffff_fffen], "-2"],
    ["%i", [7n], "7"],
    ["%hu %hhu", [0x12345n, 0x1ffn], "9029 255"],
    ["%lx", [0x1_2345_6789n], "23456789"],
    ["%x", [0x1_dead_beefn], "deadbeef"],
    ["%X", [0xabcn], "ABC"],
    ["%llX", [0x1_dead_beefn], "1DEADBEEF"],
    ["%o %llo", [8n, 8n], "10 10"],
    ["%b %llb", [5n, 1n << 40n], `101 1${"0".repeat(40)}`],
    ["0x%08X", [0xe0042000n], "0xE0042000"],
    ["%08x", [0x1fn], "0000001f"],
    ["[%5u] [%-5u] [%05d]", [42n, 42n, -42n & 0xffff_ffffn], "[   42] [42   ] [-0042]"],
    ["%#x %#b", [16n, 2n], "0x10 0b10"],
    ["%.4x %6.3u", [10n, 5n], "000a    005"],
    ["%+d", [5n], "+5"],
    ["%s and %.3s", ["text", "abcdef"], "text and abc"],
    ["%c%c", [0x4fn, 0x4bn], "OK"],
    ["%f %.1f", [0x3fc0_0000n, 0xbfc0_0000n], "1.500000 -1.5"],
    // Exact halves go to the even digit, as in C: 0.25, 0.75, 0.125, 2.5, 3.5, 0.5; 0.35 is not one.
    ["%.1f %.1f %.2f", [0x3e80_0000n, 0x3f40_0000n, 0x3e00_0000n], "0.2 0.8 0.12"],
    ["%.0f %.0f %.0f %#.0f", [0x4020_0000n, 0x4060_0000n, 0x3f00_0000n, 0x4020_0000n], "2 4 0 2."],
    ["%.1Lf %.3Lf", [0x3fd6_6666_6666_6666n, 0xbff0_8000_0000_0000n], "0.3 -1.031"],
    ["%.0Lf", [0x4480_0000_0000_0000n], "9444732965739290427392"],
    [
      "%f %5.1f|%-6f|%06f",
      [0x8000_0000n, 0x7f80_0000n, 0xff80_0000n, 0x7fc0_0000n],
      "-0.000000   inf|-inf  |   nan",
    ],
    ["%Lf", [1n], "0.000000"],
    ["%Lf", [0x3ff8_0000_0000_0000n], "1.500000"],
    ["100%%", [], "100%"],
    ["100% sure", [], "100% sure"],
    ["%u %u", [1n], "1 %u"],
    ["%q %n", [1n], "%q %n"],
    ["%s", [12n], "12"],
  ])("%s", (format, args, shown) => {
    expect(formatMessage(format, args)).toBe(shown);
  });

  test("survives widths and precisions of any size", () => {
    expect(formatMessage("%99999999u|%.99999999f", [1n, 0n])).toHaveLength(100 + 1 + 102);
  });
});

test("escapes are decoded for display only", () => {
  expect(decodeEscapes(String.raw`a\n\t\"\\b\q`)).toBe('a\n\t"\\b\\q');
});

describe("Message()", () => {
  test("shows its arguments in order, reading what it must", async () => {
    const ran = await run('Message(1, "id %x, %s, next %u", Read32(0x10), "raw", 2 + 3);', {
      answer: () => 0xabn,
    });
    expect(eventsOf(ran, "message")).toMatchObject([{ level: 1, text: "id ab, raw, next 5" }]);
  });

  test("aborts only with type 2, also when that is computed", async () => {
    const ran = await run(
      '__var bad = 1; Message(bad, "first"); Message(bad + 1, "second"); Message(0, "third");',
    );
    expect(messages(ran)).toEqual(["first", "second"]);
    expect(ran.fault).toMatchObject({ kind: "message-abort", text: "second" });
    expect(ran.sentences).toEqual(["test.seq:1:39: in the script: the sequence gave up: second"]);
  });

  test("of a type that the specification does not know is a fault", async () => {
    expect((await run('Message(3, "?");')).fault).toMatchObject({ kind: "wrong-arguments", fn: "Message" });
  });

  test("wire rule 17: gives up even if an earlier write failed, and reports that", async () => {
    const ran = await run('Write32(0xA, 1); Message(0, "behind"); Message(2, "stop");', {
      answer: () => "fault",
    });
    expect(ran.fault?.kind).toBe("message-abort");
    expect(messages(ran)).toEqual(["stop"]);
    expect(ran.sentences[0]).toMatch(
      /gave up: stop; before it test.seq:1:1: .*Write32\(0xA, 0x1\) was answered with FAULT/,
    );
  });

  test("wire rule 17: is shown if the access before it was confirmed, but not if that ended the run", async () => {
    const text =
      'Write32(1, 1); Message(0, "one"); Write32(2, 2); Message(1, "two"); __var z = 0; __Result = 1 / z;';
    const ran = await run(text, { answer: (shown) => (shown === "Write32(0x2, 0x2)" ? "fault" : 0n) });
    expect(messages(ran)).toEqual(["one"]);
    expect(ran.fault).toMatchObject({ kind: "access-failed", also: { fault: { kind: "division-by-zero" } } });
    expect(ran.sentences[0]).toContain("the run then ended: test.seq:1:");
    const fine = await run(text);
    expect(messages(fine)).toEqual(["one", "two"]);
    expect(fine.fault?.kind).toBe("division-by-zero");
    expect(fine.log.at(-1)).toBe("-- end of sequence");
  });

  test("wire rule 17: a tolerated failure does not hold back a message", async () => {
    const text = '__errorcontrol = 1; Write32(1, 1); Message(0, "one"); __errorcontrol = 0;';
    expect(messages(await run(text, { answer: () => "fault" }))).toEqual(["one"]);
  });
});
