# Goose by Coder's module 3.0.1.

variable "goose_provider" {
  type        = string
  description = "With model_provider key: whose API it is, as Goose names it."
  default     = "anthropic"
}

locals {
  model_providers = ["key", "bedrock", "vertex", "proxy"]
  goose_provider = {
    key     = var.goose_provider
    bedrock = "aws_bedrock"
    vertex  = "gcp_vertex_ai"
    proxy   = "openai"
  }[var.model_provider]
  model_environment = merge(
    {
      GOOSE_MODE        = "auto" # the workspace is the fence, and nobody could be asked
      GOOSE_TASK_PROMPT = "${local.rules}\n${local.prompt}"
    },
    {
      key     = { "${upper(var.goose_provider)}_API_KEY" = var.model_key }
      bedrock = local.bedrock
      vertex = merge(local.vertex, {
        GCP_PROJECT_ID = var.model_project
        GCP_LOCATION   = var.model_region
      })
      proxy = {
        OPENAI_HOST    = var.model_url
        OPENAI_API_KEY = var.model_key
      }
    }[var.model_provider],
  )
  goose_mcp = {
    for name, server in local.mcp : name => {
      name    = name
      type    = "stdio"
      enabled = true
      timeout = 300
      cmd     = server.command
      args    = try(server.args, [])
      envs    = try(server.env, {})
    }
  }
  task_app_id = try(module.agent[0].task_app_id, "")
}

module "agent" {
  count = data.coder_workspace.me.start_count
  # release/coder/goose/v3.0.1
  source                = "git::https://github.com/coder/registry.git//registry/coder/modules/goose?ref=7c4ef92c8c145c223146f2542b8cfb77ceef965d"
  agent_id              = coder_agent.main.id
  folder                = local.workdir
  goose_provider        = local.goose_provider
  goose_model           = var.model
  additional_extensions = length(local.mcp) > 0 ? yamlencode(local.goose_mcp) : null
  pre_install_script    = local.prepare
}
