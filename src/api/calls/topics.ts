/** What names mean: pages, functions, variables, sequences, findings, failures and exit codes. Pure. */
export { topicText } from "../../manual/topic-text.ts";
export {
  explainTopic,
  listTopics,
  type ExitCodeTopic,
  type FaultTopic,
  type FindingTopic,
  type FunctionTopic,
  type PageTopic,
  type SequenceTopic,
  type Topic,
  type TopicName,
  type VariableTopic,
} from "../../manual/topics.ts";
