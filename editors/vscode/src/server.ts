// The language server: which program it is, its start and end, and what it is asked beyond the protocol.

import { execFile } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { promisify } from "node:util";
import * as vscode from "vscode";
import { LanguageClient, LanguageClientOptions, State, StaticFeature } from "vscode-languageclient/node";

/** What the server says of a file: the version that it is held to and why, the profile, and the machines it is part of. */
export interface Status {
  readonly talosVersion: string;
  readonly talosVersionSource: string;
  readonly profile: string;
  readonly machines: readonly string[];
}

/** What the server can be asked beyond the protocol. */
export type Question =
  | "talint.server.status"
  | "talint.server.effectiveConfiguration"
  | "talint.server.settings"
  | "talint.server.compliance"
  | "talint.server.explain"
  | "talint.server.rules";

/** Commands of this extension that the server may name: what it shows above and beside lines can call them. */
export const SHOW_EFFECTIVE = "talint.showEffectiveConfiguration";
export const EXPLAIN = "talint.explain";

/** Files, and texts that are not saved yet. Not the old side of a comparison, nor what talint shows itself. */
const LANGUAGES = ["yaml", "json", "jinja-yaml"];
const SCHEMES = ["file", "untitled"];
const SELECTOR = SCHEMES.flatMap((scheme) => LANGUAGES.map((language) => ({ scheme, language })));

const started = new vscode.EventEmitter<void>();

let client: LanguageClient | undefined;
let version: string | undefined;
/** Starts and ends follow each other: a restart while the server starts waits for it. */
let last: Promise<void> = Promise.resolve();

/** Fires whenever the server is ready, also after it was started anew because it had died. */
export const onDidStart = started.event;

/** Whether the server knows documents of this kind. */
export function isServed(document: vscode.TextDocument): boolean {
  return vscode.languages.match(SELECTOR, document) > 0;
}

/** What the running program calls itself, as `talint 0.1.0`. */
export function programVersion(): string | undefined {
  return version;
}

export function restart(context: vscode.ExtensionContext, log: vscode.LogOutputChannel): Promise<void> {
  last = last.then(end).then(() => start(context, log));
  return last;
}

export function stop(): Promise<void> {
  last = last.then(end);
  return last;
}

/** Asks the server about a document. Nothing when it has nothing to say, or does not run. */
export function ask<T>(question: Question, uri: vscode.Uri, machine?: string): Promise<T | undefined> {
  return askOf<T>(question, client && { uri: client.code2ProtocolConverter.asUri(uri), machine });
}

/** Asks the server about something else: the name of a rule, or nothing. */
export async function askOf<T>(question: Question, argument?: unknown): Promise<T | undefined> {
  if (client?.state !== State.Running) {
    return undefined;
  }
  const request = { command: question, arguments: argument === undefined ? [] : [argument] };
  try {
    return (await client.sendRequest<T | null>("workspace/executeCommand", request)) ?? undefined;
  } catch (error) {
    client.debug(`${question}: ${reason(error)}`);
    return undefined;
  }
}

async function end(): Promise<void> {
  const ending = client;
  client = undefined;
  // One that has died or never started cannot be asked to stop, and need not be.
  await ending?.dispose().catch(() => undefined);
}

async function start(context: vscode.ExtensionContext, log: vscode.LogOutputChannel): Promise<void> {
  const command = program(context);
  try {
    const { stdout } = await promisify(execFile)(command, ["--version"], { timeout: 10_000 });
    version = stdout.trim();
    log.info(`${version} is ${command}`);
    client = create(command, log);
    await client.start();
  } catch (error) {
    log.error(`${command}: ${reason(error)}`);
    // Not awaited: the editor goes on while the message stands.
    void offerPath(command, error);
  }
}

function create(command: string, log: vscode.LogOutputChannel): LanguageClient {
  const options: LanguageClientOptions = {
    documentSelector: SELECTOR,
    synchronize: { configurationSection: "talint" },
    initializationOptions: vscode.workspace.getConfiguration("talint"),
    outputChannel: log,
  };
  const created = new LanguageClient("talint", "talint", { command, args: ["lsp"] }, options);
  created.registerFeature(commands);
  created.onDidChangeState((event) => {
    if (event.newState === State.Running) {
      started.fire();
    }
  });
  return created;
}

/** Tells the server which commands of the editor it may name. */
const commands: StaticFeature = {
  fillClientCapabilities: (capabilities) => {
    const experimental = capabilities.experimental as Record<string, unknown> | undefined;
    capabilities.experimental = { ...experimental, commands: { commands: [SHOW_EFFECTIVE, EXPLAIN] } };
  },
  initialize: () => undefined,
  getState: () => ({ kind: "static" }),
  clear: () => undefined,
};

/** The program: what the user names, what comes with the extension, or what is on the `PATH`. */
function program(context: vscode.ExtensionContext): string {
  const named = vscode.workspace.getConfiguration("talint").get<string>("path", "").trim();
  if (named !== "") {
    return named;
  }
  const own = path.join(context.extensionPath, "bin", process.platform === "win32" ? "talint.exe" : "talint");
  return fs.existsSync(own) ? own : "talint";
}

async function offerPath(command: string, error: unknown): Promise<void> {
  const choices = { path: "Set the Path", log: "Show Log" };
  const chosen = await vscode.window.showErrorMessage(
    `talint cannot be started as \`${command}\`: ${reason(error)}`,
    choices.path,
    choices.log,
  );
  if (chosen === choices.path) {
    await vscode.commands.executeCommand("workbench.action.openSettings", "talint.path");
  } else if (chosen === choices.log) {
    await vscode.commands.executeCommand("talint.showLog");
  }
}

function reason(error: unknown): string {
  if ((error as NodeJS.ErrnoException | undefined)?.code === "ENOENT") {
    return "there is no such program";
  }
  return error instanceof Error ? error.message : String(error);
}
