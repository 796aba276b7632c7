# The workspace's agent: who commits, what it may use, what is prepared before work begins.

variable "git_name" {
  type        = string
  description = "Name in the commits. A service account has no full name to take it from."
  default     = "ci-repair-bot"
}

variable "git_email" {
  type        = string
  description = "Address in the commits. A service account has none of its own."
  default     = "ci-repair-bot@users.noreply.github.com"
}

variable "github_host" {
  type        = string
  description = "Host of GitHub, such as that of an Enterprise Server."
  default     = "github.com"
}

variable "image" {
  type        = string
  description = "Container image with bash, git and gh, a user 1000 named coder, and your toolchain."
  default     = "codercom/example-universal:ubuntu"
}

variable "architecture" {
  type        = string
  description = "Processor of the machines: amd64 or arm64."
  default     = "amd64"
}

variable "setup_script" {
  type        = string
  description = "Shell lines to run in each new workspace before the agent starts."
  default     = ""
}

variable "environment" {
  type        = string
  description = "Further environment variables as a JSON object of strings."
  default     = "{}"
  sensitive   = true
}

data "coder_workspace" "me" {}
data "coder_workspace_owner" "me" {}

locals {
  home    = "/home/coder"
  workdir = "/home/coder/work"
  labels = {
    "coder.owner"        = data.coder_workspace_owner.me.name
    "coder.owner_id"     = data.coder_workspace_owner.me.id
    "coder.workspace_id" = data.coder_workspace.me.id
  }
  prepare = <<-EOT
    #!/bin/bash
    set -euo pipefail
    mkdir -p '${local.workdir}'
    for tool in git gh; do
      command -v "$tool" >/dev/null || {
        echo "coder-fix: the image of this template has no $tool" >&2
        exit 1
      }
    done
    ${local.credentials_script}
    ${local.model_script}
    ${var.setup_script}
  EOT
}

resource "coder_agent" "main" {
  os            = "linux"
  arch          = var.architecture
  api_key_scope = local.agent_key_scope
  env = merge(
    {
      GIT_AUTHOR_NAME     = var.git_name
      GIT_AUTHOR_EMAIL    = var.git_email
      GIT_COMMITTER_NAME  = var.git_name
      GIT_COMMITTER_EMAIL = var.git_email
      # Nobody is there to answer a prompt.
      GIT_TERMINAL_PROMPT = "0"
      GH_HOST             = var.github_host
      GH_PROMPT_DISABLED  = "1"
    },
    local.credentials,
    local.model_environment,
    jsondecode(var.environment),
  )
}
