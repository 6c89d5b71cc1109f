-- Opens a file in Neovim with the server attached, and writes what a person would see to a file.
-- Arguments through the environment: TALINT, PLUGIN, FILE, OUT.

local talint = assert(os.getenv("TALINT"))
vim.opt.runtimepath:prepend(assert(os.getenv("PLUGIN")))

-- Started by hand, for in a headless Neovim no file type is detected.
local plugin = require("talint")
plugin.setup({ cmd = { talint, "lsp" }, settings = { ignore = { "kernel/" } } })
vim.cmd("edit " .. vim.fn.fnameescape(assert(os.getenv("FILE"))))
local buffer = vim.api.nvim_get_current_buf()
vim.bo[buffer].filetype = "yaml"

local function wait_for(what)
  assert(vim.wait(20000, what, 10), "nothing came in time")
end

local function diagnostics()
  return vim.diagnostic.get(buffer)
end

local function request(method, params)
  local answers = assert(vim.lsp.buf_request_sync(buffer, method, params, 20000))
  local _, answer = next(answers)
  assert(answer and not answer.error, vim.inspect(answer))
  return answer.result
end

wait_for(function()
  return #diagnostics() > 0
end)

local seen = { before = {}, after = {} }
for _, diagnostic in ipairs(diagnostics()) do
  table.insert(seen.before, { line = diagnostic.lnum, column = diagnostic.col, text = diagnostic.message })
end

local first = diagnostics()[1]
local position = { line = first.lnum, character = first.col }
local document = { uri = vim.uri_from_bufnr(buffer) }
seen.hover = request("textDocument/hover", { textDocument = document, position = position }).contents.value

local actions = request("textDocument/codeAction", {
  textDocument = document,
  range = { start = position, ["end"] = position },
  context = { diagnostics = {} },
})
seen.action = actions[1].title
vim.lsp.util.apply_workspace_edit(actions[1].edit, "utf-16")
wait_for(function()
  return #diagnostics() == 0
end)
seen.text = table.concat(vim.api.nvim_buf_get_lines(buffer, 0, -1, false), "\n") .. "\n"

-- What the server answers is shown in a window beside the file.
local function shown(open, filetype, ...)
  open(...)
  wait_for(function()
    return not vim.bo.modifiable
  end)
  assert(vim.bo.filetype == filetype)
  local text = table.concat(vim.api.nvim_buf_get_lines(0, 0, -1, false), "\n")
  vim.cmd("bwipeout")
  return text
end
seen.explained = shown(plugin.explain, "markdown", "sysctl/weakened")
seen.settings = shown(plugin.view, "yaml", "settings")
-- As a lens or an action asks for it.
local command = { title = "", command = "talint.showEffectiveConfiguration", arguments = { document } }
seen.effective = shown(vim.lsp.commands[command.command], "yaml", command)

local out = assert(io.open(assert(os.getenv("OUT")), "w"))
out:write(vim.fn.json_encode(seen))
out:close()
vim.cmd("qa!")
