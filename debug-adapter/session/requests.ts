/** The requests that the adapter answers, as types: a missing handler or a wrong body does not compile. */
import type { DebugProtocol as Dap } from "@vscode/debugprotocol";
import type {
  BindingsBody,
  BranchArguments,
  BreakOffArguments,
  BreakOffBody,
  BreakOnArguments,
  BreakOnBody,
  CallsBody,
  CapabilitiesArguments,
  CapabilitiesBody,
  CapabilityTextArguments,
  CapabilityTextBody,
  ChangeArguments,
  ChangeBody,
  ConsoleInputArguments,
  CrashesArguments,
  CrashesBody,
  DivergenceArguments,
  DivergenceBody,
  EnvironmentsBody,
  EventsArguments,
  EventsBody,
  ExtentsBody,
  GoToArguments,
  GoToEventArguments,
  HistoryBody,
  HitsArguments,
  HitsBody,
  LastRefusalArguments,
  LastRefusalBody,
  LaunchArguments,
  LegalityArguments,
  LegalityBody,
  LessonArguments,
  LessonBody,
  MarkArguments,
  ObjectHistoryArguments,
  ObjectHistoryBody,
  PagesBody,
  ProvenanceBody,
  ReachBody,
  RecordArguments,
  RecordBody,
  RelaunchArguments,
  RunToArguments,
  SlicesBody,
  StepBackArguments,
  TimelineArguments,
  TimelineBody,
  WhatIfArguments,
  WhatIfBody,
} from "../protocol.ts";

type Empty = Record<string, never> | undefined;

export interface Requests {
  initialize: [Dap.InitializeRequestArguments, Dap.Capabilities];
  launch: [LaunchArguments, undefined];
  configurationDone: [Empty, undefined];
  disconnect: [Dap.DisconnectArguments | undefined, undefined];
  terminate: [Dap.TerminateArguments | undefined, undefined];
  setBreakpoints: [Dap.SetBreakpointsArguments, Dap.SetBreakpointsResponse["body"]];
  setFunctionBreakpoints: [
    Dap.SetFunctionBreakpointsArguments,
    Dap.SetFunctionBreakpointsResponse["body"],
  ];
  setInstructionBreakpoints: [
    Dap.SetInstructionBreakpointsArguments,
    Dap.SetInstructionBreakpointsResponse["body"],
  ];
  setExceptionBreakpoints: [
    Dap.SetExceptionBreakpointsArguments,
    NonNullable<Dap.SetExceptionBreakpointsResponse["body"]>,
  ];
  dataBreakpointInfo: [Dap.DataBreakpointInfoArguments, Dap.DataBreakpointInfoResponse["body"]];
  setDataBreakpoints: [Dap.SetDataBreakpointsArguments, Dap.SetDataBreakpointsResponse["body"]];
  breakpointLocations: [Dap.BreakpointLocationsArguments, Dap.BreakpointLocationsResponse["body"]];
  threads: [Empty, Dap.ThreadsResponse["body"]];
  stackTrace: [Dap.StackTraceArguments, Dap.StackTraceResponse["body"]];
  scopes: [Dap.ScopesArguments, Dap.ScopesResponse["body"]];
  variables: [Dap.VariablesArguments, Dap.VariablesResponse["body"]];
  setVariable: [Dap.SetVariableArguments, Dap.SetVariableResponse["body"]];
  setExpression: [Dap.SetExpressionArguments, Dap.SetExpressionResponse["body"]];
  evaluate: [Dap.EvaluateArguments, Dap.EvaluateResponse["body"]];
  completions: [Dap.CompletionsArguments, Dap.CompletionsResponse["body"]];
  exceptionInfo: [Dap.ExceptionInfoArguments, Dap.ExceptionInfoResponse["body"]];
  continue: [Dap.ContinueArguments, Dap.ContinueResponse["body"]];
  next: [Dap.NextArguments, undefined];
  stepIn: [Dap.StepInArguments, undefined];
  stepOut: [Dap.StepOutArguments, undefined];
  stepBack: [Dap.StepBackArguments, undefined];
  reverseContinue: [Dap.ReverseContinueArguments, undefined];
  pause: [Dap.PauseArguments, undefined];
  readMemory: [Dap.ReadMemoryArguments, NonNullable<Dap.ReadMemoryResponse["body"]>];
  writeMemory: [Dap.WriteMemoryArguments, NonNullable<Dap.WriteMemoryResponse["body"]>];
  disassemble: [Dap.DisassembleArguments, NonNullable<Dap.DisassembleResponse["body"]>];
  source: [Dap.SourceArguments, Dap.SourceResponse["body"]];
  loadedSources: [Empty, Dap.LoadedSourcesResponse["body"]];
  "exo/environments": [Empty, EnvironmentsBody];
  "exo/capabilityText": [CapabilityTextArguments, CapabilityTextBody];
  "exo/capabilities": [CapabilitiesArguments | undefined, CapabilitiesBody];
  "exo/pages": [Empty, PagesBody];
  "exo/timeline": [TimelineArguments | undefined, TimelineBody];
  "exo/events": [EventsArguments | undefined, EventsBody];
  "exo/consoleInput": [ConsoleInputArguments, undefined];
  "exo/history": [Empty, HistoryBody];
  "exo/goTo": [GoToArguments, undefined];
  "exo/goToEvent": [GoToEventArguments, undefined];
  "exo/runTo": [RunToArguments, undefined];
  "exo/stepBack": [StepBackArguments, undefined];
  "exo/mark": [MarkArguments, HistoryBody];
  "exo/branch": [BranchArguments, HistoryBody | undefined];
  "exo/whoChanged": [ChangeArguments, ChangeBody];
  "exo/whyLegal": [LegalityArguments, LegalityBody];
  "exo/historyOf": [ObjectHistoryArguments, ObjectHistoryBody];
  "exo/hits": [HitsArguments, HitsBody];
  "exo/divergence": [DivergenceArguments, DivergenceBody];
  "exo/crashes": [CrashesArguments | undefined, CrashesBody];
  "exo/calls": [Empty, CallsBody];
  "exo/whatIf": [WhatIfArguments, WhatIfBody];
  "exo/lesson": [LessonArguments, LessonBody];
  "exo/relaunch": [RelaunchArguments, undefined];
  "exo/record": [RecordArguments | undefined, RecordBody];
  "exo/breakOn": [BreakOnArguments, BreakOnBody];
  "exo/breakOff": [BreakOffArguments | undefined, BreakOffBody];
  "exo/slices": [Empty, SlicesBody];
  "exo/bindings": [Empty, BindingsBody];
  "exo/extents": [Empty, ExtentsBody];
  "exo/provenance": [ObjectHistoryArguments, ProvenanceBody];
  "exo/whoCanReach": [ObjectHistoryArguments, ReachBody];
  "exo/lastRefusal": [LastRefusalArguments, LastRefusalBody];
}

export type RequestName = keyof Requests;
export type Handlers = {
  readonly [Name in RequestName]: (
    args: Requests[Name][0],
  ) => Requests[Name][1] | Promise<Requests[Name][1]>;
};
