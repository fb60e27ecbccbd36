/**
 * Takes out of a free text what identifies a person: names, paths, serial numbers. Judges texts only; the caller
 * chooses the fields.
 */

/** The text that stands in their place. */
const REMOVED = "(removed)";
/** A shorter word is part of too many others to be removed from the middle of one. */
const LONG = 4;

/** Removes `secrets`, words that must not be seen: the user's name, the machine's, the home folder, serial numbers. */
export function cleanText(text: string, secrets: readonly string[]): string {
  let clean = text;
  // The longest comes first: a home folder holds the user's name.
  for (const secret of secrets.toSorted((a, b) => b.length - a.length))
    if (secret !== "") clean = clean.replace(wordOf(secret), REMOVED);
  return clean.replace(FOLDERS, "");
}

/**
 * Matches all but the last part of a path, which names what a message is about. Folders may have spaces in their
 * names; if a sentence has two paths, the last name of each stays. The path of a device tells nothing about a
 * person.
 */
const FOLDERS = /(?<![\w.])(?!\/(?:dev|sys)\/|\/\/\w)(?:\(removed\)|[A-Za-z]:|~)?[\\/](?=\S)[^:'"\n]*[\\/]/g;

function wordOf(secret: string): RegExp {
  const plain = secret.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  return secret.length >= LONG ? new RegExp(plain, "gi") : new RegExp(`(?<!\\w)${plain}(?!\\w)`, "gi");
}
