/**
 * Decodes the bytes of an XML file to text: the encoding is marked, declared or guessed. Knows nothing else
 * of XML.
 */
import { unicodeMark } from "../lib/text-marks.ts";

/**
 * A byte order mark decides, then UTF-8 if the bytes are that, then what the XML declaration names, then Windows-1252,
 * which never fails. A mark is not part of the text.
 */
export function decodeXml(bytes: Uint8Array): string {
  const mark = unicodeMark(bytes);
  if (mark !== undefined) return new TextDecoder(mark.encoding).decode(bytes);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    // It is not UTF-8; a few packs have comments in another encoding.
  }
  const head = new TextDecoder("latin1").decode(bytes.subarray(0, 200));
  const declared = /^<\?xml[^>]*\sencoding\s*=\s*["']([\w.:-]+)["']/.exec(head)?.[1] ?? "";
  return decodedAs(declared, bytes);
}

function decodedAs(encoding: string, bytes: Uint8Array): string {
  const usable = encoding !== "" && !/^utf-?8$/i.test(encoding);
  try {
    return new TextDecoder(usable ? encoding : "windows-1252").decode(bytes);
  } catch {
    return new TextDecoder("windows-1252").decode(bytes);
  }
}
