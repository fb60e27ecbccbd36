import { expect, test } from "vitest";
import { growWhole } from "../../src/host/whole-files.ts";
import { folderWith } from "../support/folder.ts";

test("a file that could not be made leaves nothing for the end of the process to finish", () => {
  const before = process.listeners("exit");
  expect(() => growWhole(`${folderWith({})}/none/out.vcd`)).toThrow(/ENOENT/);
  const added = process.listeners("exit").filter((listener) => !before.includes(listener));
  expect(added).toHaveLength(1);
  for (const listener of added) {
    listener.call(process, 0);
    process.off("exit", listener);
  }
});
