/** The board of a session: its name, and the target on it. */
import type { Connection } from "../../session/connection.ts";
import type { DebugProbe } from "../debug-probe.ts";
import { Target } from "./target.ts";

export interface BoardChoice {
  readonly probe: DebugProbe;
  readonly scanAllAps: boolean;
  readonly portOnly: boolean;
}

export class Board {
  readonly target: Target;
  readonly uniqueId: string;
  /** The device's name, or `target without a pack`. */
  readonly name: string;

  private constructor(target: Target, uniqueId: string, name: string) {
    this.target = target;
    this.uniqueId = uniqueId;
    this.name = name;
  }

  /** Makes the board of a connection that is connected. */
  static async of(connection: Connection, { probe, ...choice }: BoardChoice): Promise<Board> {
    const target = await Target.of(connection, choice);
    return new Board(
      target,
      probe.uniqueId,
      connection.context.description?.device ?? "target without a pack",
    );
  }
}
