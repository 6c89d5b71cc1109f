// The extension: starts the language server and shows what only this editor can. All knowledge is in the server.

import * as fs from "node:fs";
import * as path from "node:path";
import * as vscode from "vscode";
import { LanguageClient, LanguageClientOptions, ServerOptions, State } from "vscode-languageclient/node";

const SCHEME = "talint";

let client: LanguageClient | undefined;
let status: vscode.StatusBarItem;
let log: vscode.LogOutputChannel;

export async function activate(context: vscode.ExtensionContext): Promise<void> {
  log = vscode.window.createOutputChannel("talint", { log: true });
  status = vscode.window.createStatusBarItem("talint.status", vscode.StatusBarAlignment.Right, 90);
  status.name = "talint";
  status.command = "talint.showLog";
  const documents = new VirtualDocuments();
  context.subscriptions.push(
    log,
    status,
    vscode.workspace.registerTextDocumentContentProvider(SCHEME, documents),
    vscode.commands.registerCommand("talint.restart", () => restart(context)),
    vscode.commands.registerCommand("talint.showLog", () => log.show()),
    vscode.commands.registerCommand("talint.effectiveConfiguration", () =>
      documents.show("talint.server.effectiveConfiguration", "effective configuration", "yaml")),
    vscode.commands.registerCommand("talint.settings", () =>
      documents.show("talint.server.settings", "effective settings", "plaintext")),
    vscode.window.onDidChangeActiveTextEditor(() => void showStatus()),
    vscode.languages.onDidChangeDiagnostics(() => void showStatus()),
    vscode.workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration("talint.path")) {
        void restart(context);
      }
    }),
  );
  await start(context);
}

export async function deactivate(): Promise<void> {
  await client?.stop();
}

/** The program: what the user names, what comes with the extension, or what is on the PATH. */
function program(context: vscode.ExtensionContext): string {
  const named = vscode.workspace.getConfiguration("talint").get<string>("path", "");
  if (named !== "") {
    return named;
  }
  const own = path.join(context.extensionPath, "bin", process.platform === "win32" ? "talint.exe" : "talint");
  return fs.existsSync(own) ? own : "talint";
}

async function start(context: vscode.ExtensionContext): Promise<void> {
  const command = program(context);
  const server: ServerOptions = { command, args: ["lsp"] };
  const options: LanguageClientOptions = {
    documentSelector: [
      { language: "yaml" },
      { language: "json" },
      { language: "jinja-yaml" },
    ],
    synchronize: { configurationSection: "talint" },
    outputChannel: log,
    initializationOptions: vscode.workspace.getConfiguration("talint"),
  };
  client = new LanguageClient("talint", "talint", server, options);
  client.onDidChangeState((event) => {
    if (event.newState === State.Running) {
      void showStatus();
    }
  });
  try {
    await client.start();
  } catch (error) {
    const chosen = await vscode.window.showErrorMessage(
      `talint cannot be started as \`${command}\`: ${error instanceof Error ? error.message : String(error)}`,
      "Set the Path",
    );
    if (chosen !== undefined) {
      await vscode.commands.executeCommand("workbench.action.openSettings", "talint.path");
    }
  }
}

async function restart(context: vscode.ExtensionContext): Promise<void> {
  await client?.stop().catch(() => undefined);
  await start(context);
}

/** What the server says of the file that is looked at: the version it is held to, and the profile. */
interface Status {
  readonly talosVersion: string;
  readonly talosVersionSource: string;
  readonly profile: string;
  readonly machines: readonly string[];
}

async function showStatus(): Promise<void> {
  const document = vscode.window.activeTextEditor?.document;
  if (client?.state !== State.Running || document === undefined || document.uri.scheme === SCHEME) {
    status.hide();
    return;
  }
  const told = await ask<Status>("talint.server.status", document.uri);
  if (told === null || told === undefined) {
    status.hide();
    return;
  }
  status.text = `Talos ${told.talosVersion}`;
  const machines = told.machines.length > 0 ? `\n\nMachines: ${told.machines.join(", ")}` : "";
  status.tooltip = new vscode.MarkdownString(
    `Talos ${told.talosVersion}, ${told.talosVersionSource}\n\nProfile: ${told.profile}${machines}`,
  );
  status.show();
}

async function ask<T>(command: string, uri: vscode.Uri, machine?: string): Promise<T | null | undefined> {
  const argument = { uri: client?.code2ProtocolConverter.asUri(uri), machine };
  return client?.sendRequest<T | null>("workspace/executeCommand", { command, arguments: [argument] });
}

/** What a machine gets, as documents that cannot be written. */
class VirtualDocuments implements vscode.TextDocumentContentProvider {
  private readonly texts = new Map<string, string>();
  private readonly changed = new vscode.EventEmitter<vscode.Uri>();
  readonly onDidChange = this.changed.event;

  provideTextDocumentContent(uri: vscode.Uri): string {
    return this.texts.get(uri.toString()) ?? "";
  }

  async show(command: string, title: string, language: string): Promise<void> {
    const document = vscode.window.activeTextEditor?.document;
    if (document === undefined) {
      return;
    }
    const told = await ask<Status>("talint.server.status", document.uri);
    if (told === null || told === undefined) {
      void vscode.window.showInformationMessage("This file is not one of Talos's.");
      return;
    }
    const machine = told.machines.length > 1
      ? await vscode.window.showQuickPick([...told.machines], { placeHolder: "The machine" })
      : told.machines[0];
    if (told.machines.length > 1 && machine === undefined) {
      return;
    }
    const text = await ask<string>(command, document.uri, machine);
    if (text === null || text === undefined) {
      void vscode.window.showInformationMessage("Nothing comes of this file by itself: it is a patch without a base.");
      return;
    }
    const name = machine ?? path.basename(document.uri.path);
    const uri = vscode.Uri.from({ scheme: SCHEME, path: `/${name}: ${title}` });
    this.texts.set(uri.toString(), text);
    this.changed.fire(uri);
    const shown = await vscode.languages.setTextDocumentLanguage(await vscode.workspace.openTextDocument(uri), language);
    await vscode.window.showTextDocument(shown, { viewColumn: vscode.ViewColumn.Beside, preview: true });
  }
}
