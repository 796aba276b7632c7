# Claude Code by Coder's module 4.9.2, the last line that knows Tasks (5.0.0 dropped them).

locals {
  model_providers = ["key", "bedrock", "vertex", "proxy"]
  model_environment = {
    key = {}
    bedrock = merge(local.bedrock, {
      CLAUDE_CODE_USE_BEDROCK = "1"
    })
    vertex = merge(local.vertex, {
      CLAUDE_CODE_USE_VERTEX      = "1"
      ANTHROPIC_VERTEX_PROJECT_ID = var.model_project
      CLOUD_ML_REGION             = var.model_region
    })
    proxy = {
      ANTHROPIC_BASE_URL   = var.model_url
      ANTHROPIC_AUTH_TOKEN = var.model_key
    }
  }[var.model_provider]
  task_app_id = try(module.agent[0].task_app_id, "")
}

module "agent" {
  count = data.coder_workspace.me.start_count
  # release/coder/claude-code/v4.9.2
  source                       = "git::https://github.com/coder/registry.git//registry/coder/modules/claude-code?ref=d3885a504787a29d10ebc85737e2873ed7d79b42"
  agent_id                     = coder_agent.main.id
  workdir                      = local.workdir
  ai_prompt                    = local.prompt
  system_prompt                = local.rules
  model                        = var.model
  claude_api_key               = var.model_provider == "key" ? var.model_key : ""
  mcp                          = length(local.mcp) > 0 ? jsonencode({ mcpServers = local.mcp }) : ""
  pre_install_script           = local.prepare
  dangerously_skip_permissions = true # the workspace is the fence, and nobody could be asked
  disable_autoupdater          = true
}
