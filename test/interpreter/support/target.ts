/** An in-memory DebugAccess for tests: values by access, faults on request, and everything that reached it in order. */
import { Failure } from "../../../src/lib/fault.ts";
import { hex } from "../../../src/lib/hex.ts";
import type { Clock } from "../../../src/lib/clock.ts";
import type { U64 } from "../../../src/lib/u64.ts";
import type {
  Access,
  BlockAccess,
  AccessFault,
  DebugAccess,
  FailedAccess,
  Site,
  SyncReason,
} from "../../../src/interpreter/ports.ts";

export type Answer = U64 | "fault";
interface Posted {
  readonly access: Access;
  readonly site: Site;
}

export interface TargetOptions {
  /** What an access reads; `undefined` is 0. Called when it reaches the target, not when it is posted. */
  readonly answer?: (shown: string, access: Access) => Answer | undefined;
  /** How many accesses fit before a post must wait. */
  readonly room?: number;
  /** Why atomic blocks are refused. */
  readonly noAtomic?: string;
}

/** `Read32(0x10)`, with `[dp 1]`, `[ap 2]`, `[apid 3]` where they are not 0. */
export function show({ fn, args, dp, ap, apid }: Access): string {
  const port = [
    dp === 0 ? "" : ` dp ${dp}`,
    ap === 0n ? "" : ` ap ${ap}`,
    apid === 0n ? "" : ` apid ${apid}`,
  ];
  const where = port.join("") === "" ? "" : ` [${port.join("").trim()}]`;
  return `${fn}(${args.map((arg) => hex(arg)).join(", ")})${where}`;
}

export class MemoryTarget implements DebugAccess {
  /** One line for each access in the order in which they reached the target, and `-- reason` for each settle. */
  readonly log: string[] = [];
  /** Accesses that failed and were tolerated. */
  readonly tolerated: string[] = [];
  readonly #options: TargetOptions;
  readonly #clock: Clock | undefined;
  #queue: Posted[] = [];

  constructor(options: TargetOptions = {}, clock?: Clock) {
    this.#options = options;
    this.#clock = clock;
  }

  get pending(): boolean {
    return this.#queue.length > 0;
  }

  post(access: Access, site: Site): Promise<void> | undefined {
    this.#queue.push({ access, site });
    if (this.#queue.length < (this.#options.room ?? Infinity)) return undefined;
    return this.#later(() => {
      this.#flush();
    });
  }

  ask(access: Access, site: Site): Promise<U64 | FailedAccess> {
    return this.#later(() => {
      this.#flush();
      return this.#perform({ access, site });
    });
  }

  readBlock(access: BlockAccess, site: Site): Promise<Uint8Array | FailedAccess> {
    return this.#later(() => {
      this.#flush();
      const answer = this.#perform({ access, site });
      if (typeof answer !== "bigint") return answer;
      return Uint8Array.from({ length: access.length }, (_, at) => Number((answer + BigInt(at)) & 0xffn));
    });
  }

  writeBlock(access: BlockAccess, data: Uint8Array, site: Site): Promise<FailedAccess | undefined> {
    return this.#later(() => {
      this.#flush();
      const answer = this.#perform({ access, site });
      this.log.push(`   ${Buffer.from(data).toString("hex")}`);
      return typeof answer === "bigint" ? undefined : answer;
    });
  }

  settle(reason: SyncReason): Promise<void> {
    return this.#later(() => {
      this.#flush();
      this.log.push(`-- ${reason}`);
    });
  }

  atomic(list: readonly Posted[]): Promise<readonly (U64 | FailedAccess)[]> {
    return this.#later(() => {
      this.#flush();
      if (this.#options.noAtomic !== undefined) {
        throw new Failure({ kind: "no-atomic" }, this.#options.noAtomic);
      }
      this.log.push("atomic {");
      const answers = list.map((posted) => this.#perform(posted));
      this.log.push("}");
      return answers;
    });
  }

  async #later<T>(work: () => T): Promise<T> {
    await Promise.resolve();
    this.#clock?.tick();
    return work();
  }

  #flush(): void {
    const queue = this.#queue;
    this.#queue = [];
    for (const posted of queue) this.#perform(posted);
  }

  #perform({ access, site }: Posted): U64 | FailedAccess {
    const shown = show(access);
    this.log.push(shown);
    const answer = this.#options.answer?.(shown, access) ?? 0n;
    if (answer !== "fault") return answer;
    const fault: AccessFault = {
      kind: "target-fault",
      sites: [site],
      ...(access.order === undefined ? {} : { orders: [access.order] }),
    };
    const failed = new Failure(fault, `${shown} was answered with FAULT`);
    if (!access.tolerate) throw failed;
    this.tolerated.push(shown);
    return { failed };
  }
}
