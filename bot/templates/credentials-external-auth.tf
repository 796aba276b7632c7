# GitHub by the external authentication that the workspace's owner has linked in Coder: the bot's,
# or that of the developer for whom the session runs (coder-username).

variable "external_auth_id" {
  type        = string
  description = "Id of the external auth provider in Coder (CODER_EXTERNAL_AUTH_0_ID)."
  default     = "github"
}

data "coder_external_auth" "github" {
  id = var.external_auth_id
  # Required ones end each session of an owner who has not linked it, with nobody there to do so.
  optional = true
}

locals {
  # Coder's askpass reads the token anew for each push, which this scope permits.
  agent_key_scope = "all"
  credentials = {
    (var.github_host == "github.com" ? "GH_TOKEN" : "GH_ENTERPRISE_TOKEN") = (
      data.coder_external_auth.github.access_token
    )
  }
  credentials_script = <<-EOT
    if [ -z "$${GH_TOKEN:-$${GH_ENTERPRISE_TOKEN:-}}" ]; then
      echo "coder-fix: the owner of this workspace has not linked ${var.external_auth_id}" >&2
      exit 1
    fi
  EOT
}
