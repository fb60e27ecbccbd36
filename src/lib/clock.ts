/** Everything that waits or measures takes a Clock as an argument; it is always one of the two below. */

export interface Clock {
  /** Gives microseconds since an arbitrary start; it never goes back. */
  nowUs(): number;
  /** Waits; on virtual time it only moves the time. Rejects with the signal's reason when aborted. */
  sleep(us: number, signal?: AbortSignal): Promise<void>;
  /** One turn of a script's loop, or more of its own work: virtual time moves, the host's moves by itself. */
  tick(us?: number): void;
  /** Gives the event loop a turn, so that signals and timers are served. */
  turn(): Promise<void>;
}

/** A microsecond has this many picoseconds. */
const PS_PER_US = 1_000_000;

/** Converts an amount of virtual time to whole picoseconds. An amount above zero never becomes zero. */
export function picoseconds(us: number): number {
  return us > 0 ? Math.max(1, Math.round(us * PS_PER_US)) : 0;
}

/** Converts to what `Clock.nowUs` gives. */
export function microseconds(ps: number): number {
  return ps / PS_PER_US;
}

/**
 * Virtual time moves only when told to. The in-memory simulator moves it with packets and delays. It is kept
 * in whole picoseconds, so that a thousand steps end at the same time as one step a thousand times as long.
 */
export class VirtualClock implements Clock {
  #ps = 0;
  /** The part of the time that the simulator was told to wait; no work was done in it. */
  delayedUs = 0;

  nowUs(): number {
    return this.#ps / PS_PER_US;
  }

  nowPs(): number {
    return this.#ps;
  }

  advance(us: number): void {
    if (us < 0) throw new RangeError(`time cannot go back by ${-us} us`);
    this.#ps += picoseconds(us);
  }

  advancePs(ps: number): void {
    this.#ps += ps;
  }

  /** Does the same as `advance` for time that is told to wait. */
  delay(us: number): void {
    this.advance(us);
    this.delayedUs += us;
  }

  tick(us = 1): void {
    this.#ps += picoseconds(us);
  }

  sleep(us: number, signal?: AbortSignal): Promise<void> {
    if (signal?.aborted === true) return Promise.reject(signal.reason as Error);
    this.advance(us);
    return Promise.resolve();
  }

  turn(): Promise<void> {
    return eventLoopTurn();
  }
}

/** Reads the host's monotonic clock. */
export class HostClock implements Clock {
  readonly #startMs = performance.now();

  nowUs(): number {
    return (performance.now() - this.#startMs) * 1000;
  }

  tick(): void {
    // Real time needs no help.
  }

  sleep(us: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted === true) {
        reject(signal.reason as Error);
        return;
      }
      const stop = (): void => {
        clearTimeout(timer);
        reject(signal?.reason as Error);
      };
      const timer = setTimeout(
        () => {
          signal?.removeEventListener("abort", stop);
          resolve();
        },
        Math.ceil(us / 1000),
      );
      signal?.addEventListener("abort", stop, { once: true });
    });
  }

  turn(): Promise<void> {
    return eventLoopTurn();
  }
}

/** setTimeout waits a millisecond or more, so setImmediate is used if the host has it (browsers do not). */
export function eventLoopTurn(): Promise<void> {
  return new Promise((resolve) => {
    if (typeof setImmediate === "function") setImmediate(resolve);
    else setTimeout(resolve, 0);
  });
}
