# One container and one volume for its home, on the Docker of the provisioner.

terraform {
  required_version = ">= 1.9"
  required_providers {
    coder = {
      source  = "coder/coder"
      version = ">= 2.13"
    }
    docker = {
      source  = "kreuzwerker/docker"
      version = ">= 3.0"
    }
  }
}

variable "memory_mb" {
  type        = number
  description = "Memory of the container in megabytes."
  default     = 8192
}

variable "allow_sudo" {
  type        = bool
  description = "Let processes gain rights inside the container, as sudo does."
  default     = false
}

provider "docker" {}

resource "docker_volume" "home" {
  name = "coder-${data.coder_workspace.me.id}-home"
  lifecycle {
    ignore_changes = all
  }
  dynamic "labels" {
    for_each = local.labels
    content {
      label = labels.key
      value = labels.value
    }
  }
}

resource "docker_container" "workspace" {
  count    = data.coder_workspace.me.start_count
  image    = var.image
  name     = "coder-${data.coder_workspace.me.id}"
  hostname = lower(data.coder_workspace.me.name)
  # A Coder on this very machine is another address from inside the container.
  entrypoint = [
    "sh", "-c",
    replace(coder_agent.main.init_script, "/localhost|127\\.0\\.0\\.1/", "host.docker.internal"),
  ]
  env    = ["CODER_AGENT_TOKEN=${coder_agent.main.token}"]
  memory = var.memory_mb
  # Time for the shutdown script to keep the log and the agent's state of a paused task.
  stop_signal           = "SIGINT"
  stop_timeout          = 300
  destroy_grace_seconds = 300
  security_opts         = var.allow_sudo ? [] : ["no-new-privileges:true"]
  dynamic "capabilities" {
    for_each = var.allow_sudo ? [] : [true]
    content {
      drop = ["ALL"]
    }
  }
  host {
    host = "host.docker.internal"
    ip   = "host-gateway"
  }
  volumes {
    container_path = local.home
    volume_name    = docker_volume.home.name
  }
  dynamic "labels" {
    for_each = local.labels
    content {
      label = labels.key
      value = labels.value
    }
  }
}
