/** Takes out of a free text what is a person's: names, paths, serial numbers. Judges texts only; fields are its callers'. */

/** What stands in their place. */
const REMOVED = "(removed)";
/** A shorter one is part of too many words to be taken out of the middle of one. */
const LONG = 4;

/** `secrets` are words that must not be seen: the user's name, the machine's, the home folder, serial numbers. */
export function cleanText(text: string, secrets: readonly string[]): string {
  let clean = text;
  // The longest first: a home folder holds the user's name.
  for (const secret of secrets.toSorted((a, b) => b.length - a.length))
    if (secret !== "") clean = clean.replace(wordOf(secret), REMOVED);
  return clean.replace(FOLDERS, "");
}

/**
 * Up to the last part of a path, which names what a message is about; folders may have spaces in their names, and of two paths in
 * a sentence the last name is left. A device's own file tells nothing of a person.
 */
const FOLDERS = /(?<![\w.])(?!\/(?:dev|sys)\/|\/\/\w)(?:\(removed\)|[A-Za-z]:|~)?[\\/](?=\S)[^:'"\n]*[\\/]/g;

function wordOf(secret: string): RegExp {
  const plain = secret.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  return secret.length >= LONG ? new RegExp(plain, "gi") : new RegExp(`(?<!\\w)${plain}(?!\\w)`, "gi");
}
