# Codex by Coder's module 4.3.1, the last line that knows Tasks.

locals {
  model_providers   = ["key", "proxy"]
  model_environment = var.model_provider == "proxy" ? { CODER_FIX_MODEL_KEY = var.model_key } : {}
  task_app_id       = try(module.agent[0].task_app_id, "")
  codex_proxy       = <<-EOT
    [model_providers.proxy]
    name = "proxy"
    base_url = ${jsonencode(var.model_url)}
    env_key = "CODER_FIX_MODEL_KEY"
    wire_api = "responses"
  EOT
  # Codex's own sandbox keeps .git read-only, so nothing could be committed in it.
  codex_config = <<-EOT
    sandbox_mode = "danger-full-access"
    approval_policy = "never"
    preferred_auth_method = "apikey"
    model_provider = "${var.model_provider == "proxy" ? "proxy" : "openai"}"

    ${var.model_provider == "proxy" ? local.codex_proxy : ""}
    [projects."${local.workdir}"]
    trust_level = "trusted"
  EOT
  codex_mcp = [
    for name, server in local.mcp : join("\n", [
      "[mcp_servers.${jsonencode(name)}]",
      "command = ${jsonencode(server.command)}",
      "args = ${jsonencode(try(server.args, []))}",
      "env = { ${join(", ", [
        for key, value in try(server.env, {}) : "${jsonencode(key)} = ${jsonencode(value)}"
      ])} }",
    ])
  ]
}

module "agent" {
  count = data.coder_workspace.me.start_count
  # release/coder-labs/codex/v4.3.1
  source                 = "git::https://github.com/coder/registry.git//registry/coder-labs/modules/codex?ref=ce50e52fc5e07576c0457cc646d8f4b3d1ee98ec"
  agent_id               = coder_agent.main.id
  workdir                = local.workdir
  ai_prompt              = local.prompt
  codex_system_prompt    = local.rules
  codex_model            = var.model != "" ? var.model : "gpt-5.4"
  openai_api_key         = var.model_provider == "key" ? var.model_key : ""
  base_config_toml       = local.codex_config
  additional_mcp_servers = join("\n\n", local.codex_mcp)
  pre_install_script     = local.prepare
}
