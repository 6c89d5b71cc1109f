-- The client side of talint's language server for Neovim. All knowledge is in the server; this starts it.

local M = {}

--- What the server is started with. `settings` are those of the command line, in camel case.
M.defaults = {
  cmd = { "talint", "lsp" },
  filetypes = { "yaml", "json" },
  root_markers = { "talint.yaml", ".git" },
  settings = {},
}

local options = M.defaults
-- One server a root folder, for versions of Neovim that do not keep count by themselves.
local clients = {}

local function find_root(buffer)
  local path = vim.api.nvim_buf_get_name(buffer)
  local folder = vim.fn.fnamemodify(path, ":p:h")
  local at = folder
  while at ~= "" do
    for _, marker in ipairs(options.root_markers) do
      if vim.fn.filereadable(at .. "/" .. marker) == 1 or vim.fn.isdirectory(at .. "/" .. marker) == 1 then
        return at
      end
    end
    local parent = vim.fn.fnamemodify(at, ":h")
    if parent == at then
      break
    end
    at = parent
  end
  return folder
end

local function configuration(root)
  return {
    name = "talint",
    cmd = options.cmd,
    root_dir = root,
    settings = { talint = options.settings },
    init_options = options.settings,
  }
end

--- Attaches the server to a buffer. Of files that are not Talos's it says nothing.
function M.attach(buffer)
  buffer = (buffer == nil or buffer == 0) and vim.api.nvim_get_current_buf() or buffer
  local root = find_root(buffer)
  if vim.lsp.start then
    return vim.lsp.start(configuration(root), { bufnr = buffer })
  end
  local client = clients[root]
  if client == nil or vim.lsp.get_client_by_id(client) == nil then
    client = vim.lsp.start_client(configuration(root))
    clients[root] = client
  end
  if client then
    vim.lsp.buf_attach_client(buffer, client)
  end
  return client
end

--- Starts the server for YAML files from now on. From Neovim 0.11 on `vim.lsp.enable("talint")` does the same.
function M.setup(user)
  options = vim.tbl_deep_extend("force", M.defaults, user or {})
  if vim.lsp.config then
    vim.lsp.config("talint", {
      cmd = options.cmd,
      filetypes = options.filetypes,
      root_markers = options.root_markers,
      settings = { talint = options.settings },
      init_options = options.settings,
    })
    vim.lsp.enable("talint")
    return
  end
  local group = vim.api.nvim_create_augroup("talint", { clear = true })
  vim.api.nvim_create_autocmd("FileType", {
    group = group,
    pattern = options.filetypes,
    callback = function(event)
      M.attach(event.buf)
    end,
  })
end

return M
