# A workspace for a chat: the agent and the key of its model live in Coder's control plane, so
# neither is here. The chat chooses a template by its description.

locals {
  model_script      = ""
  model_environment = {}
}

resource "coder_script" "prepare" {
  agent_id           = coder_agent.main.id
  display_name       = "Prepare"
  script             = local.prepare
  run_on_start       = true
  start_blocks_login = true
  timeout            = 1800
}
