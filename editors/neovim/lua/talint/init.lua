-- The client side of talint's language server for Neovim. All knowledge is in the server; this starts it.

local M = {}

--- What the server is started with. `settings` are those of the command line, in camel case.
M.defaults = {
  cmd = { "talint", "lsp" },
  filetypes = { "yaml", "json" },
  root_markers = { "talint.yaml", ".git" },
  settings = {},
}

-- What the server may name as commands of the editor.
local SHOW_EFFECTIVE = "talint.showEffectiveConfiguration"
local EXPLAIN = "talint.explain"

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

--- What this client can do beyond Neovim itself: show what the server answers.
function M.capabilities()
  local capabilities = vim.lsp.protocol.make_client_capabilities()
  capabilities.experimental = { commands = { commands = { SHOW_EFFECTIVE, EXPLAIN } } }
  return capabilities
end

local function configuration(root)
  return {
    name = "talint",
    cmd = options.cmd,
    root_dir = root,
    settings = { talint = options.settings },
    init_options = options.settings,
    capabilities = M.capabilities(),
  }
end

local function find_client()
  local all = vim.lsp.get_clients or vim.lsp.get_active_clients
  for _, client in ipairs(all()) do
    if client.name == "talint" then
      return client
    end
  end
end

-- Shows a text beside the window, in a buffer that cannot be written.
local function show(name, filetype, text)
  vim.cmd("botright vnew")
  local buffer = vim.api.nvim_get_current_buf()
  vim.api.nvim_buf_set_lines(buffer, 0, -1, false, vim.split(text, "\n"))
  pcall(vim.api.nvim_buf_set_name, buffer, "talint://" .. name)
  vim.bo[buffer].filetype = filetype
  vim.bo[buffer].buftype = "nofile"
  vim.bo[buffer].bufhidden = "wipe"
  vim.bo[buffer].modifiable = false
end

local function ask(command, argument, answered)
  local client = find_client()
  if client == nil then
    vim.notify("talint does not run here", vim.log.levels.WARN)
    return
  end
  client.request("workspace/executeCommand", { command = command, arguments = { argument } }, function(_, answer)
    if type(answer) == "string" then
      answered(answer)
    else
      vim.notify("talint has nothing to show", vim.log.levels.INFO)
    end
  end, 0)
end

-- The kinds of views: what the server is asked, and what the answer is written in.
local VIEWS = {
  effective = { "talint.server.effectiveConfiguration", "yaml" },
  settings = { "talint.server.settings", "yaml" },
  compliance = { "talint.server.compliance", "markdown" },
}

--- Shows what a machine of the file gets, by name; without one, of the first, or the compliance of all.
function M.view(kind, machine, uri)
  local question, filetype = unpack(VIEWS[kind])
  local argument = { uri = uri or vim.uri_from_bufnr(0), machine = machine }
  ask(question, argument, function(text)
    show(kind .. "/" .. (machine or vim.fn.fnamemodify(vim.uri_to_fname(argument.uri), ":t")), filetype, text)
  end)
end

--- Shows what a rule, a setting or a field is.
function M.explain(name)
  ask("talint.server.explain", name, function(text)
    show("explain/" .. name, "markdown", text)
  end)
end

vim.lsp.commands[SHOW_EFFECTIVE] = function(command)
  local target = command.arguments[1]
  M.view("effective", target.machine, target.uri)
end
vim.lsp.commands[EXPLAIN] = function(command)
  M.explain(command.arguments[1])
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
      capabilities = M.capabilities(),
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
