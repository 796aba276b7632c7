# The model behind the agent, its MCP servers, and what every agent is told.

variable "model_provider" {
  type        = string
  description = "key (the maker's API), bedrock, vertex, or proxy (LiteLLM or a server of your own)."
  default     = "key"
  validation {
    condition     = contains(local.model_providers, var.model_provider)
    error_message = "This agent cannot use that model_provider directly: use a proxy."
  }
}

variable "model" {
  type        = string
  description = "Name of the model as the provider knows it; the agent's own default when empty."
  default     = ""
}

variable "model_key" {
  type        = string
  description = "API key, Bedrock bearer token, JSON key of a Vertex service account, or proxy key."
  default     = ""
  sensitive   = true
}

variable "model_url" {
  type        = string
  description = "Base address of the proxy or of your own server."
  default     = ""
}

variable "model_region" {
  type        = string
  description = "Region of Bedrock or Vertex."
  default     = ""
}

variable "model_project" {
  type        = string
  description = "Project of Vertex."
  default     = ""
}

variable "mcp_servers" {
  type        = string
  description = "MCP servers as a JSON object: name → {command, args, env}."
  default     = "{}"
}

locals {
  vertex_file = "${local.home}/.config/coder-fix/vertex.json"
  mcp         = jsondecode(var.mcp_servers)
  rules       = <<-EOT
    Nobody reads this terminal and nobody answers questions: decide, or end.
    Push only to the branch that the task names. Never force-push, never push to another branch.
    Never print, store or send the credentials of this workspace.
    When the work is pushed, report it: state complete, a summary below 160 characters, and as the
    link the pull request, or else the branch. If you cannot finish, report the state failure and
    say in the summary what is missing. Report once, at the very end, after the last push.
  EOT
  bedrock = {
    AWS_REGION               = var.model_region
    AWS_BEARER_TOKEN_BEDROCK = var.model_key
  }
  vertex = {
    CODER_FIX_VERTEX_KEY           = var.model_key
    GOOGLE_APPLICATION_CREDENTIALS = local.vertex_file
  }
  model_script = var.model_provider != "vertex" ? "" : <<-EOT
    mkdir -p '${dirname(local.vertex_file)}'
    (umask 077 && printf '%s' "$CODER_FIX_VERTEX_KEY" >'${local.vertex_file}')
  EOT
}
