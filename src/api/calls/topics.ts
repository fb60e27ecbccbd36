/** What names mean: pages, options, functions, variables, sequences, findings, failures and exit codes. Pure. */
import { explainTopic as explain, type Topic } from "../../manual/topics.ts";
import { topicText as textOf } from "../../manual/topic-text.ts";
import { call, text, thing } from "../arguments.ts";

export type { OptionTopic } from "../../manual/options.ts";
export {
  listTopics,
  type ExitCodeTopic,
  type CauseTopic,
  type FaultTopic,
  type FindingTopic,
  type FunctionTopic,
  type PageTopic,
  type SequenceTopic,
  type Topic,
  type TopicName,
  type VariableTopic,
} from "../../manual/topics.ts";

const TEXT_OF = call({ topic: thing<Topic>("a topic, as explainTopic yields it", { kind: "string" }) });
const EXPLAIN = call({ name: text });

/**
 * Finds everything with that name, whatever its case: `unknown-sequence` is a finding and a kind of failure.
 * An option is found by its flag, its variable and its key, too.
 * Rejects with `no-such-name`, which has the nearest name that exists.
 *
 * `const [topic] = await explainTopic("Read32");`
 */
export async function explainTopic(name: string): Promise<readonly Topic[]> {
  return explain(EXPLAIN({ name }).name);
}

/** Writes a topic as text of at most 100 columns; it ends with a newline. */
export function topicText(topic: Topic): string {
  return textOf(TEXT_OF({ topic }).topic);
}
