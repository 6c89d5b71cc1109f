-- For Neovim 0.11 and later: `vim.lsp.enable("talint")`.
return {
  cmd = { "talint", "lsp" },
  filetypes = { "yaml", "json" },
  root_markers = { "talint.yaml", ".git" },
  capabilities = require("talint").capabilities(),
}
