// What a machine gets, and what the server explains, as documents that cannot be written and that follow the files they
// come from.

import * as path from "node:path";
import * as vscode from "vscode";
import { ask, askOf, isServed, Question, Status } from "./server";

const SCHEME = "talint";

/** How long after the last change the views are worked out anew, in milliseconds. */
const DELAY = 200;

/** One kind of view: what the server is asked, and what the document is called. */
interface Kind {
  readonly question: Question;
  readonly name: (subject: string) => string;
}

export const EFFECTIVE: Kind = {
  question: "talint.server.effectiveConfiguration",
  name: (subject) => `${subject} (effective).yaml`,
};

export const SETTINGS: Kind = {
  question: "talint.server.settings",
  name: (subject) => `${subject} (settings)`,
};

export const COMPLIANCE: Kind = {
  question: "talint.server.compliance",
  name: (subject) => `${subject} (compliance).md`,
};

/** Stands for all machines of a project. */
const ALL = "All machines";

/** A rule, as the server lists it. */
interface Rule {
  readonly name: string;
  readonly severity: string;
  readonly profile: string;
  readonly summary: string;
}

/** What a view is of. It stands in the query of its address, so that a view outlives the window. */
interface Source {
  readonly question: Question;
  /** The file; what is explained has none. */
  readonly uri?: string;
  readonly machine?: string;
  /** What is explained. */
  readonly subject?: string;
}

export class Views implements vscode.TextDocumentContentProvider, vscode.DocumentLinkProvider, vscode.Disposable {
  private readonly texts = new Map<string, string>();
  private readonly changed = new vscode.EventEmitter<vscode.Uri>();
  private readonly disposables: vscode.Disposable[];
  private timer: NodeJS.Timeout | undefined;

  readonly onDidChange = this.changed.event;

  constructor() {
    const files = vscode.workspace.createFileSystemWatcher("**/*.{yaml,yml,json}");
    const refresh = (): void => this.refreshSoon();
    this.disposables = [
      files,
      files.onDidChange(refresh),
      files.onDidCreate(refresh),
      files.onDidDelete(refresh),
      vscode.workspace.registerTextDocumentContentProvider(SCHEME, this),
      vscode.languages.registerDocumentLinkProvider({ scheme: SCHEME }, this),
      vscode.workspace.onDidChangeTextDocument((event) => {
        if (isServed(event.document)) {
          refresh();
        }
      }),
      vscode.workspace.onDidCloseTextDocument((document) => this.texts.delete(document.uri.toString())),
    ];
  }

  dispose(): void {
    clearTimeout(this.timer);
    vscode.Disposable.from(this.changed, ...this.disposables).dispose();
  }

