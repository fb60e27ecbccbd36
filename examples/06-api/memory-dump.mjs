// Reads a range of memory and prints it, or writes it to a file: memory-dump.mjs PROBE START SIZE [FILE].
import { writeFile } from "node:fs/promises";
import { ConnectHelper } from "dbgseq";

const [probe = "sim:generic-m4", start = "0", size = "0x40", file] = process.argv.slice(2);

const bytes = await ConnectHelper.withSession({ probe }, ({ target }) =>
  target.readMemoryBlock8(Number(start), Number(size)),
);
if (bytes !== null && file !== undefined) {
  await writeFile(file, bytes);
  console.log(`${bytes.length} bytes in ${file}`);
} else if (bytes !== null) {
  for (let at = 0; at < bytes.length; at += 16) {
    const line = [...bytes.subarray(at, at + 16)].map((byte) => byte.toString(16).padStart(2, "0"));
    console.log(`${(Number(start) + at).toString(16).padStart(8, "0")}  ${line.join(" ")}`);
  }
}
