# GitHub by a token of the bot's own account, so that its pushes start checks.

variable "github_token" {
  type        = string
  description = "Token of the bot's GitHub account. Fine-grained: contents and pull requests, write."
  sensitive   = true
}

locals {
  # The agent needs nothing else that belongs to the workspace's owner.
  agent_key_scope = "no_user_data"
  credentials = {
    (var.github_host == "github.com" ? "GH_TOKEN" : "GH_ENTERPRISE_TOKEN") = var.github_token
  }
  # Pushes go by gh, not by Coder's own askpass, which knows no token here.
  credentials_script = "gh auth setup-git --hostname '${var.github_host}'"
}
