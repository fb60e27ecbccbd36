/** The public calls that need no machine: `dbgseq` and `dbgseq/browser` hand on the same list. */
export type { Diagnostic, Fix, Severity } from "../../diagnostics/diagnostic.ts";
export { findingsOf } from "../../diagnostics/of-failure.ts";
export type { Span } from "../../lib/source.ts";
export type { ReadImport } from "../../project/scripts.ts";
export { EXIT, EXIT_MEANINGS, exitCodeOf, type AnyFault } from "../exit-codes.ts";
export { devicesOf, type DeviceEntry, type DeviceList } from "./devices.ts";
export { evaluateExpression, type Evaluation } from "./evaluate.ts";
export { showFixes, type ShownFixes } from "./fixes.ts";
export { formatScript } from "./format-script.ts";
export { checkText, type CheckSurroundings } from "./check.ts";
export { packToScript, scriptToPack } from "./convert.ts";
export {
  deriveModel,
  describeModel,
  listModels,
  modelFacts,
  type DerivedModel,
  type DeriveModelOptions,
  type ModelDescription,
  type ModelFacts,
  type ModelOption,
} from "./models.ts";
export {
  explainRegister,
  type ExplainedField,
  type ExplainedRegister,
  type RegistersOf,
} from "./registers.ts";
export {
  listSequences,
  showSequence,
  type SequenceEntry,
  type SequenceList,
  type SequenceOrigin,
  type ShownSequence,
} from "./sequences.ts";
export {
  explainTopic,
  listTopics,
  topicText,
  type ExitCodeTopic,
  type CauseTopic,
  type FaultTopic,
  type FindingTopic,
  type FunctionTopic,
  type OptionTopic,
  type PageTopic,
  type SequenceTopic,
  type Topic,
  type TopicName,
  type VariableTopic,
} from "./topics.ts";
export type { Block, Table } from "../../manual/page.ts";
