# An agent that is a command: AgentAPI shows its output, agent.sh runs it and reports its end.

locals {
  agent_environment = {
    CODER_FIX_COMMAND = local.agent_command
    CODER_FIX_PROMPT  = local.prompt
    CODER_FIX_RULES   = local.rules
  }
  agent_folder = "${local.home}/.coder-fix"
  task_app_id  = try(module.agent[0].task_app_id, "")
}

module "agent" {
  count = data.coder_workspace.me.start_count
  # release/coder/agentapi/v2.4.0
  source               = "git::https://github.com/coder/registry.git//registry/coder/modules/agentapi?ref=344b02e4abf5f210a1e484b38e8720feb2505002"
  agent_id             = coder_agent.main.id
  folder               = local.workdir
  module_dir_name      = ".coder-fix"
  web_app_slug         = "agent"
  web_app_icon         = "/emojis/1f527.png"
  web_app_display_name = "Agent"
  cli_app_slug         = "agent-cli"
  cli_app_display_name = "Agent CLI"
  agentapi_subdomain   = false
  pre_install_script   = local.prepare
  install_script       = local.agent_install
  start_script         = <<-EOT
    #!/bin/bash
    set -euo pipefail
    echo '${base64encode(file("${path.module}/agent.sh"))}' | base64 -d >'${local.agent_folder}/agent.sh'
    exec agentapi server --type=custom --term-width=80 --term-height=1000 -- \
      bash '${local.agent_folder}/agent.sh' '${local.workdir}'
  EOT
}
