/**
 * Tells whether a growing text ends inside a string, or after `//`, on its last line. Each letter is looked
 * at once.
 */
export class LineScanner {
  #isComment = false;
  #isString = false;
  /** True if `//` came after the quote; it counts if the quote turns out not to open a string. */
  #slashesInString = false;
  #before = "";

  push(text: string): void {
    for (const letter of text) {
      if (letter === "\n") this.#newLine();
      else this.#next(letter);
    }
  }

  get isComment(): boolean {
    return this.#isComment || (this.#isString && this.#slashesInString);
  }

  get isString(): boolean {
    return this.#isString;
  }

  #newLine(): void {
    this.#isComment = false;
    this.#isString = false;
    this.#slashesInString = false;
    this.#before = "";
  }

  #next(letter: string): void {
    const isPair = this.#before === "/" && letter === "/";
    if (this.#isString && this.#before === "\\") {
      this.#before = "";
      return;
    }
    if (letter === '"') {
      this.#isString = !this.#isString;
      this.#slashesInString = false;
    } else if (isPair && this.#isString) this.#slashesInString = true;
    else if (isPair) this.#isComment = true;
    this.#before = letter;
  }
}
