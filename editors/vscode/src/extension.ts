// The extension: starts the language server and shows what only this editor can. All knowledge is in the server.

import * as vscode from "vscode";
import { EXPLAIN, onDidStart, restart, SHOW_EFFECTIVE, stop } from "./server";
import { createStatus, updateStatus } from "./status";
import { COMPLIANCE, EFFECTIVE, SETTINGS, Views } from "./views";

/** What the server gives to a command that it names. */
interface Target {
  readonly uri: string;
  readonly machine?: string;
}

export async function activate(context: vscode.ExtensionContext): Promise<void> {
  const log = vscode.window.createOutputChannel("talint", { log: true });
  const status = createStatus();
  const views = new Views();
  const update = (): void => void updateStatus(status);
  context.subscriptions.push(
    log,
    status,
    views,
    vscode.commands.registerCommand("talint.effectiveConfiguration", () => views.show(EFFECTIVE)),
    vscode.commands.registerCommand("talint.settings", () => views.show(SETTINGS)),
    vscode.commands.registerCommand("talint.compliance", () => views.show(COMPLIANCE)),
    vscode.commands.registerCommand(SHOW_EFFECTIVE, ({ uri, machine }: Target) =>
      views.showOf(EFFECTIVE, vscode.Uri.parse(uri), machine),
    ),
    vscode.commands.registerCommand(EXPLAIN, (subject?: string) => views.explain(subject)),
    vscode.commands.registerCommand("talint.restart", () => restart(context, log)),
    vscode.commands.registerCommand("talint.showLog", () => log.show()),
    vscode.window.onDidChangeActiveTextEditor(update),
    // What the version is may be said anew wherever findings are.
    vscode.languages.onDidChangeDiagnostics(update),
    vscode.workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration("talint.path")) {
        void restart(context, log);
      } else if (event.affectsConfiguration("talint")) {
        update();
        views.refreshSoon();
      }
    }),
    onDidStart(() => {
      update();
      views.refreshSoon();
    }),
  );
  await restart(context, log);
}

export function deactivate(): Promise<void> {
  return stop();
}
