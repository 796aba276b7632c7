# A task of Coder v2.30 and later: the prompt comes by `coder_task`.

data "coder_task" "me" {}

locals {
  prompt = data.coder_task.me.prompt
}

resource "coder_ai_task" "task" {
  count  = data.coder_workspace.me.start_count
  app_id = local.task_app_id
}
