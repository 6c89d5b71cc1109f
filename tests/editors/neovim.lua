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

local document = { uri = vim.uri_from_bufnr(buffer) }

--- Takes the action of that title for what is at a place.
local function act(title, position)
  local actions = request("textDocument/codeAction", {
    textDocument = document,
    range = { start = position, ["end"] = position },
    context = { diagnostics = {} },
  })
  for _, action in ipairs(actions) do
    if action.title == title then
      vim.lsp.util.apply_workspace_edit(action.edit, "utf-16")
      return
    end
  end
  error(title .. " is not among " .. vim.inspect(actions))
end

local function text()
  return table.concat(vim.api.nvim_buf_get_lines(buffer, 0, -1, false), "\n") .. "\n"
end

wait_for(function()
  return #diagnostics() == 2
end)

local seen = { before = {} }
for _, diagnostic in ipairs(diagnostics()) do
  table.insert(seen.before, { line = diagnostic.lnum, column = diagnostic.col, text = diagnostic.message })
end

local key, value = unpack(diagnostics())
local function place(diagnostic)
  return { line = diagnostic.lnum, character = diagnostic.col }
end
seen.hover = request("textDocument/hover", {
  textDocument = document,
  position = place(value),
}).contents.value

act("Rename to `certSANs`", place(key))
wait_for(function()
  return #diagnostics() == 1
end)
seen.fixed = text()

act("Let `sysctl/weakened` pass here", place(value))
wait_for(function()
  return #diagnostics() == 0
end)
seen.text = text()

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
