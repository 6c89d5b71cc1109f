// The status bar: which Talos the file that is looked at is held to, and how strictly.

import * as vscode from "vscode";
import { ask, isServed, programVersion, Status } from "./server";

/** True in `when` clauses while a file of Talos is looked at. */
const IS_TALOS = "talint.isTalos";

const COMMANDS = {
  "talint.effectiveConfiguration": "Effective configuration",
  "talint.settings": "Effective settings",
  "talint.compliance": "Compliance",
  "talint.showLog": "Log",
  "talint.restart": "Restart",
};

export function createStatus(): vscode.StatusBarItem {
  const item = vscode.window.createStatusBarItem("talint.status", vscode.StatusBarAlignment.Right, 90);
  item.name = "talint";
  item.command = "talint.settings";
  return item;
}

/** Says what holds for the editor that is looked at, and nothing for what is not Talos's. */
export async function updateStatus(item: vscode.StatusBarItem): Promise<void> {
  const editor = vscode.window.activeTextEditor;
  const document = editor !== undefined && isServed(editor.document) ? editor.document : undefined;
  const told = document && (await ask<Status>("talint.server.status", document.uri));
  if (editor !== vscode.window.activeTextEditor) {
    // Another editor is looked at by now, and has its own update.
    return;
  }
  void vscode.commands.executeCommand("setContext", IS_TALOS, told !== undefined);
  if (told === undefined) {
    item.hide();
    return;
  }
  item.text = `Talos ${told.talosVersion} · ${told.profile}`;
  item.tooltip = tooltip(told);
  item.show();
}

function tooltip(told: Status): vscode.MarkdownString {
  const text = new vscode.MarkdownString();
  text.isTrusted = { enabledCommands: Object.keys(COMMANDS) };
  const lines = [`Talos ${told.talosVersion}: ${told.talosVersionSource}`, `Profile: ${told.profile}`];
  if (told.machines.length > 0) {
    lines.push(`Machines: ${told.machines.join(", ")}`);
  }
  for (const line of lines) {
    // What names of the user's hold is text, not markup.
    text.appendText(line).appendMarkdown("\n\n");
  }
  const links = Object.entries(COMMANDS).map(([command, title]) => `[${title}](command:${command})`);
  text.appendMarkdown(`---\n\n${links.join(" · ")}\n\n`);
  return text.appendText(programVersion() ?? "");
}
