# A task of Coder up to v2.29: the prompt comes as the parameter `AI Prompt`, which Coder fills.

data "coder_parameter" "ai_prompt" {
  name        = "AI Prompt" # exact, and case counts
  type        = "string"
  description = "Filled by Coder when a task is created."
  default     = ""
  mutable     = true
}

locals {
  prompt = data.coder_parameter.ai_prompt.value
}

resource "coder_ai_task" "task" {
  count = data.coder_workspace.me.start_count
  sidebar_app {
    id = local.task_app_id
  }
}
