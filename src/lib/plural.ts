/** Writes a count with its noun: `1 sector`, `2 sectors`, `0 memories`. */
export function plural(amount: number, noun: string, several = `${noun}s`): string {
  return `${amount} ${amount === 1 ? noun : several}`;
}

/** Returns the form of a verb that agrees with a count. */
export function agree(amount: number, one: string, several: string): string {
  return amount === 1 ? one : several;
}
