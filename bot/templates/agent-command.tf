# A command of your own: it reads the prompt from its standard input, and ends when it is done.

variable "agent_command" {
  type        = string
  description = "Shell line that works in the current folder, with the prompt on standard input."
}

locals {
  model_providers = ["key", "bedrock", "vertex", "proxy"]
  agent_command   = var.agent_command
  agent_install   = ""
  model_environment = merge(local.agent_environment, local.bedrock, local.vertex, {
    MCP_SERVERS    = var.mcp_servers
    MODEL_PROVIDER = var.model_provider
    MODEL          = var.model
    MODEL_KEY      = var.model_key
    MODEL_URL      = var.model_url
    MODEL_REGION   = var.model_region
    MODEL_PROJECT  = var.model_project
  })
}
