# Aider. Coder's module for it (2.0.1) has no app for a task, so it runs as a command. It neither
# clones nor pushes by itself: the lines of the prompt that say where to start are run for it.

variable "model_key_name" {
  type        = string
  description = "With model_provider key: the environment variable in which Aider wants it."
  default     = "ANTHROPIC_API_KEY"
}

locals {
  model_providers = ["key", "bedrock", "vertex", "proxy"]
  agent_install   = <<-EOT
    command -v aider >/dev/null || pipx install aider-chat || pip install --user aider-chat
  EOT
  agent_command   = <<-EOT
    set -euo pipefail
    prompt=$(mktemp)
    trap 'rm -f "$prompt"' EXIT
    cat >"$prompt"
    # The first fenced block: clone, enter, switch to the branch to push to.
    while IFS= read -r line; do
      case "$line" in
        "git clone "*) [ -d repository ] || eval "$line" ;;
        "cd "* | "git "*) eval "$line" ;;
      esac
    done < <(awk '/^```/ { n++; next } n == 1' "$prompt")
    aider --yes-always --no-check-update --no-stream --message-file "$prompt"
    git push origin HEAD
  EOT
  model_environment = merge(
    local.agent_environment,
    { AIDER_MODEL = var.model },
    {
      key     = { (var.model_key_name) = var.model_key }
      bedrock = local.bedrock
      vertex = merge(local.vertex, {
        VERTEXAI_PROJECT  = var.model_project
        VERTEXAI_LOCATION = var.model_region
      })
      proxy = {
        OPENAI_API_BASE = var.model_url
        OPENAI_API_KEY  = var.model_key
      }
    }[var.model_provider],
  )
}
