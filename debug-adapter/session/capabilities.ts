/** What the adapter can do, as DAP announces it. A test checks that each announced request has a working handler. */
import type { DebugProtocol as Dap } from "@vscode/debugprotocol";
import { EVENT_FILTERS } from "../event-filters.ts";

export const CAPABILITIES: Dap.Capabilities = {
  supportsConfigurationDoneRequest: true,
  supportsFunctionBreakpoints: true,
  supportsConditionalBreakpoints: true,
  supportsHitConditionalBreakpoints: true,
  supportsLogPoints: true,
  supportsInstructionBreakpoints: true,
  supportsDataBreakpoints: true,
  supportsDataBreakpointBytes: true,
  supportsBreakpointLocationsRequest: true,
  supportsEvaluateForHovers: true,
  supportsSetVariable: true,
  supportsSetExpression: true,
  supportsReadMemoryRequest: true,
  supportsWriteMemoryRequest: true,
  supportsDisassembleRequest: true,
  supportsSteppingGranularity: true,
  supportsStepBack: true,
  supportsExceptionInfoRequest: true,
  supportsExceptionFilterOptions: true,
  supportsTerminateRequest: true,
  supportsLoadedSourcesRequest: true,
  supportsCompletionsRequest: true,
  supportsDelayedStackTraceLoading: true,
  supportsClipboardContext: true,
  supportsValueFormattingOptions: true,
  exceptionBreakpointFilters: [...EVENT_FILTERS],
};