  /** Works the open views out anew, when nothing has changed for a moment. */
  refreshSoon(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      for (const document of vscode.workspace.textDocuments) {
        if (document.uri.scheme === SCHEME) {
          this.changed.fire(document.uri);
        }
      }
    }, DELAY);
  }

  async provideTextDocumentContent(view: vscode.Uri): Promise<string> {
    const source = sourceOf(view);
    const text =
      source.uri === undefined
        ? await askOf<string>(source.question, source.subject)
        : await ask<string>(source.question, vscode.Uri.parse(source.uri), source.machine);
    // The server knows open files only: a view of one that was closed stays as it was.
    const shown = text ?? this.texts.get(view.toString()) ?? "# Open the file that this is of, then open this again.\n";
    this.texts.set(view.toString(), shown);
    return shown;
  }

  /** Where a value comes from (`# patches/all.yaml:4`), as a link to that place. */
  provideDocumentLinks(document: vscode.TextDocument): vscode.DocumentLink[] {
    const { uri } = sourceOf(document.uri);
    if (uri === undefined) {
      return [];
    }
    const source = vscode.Uri.parse(uri);
    const folder = vscode.workspace.getWorkspaceFolder(source)?.uri ?? vscode.Uri.joinPath(source, "..");
    const lines = Array.from({ length: document.lineCount }, (_, number) => document.lineAt(number));
    return lines.flatMap((line) => origins(line, folder));
  }

  /** Opens a view of a machine of the file that is looked at, beside it. */
  async show(kind: Kind): Promise<void> {
    const document = vscode.window.activeTextEditor?.document;
    const told = document && (await ask<Status>("talint.server.status", document.uri));
    if (document === undefined || told === undefined) {
      void vscode.window.showInformationMessage("Open a Talos configuration first: talint sees none here.");
      return;
    }
    const choices = kind === COMPLIANCE ? [ALL, ...told.machines] : told.machines;
    const machine = told.machines.length > 1 ? await pick(choices) : told.machines[0];
    if (machine === undefined && told.machines.length > 1) {
      return;
    }
    await this.showOf(kind, document.uri, machine);
  }

  /** Opens a view of a file, or of one of its machines, beside it. */
  async showOf(kind: Kind, uri: vscode.Uri, chosen?: string): Promise<void> {
    const machine = chosen === ALL ? undefined : chosen;
    if ((await ask<string>(kind.question, uri, machine)) === undefined) {
      void vscode.window.showInformationMessage("Nothing comes of this file by itself: no machine is known that uses it.");
      return;
    }
    await open(kind.name(chosen ?? path.posix.basename(uri.path)), { question: kind.question, uri: uri.toString(), machine });
  }

  /** Opens what the server says of a rule, a setting or a field; of a rule that is chosen from all, when none is named. */
  async explain(named?: string): Promise<void> {
    const subject = named ?? (await pickRule());
    if (subject === undefined) {
      return;
    }
    if ((await askOf<string>("talint.server.explain", subject)) === undefined) {
      void vscode.window.showInformationMessage(`talint knows nothing of ${subject}.`);
      return;
    }
    await open(`talint: explain ${subject.replaceAll("/", " › ")}.md`, { question: "talint.server.explain", subject });
  }
}

/** Opens a view beside what is looked at: Markdown as it reads, all else as text. */
async function open(name: string, source: Source): Promise<void> {
  const view = vscode.Uri.from({ scheme: SCHEME, path: `/${name}`, query: JSON.stringify(source) });
  const opened = await vscode.workspace.openTextDocument(view);
  if (name.endsWith(".md")) {
    await vscode.commands.executeCommand("markdown.showPreviewToSide", view);
    return;
  }
  await vscode.window.showTextDocument(opened, { viewColumn: vscode.ViewColumn.Beside, preserveFocus: true });
}

function sourceOf(view: vscode.Uri): Source {
  return JSON.parse(view.query) as Source;
}

function pick(machines: readonly string[]): Thenable<string | undefined> {
  return vscode.window.showQuickPick([...machines], { placeHolder: "The machine" });
}

async function pickRule(): Promise<string | undefined> {
  const rules = (await askOf<readonly Rule[]>("talint.server.rules")) ?? [];
  const items = rules.map((rule) => ({
    label: rule.name,
    description: `${rule.severity}, profile ${rule.profile}`,
    detail: rule.summary,
  }));
  const chosen = await vscode.window.showQuickPick(items, { placeHolder: "The rule", matchOnDetail: true });
  return chosen?.label;
}

/** What a comment at the end of a line names: `# patches/all.yaml:4, in place of controlplane.yaml:11`. */
const ORIGIN = /(?<=# |, in place of )(?<file>[^\s,#][^,#]*):(?<line>\d+)(?=$|, in place of )/gu;

/** The links of a line to where its value comes from. */
function origins(line: vscode.TextLine, folder: vscode.Uri): vscode.DocumentLink[] {
  return [...line.text.matchAll(ORIGIN)].map((found) => {
    const { file = "", line: target = "" } = found.groups ?? {};
    const start = line.range.start.translate(0, found.index);
    const range = new vscode.Range(start, start.translate(0, found[0].length));
    const at = path.posix.isAbsolute(file) ? folder.with({ path: file }) : vscode.Uri.joinPath(folder, file);
    return new vscode.DocumentLink(range, at.with({ fragment: `L${target}` }));
  });
}
