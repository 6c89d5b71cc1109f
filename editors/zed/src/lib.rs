//! The extension for Zed: says how the language server is started, and passes settings on.

use zed_extension_api::settings::LspSettings;
use zed_extension_api::{self as zed, Command, LanguageServerId, Result, Worktree, serde_json};

struct Talint;

impl zed::Extension for Talint {
    fn new() -> Self {
        Self
    }

    /// The program that the settings name, else the one on the `PATH`.
    fn language_server_command(&mut self, server: &LanguageServerId, worktree: &Worktree) -> Result<Command> {
        let binary = settings(server, worktree)?.binary;
        let named = binary.as_ref().and_then(|binary| binary.path.clone());
        let command = named.or_else(|| worktree.which("talint"));
        let command = command.ok_or("`talint` is not on the `PATH`, and `lsp.talint.binary.path` names no other")?;
        let args = binary.and_then(|binary| binary.arguments).unwrap_or_else(|| vec!["lsp".to_owned()]);
        Ok(Command { command, args, env: worktree.shell_env() })
    }

    fn language_server_initialization_options(
        &mut self,
        server: &LanguageServerId,
        worktree: &Worktree,
    ) -> Result<Option<serde_json::Value>> {
        Ok(settings(server, worktree)?.settings)
    }

    /// The settings, under the name by which the server asks for them.
    fn language_server_workspace_configuration(
        &mut self,
        server: &LanguageServerId,
        worktree: &Worktree,
    ) -> Result<Option<serde_json::Value>> {
        let settings = settings(server, worktree)?.settings;
        Ok(settings.map(|settings| serde_json::json!({ "talint": settings })))
    }
}

fn settings(server: &LanguageServerId, worktree: &Worktree) -> Result<LspSettings> {
    LspSettings::for_worktree(server.as_ref(), worktree)
}

zed::register_extension!(Talint);
