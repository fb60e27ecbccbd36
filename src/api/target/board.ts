/** The board of a session: its name, and the target on it. */
import { madeBy, call, record, any, thing } from "../arguments.ts";
import type { Connection } from "../../session/connection.ts";
import type { DebugProbe } from "../debug-probe.ts";
import { connectionGiven, Target } from "./target.ts";

export interface BoardChoice {
  readonly probe: DebugProbe;
  readonly scanAllAps: boolean;
  readonly portOnly: boolean;
}

const BOARD_MADE = madeBy("a session", "dp");

const OF = call({
  connection: connectionGiven,
  choice: record({
    probe: thing<DebugProbe>("a probe", { uniqueId: "string" }),
    scanAllAps: any,
    portOnly: any,
  } satisfies Record<keyof BoardChoice, unknown>),
});

export class Board {
  readonly target: Target;
  readonly uniqueId: string;
  /** The device's name, or `target without a pack`. */
  readonly name: string;

  private constructor(target: Target, uniqueId: string, name: string) {
    BOARD_MADE("Board", target);
    this.target = target;
    this.uniqueId = uniqueId;
    this.name = name;
  }

  /** Makes the board of a connection that is connected. */
  static async of(connection: Connection, wishes: BoardChoice): Promise<Board> {
    OF({ connection, choice: wishes });
    const { probe, ...choice } = wishes;
    const target = await Target.of(connection, choice);
    return new Board(
      target,
      probe.uniqueId,
      connection.context.description?.device ?? "target without a pack",
    );
  }
}
