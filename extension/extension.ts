/** Activation: everything that the extension adds to VS Code, in one list. */

import { createRequire } from "node:module";
import { join } from "node:path";
import * as vscode from "vscode";
import { AdapterFactory } from "./adapter-factory.ts";
import { registerChangeDecorations } from "./change-decorations.ts";
import { chosenRow, registerFilters, registerRowCommands } from "./commands.ts";
import { debugFile, registerConfigurationProvider } from "./debug-configuration.ts";
import { CompilerDiagnostics } from "./diagnostics.ts";
import { EditorMarks } from "./editor-marks.ts";
import { runGradeWith } from "./grade-runner.ts";
import { GuestTerminals } from "./guest-terminal.ts";
import { GuestTests } from "./guest-tests.ts";
import { registerHistoryCommands } from "./history-commands.ts";
import { showHistoryStatus } from "./history-status.ts";
import { KernelModel } from "./kernel-model.ts";
import { registerJsonNames } from "./language/json-completion.ts";
import { LanguageSupport } from "./language/language-support.ts";
import {
  type FlagFiles,
  writeCompileFlags,
  writeSampleFlags,
} from "./language/write-compile-flags.ts";
import { registerLessons } from "./lessons/lesson-commands.ts";
import { registerObjectLinks } from "./object-links.ts";
import { registerPastQuestions } from "./past-questions.ts";
import { CapabilityGraph } from "./pictures/capability-graph/host.ts";
import { PageMap } from "./pictures/page-map/host.ts";
import { TimelineView } from "./pictures/timeline/host.ts";
import { openSample } from "./sample-workspace.ts";
import { saveRecording } from "./save-recording.ts";
import { followSessions } from "./session-following.ts";
import { DEBUG_TYPE, observeSessions } from "./session-observer.ts";
import { capabilitiesText, eventsText, TextTwins, viewText } from "./text-twins.ts";
import {
  bindingsTree,
  capabilitiesTree,
  environmentsTree,
  extentsTree,
  historyTree,
  pagesTree,
  slicesTree,
} from "./views/all-trees.ts";
import { asText } from "./views/row.ts";
import { type Marker, Walkthrough } from "./walkthrough.ts";
import { showWeakenedStatus } from "./weakened-banner.ts";
import { registerWhatIf } from "./what-if.ts";

