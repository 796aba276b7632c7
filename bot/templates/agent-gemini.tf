# Gemini CLI by Coder's module 3.0.2.

locals {
  model_providers = ["key", "vertex", "proxy"]
  model_environment = {
    key = {}
    vertex = merge(local.vertex, {
      GOOGLE_CLOUD_PROJECT  = var.model_project
      GOOGLE_CLOUD_LOCATION = var.model_region
    })
    proxy = {
      GOOGLE_GEMINI_BASE_URL = var.model_url
    }
  }[var.model_provider]
  task_app_id = try(module.agent[0].task_app_id, "")
}

module "agent" {
  count = data.coder_workspace.me.start_count
  # release/coder-labs/gemini/v3.0.2
  source                = "git::https://github.com/coder/registry.git//registry/coder-labs/modules/gemini?ref=56646718bc22e43be2c09ca0aa7430006cb859b5"
  agent_id              = coder_agent.main.id
  folder                = local.workdir
  task_prompt           = local.prompt
  gemini_system_prompt  = local.rules
  gemini_model          = var.model
  gemini_api_key        = var.model_provider == "vertex" ? "" : var.model_key
  use_vertexai          = var.model_provider == "vertex"
  additional_extensions = length(local.mcp) > 0 ? jsonencode(local.mcp) : null
  pre_install_script    = local.prepare
  enable_yolo_mode      = true # the workspace is the fence, and nobody could be asked
}