export function activate(context: vscode.ExtensionContext): void {
  const model = new KernelModel();
  const walkthrough = new Walkthrough(model);
  const terminals = new GuestTerminals();
  const diagnostics = new CompilerDiagnostics();
  const guestTests = new GuestTests(
    runGradeWith(join(context.extensionPath, "dist/exo.js")),
    vscode.Uri.joinPath(context.storageUri ?? context.globalStorageUri, "graded"),
  );
  const trees = {
    environments: environmentsTree(model),
    capabilities: capabilitiesTree(model),
    pages: pagesTree(model),
    slices: slicesTree(model),
    bindings: bindingsTree(model),
    extents: extentsTree(model),
    history: historyTree(model),
  };
  const chosenMoment = () => trees.history.view.selection[0] ?? chosenRow(trees);
  const following = followSessions(model, walkthrough, () => {
    const isWanted = vscode.workspace
      .getConfiguration("exoscope")
      .get("showKernelAtFirstStop", true);
    // The others are folded until somebody unfolds them.
    const { environments, capabilities, pages, history } = trees;
    if (isWanted)
      for (const tree of [environments, capabilities, pages, history]) tree.showQuietly();
  });
  const pageMap = new PageMap(model, context.extensionUri);
  const capabilityGraph = new CapabilityGraph(model, context.extensionUri);
  const timeline = new TimelineView(model, context.extensionUri);
  const twins = new TextTwins(
    {
      "Kernel Events": () => eventsText(model),
      Environments: () =>
        viewText("Environments", model, "environments", () => asText(trees.environments.roots())),
      Capabilities: () =>
        viewText("Capabilities", model, "capabilities", () => asText(trees.capabilities.roots())),
      "All Capabilities (capDL)": () => capabilitiesText(model, "capdl"),
      "All Capabilities (DOT)": () => capabilitiesText(model, "dot"),
      "Physical Pages": () =>
        viewText("Physical Pages", model, "pages", () => asText(trees.pages.roots())),
      "Time Slices": () =>
        viewText("Time Slices", model, "slices", () => asText(trees.slices.roots())),
      Bindings: () => viewText("Bindings", model, "bindings", () => asText(trees.bindings.roots())),
      "Disk Extents": () =>
        viewText("Disk Extents", model, "extents", () => asText(trees.extents.roots())),
      Lesson: () => lessons.text(),
      "Capability Graph": () => capabilityGraph.text(),
      "Page Map": () => pageMap.text(),
      Timeline: () => timeline.text(),
      History: () => viewText("History", model, "history", () => asText(trees.history.roots())),
    },
    model,
  );
  const lessons = registerLessons(context, model, () => twins.show("Lesson"));
  const command = (name: string, run: (...args: never[]) => unknown) =>
    vscode.commands.registerCommand(`exoscope.${name}`, run);

  const flagFiles = () =>
    createRequire(context.asAbsolutePath("dist/extension.js"))("./language-client.js") as FlagFiles;

  context.subscriptions.push(
    vscode.debug.registerDebugAdapterDescriptorFactory(
      DEBUG_TYPE,
      new AdapterFactory(context.extensionPath),
    ),
    ...registerConfigurationProvider(),
    observeSessions([following, terminals, diagnostics, walkthrough, guestTests]),
    following,
    terminals,
    diagnostics,
    guestTests,
    registerChangeDecorations(),
    ...Object.values(trees),
    twins,
    lessons,
    pageMap,
    capabilityGraph,
    timeline,
    ...registerRowCommands(trees, model, (link) => {
      if (link === "exoscope.showEnvironment" || link === "exoscope.showCapability")
        walkthrough.reach("sawOwner");
    }),
    new EditorMarks(model),
    ...registerFilters(trees),
    ...registerObjectLinks(
      model,
      () => chosenRow(trees),
      () => trees.history.showQuietly(),
    ),
    ...registerHistoryCommands(model, chosenMoment),
    ...registerPastQuestions(model, chosenMoment, () => trees.history.showQuietly()),
    showHistoryStatus(model),
    showWeakenedStatus(model),
    registerWhatIf(model, () => trees.history.showQuietly()),
    trees.pages.view.onDidChangeSelection(({ selection }) => {
      if (selection.some(({ id }) => id.startsWith("page:") || id.includes("/page:")))
        walkthrough.reach("sawOwner");
    }),
    new LanguageSupport(context.extensionPath, diagnostics),
    registerJsonNames(),
    command("writeCompileFlags", () => writeCompileFlags(context.extensionPath, flagFiles())),
    command("openSample", () => openSample(context)),
    command("debugFile", (uri?: vscode.Uri) => debugFile(uri)),
    command("saveRecording", () => saveRecording(vscode.debug.activeDebugSession)),
    command("runTo", (marker?: Marker) => walkthrough.runTo(marker)),
    command("showEvents", () => twins.show("Kernel Events", "end")),
    command("showEnvironmentsAsText", () => twins.show("Environments")),
    command("showCapabilitiesAsText", () => twins.show("Capabilities")),
    command("showCapabilitiesAsCapdl", () => twins.show("All Capabilities (capDL)")),
    command("showCapabilitiesAsDot", () => twins.show("All Capabilities (DOT)")),
    command("showPagesAsText", () => twins.show("Physical Pages")),
    command("showSlicesAsText", () => twins.show("Time Slices")),
    command("showBindingsAsText", () => twins.show("Bindings")),
    command("showExtentsAsText", () => twins.show("Disk Extents")),
    command("showCapabilityGraphAsText", () => twins.show("Capability Graph")),
    command("showPageMapAsText", () => twins.show("Page Map")),
    command("showTimelineAsText", () => twins.show("Timeline")),
    command("showHistoryAsText", () => twins.show("History")),
  );
  // Whoever has activated this has a use for its views; others' Run and Debug stays as it was.
  vscode.commands.executeCommand("setContext", "exoscope.inUse", true);
  void walkthrough.lookForSample();
  void writeSampleFlags(context.extensionPath, flagFiles);
}
