# One pod and one claim for its home, in a namespace of your cluster.

terraform {
  required_version = ">= 1.9"
  required_providers {
    coder = {
      source  = "coder/coder"
      version = ">= 2.13"
    }
    kubernetes = {
      source  = "hashicorp/kubernetes"
      version = ">= 2.20"
    }
  }
}

variable "namespace" {
  type        = string
  description = "Namespace for the workspaces; it must exist."
}

variable "use_kubeconfig" {
  type        = bool
  description = "Use ~/.kube/config of the provisioner; false inside the cluster."
  default     = false
}

variable "cpu" {
  type        = string
  description = "Limit of processor time of the pod."
  default     = "4"
}

variable "memory" {
  type        = string
  description = "Limit of memory of the pod."
  default     = "8Gi"
}

variable "home_size" {
  type        = string
  description = "Size of the claim for the home directory."
  default     = "20Gi"
}

provider "kubernetes" {
  config_path = var.use_kubeconfig ? "~/.kube/config" : null
}

locals {
  # Label values of Kubernetes take no more than ids and names.
  pod_labels = {
    "app.kubernetes.io/name"     = "coder-workspace"
    "app.kubernetes.io/instance" = "coder-workspace-${data.coder_workspace.me.id}"
    "app.kubernetes.io/part-of"  = "coder"
    "com.coder.workspace.id"     = data.coder_workspace.me.id
    "com.coder.user.id"          = data.coder_workspace_owner.me.id
  }
}

resource "kubernetes_persistent_volume_claim_v1" "home" {
  metadata {
    name      = "coder-${data.coder_workspace.me.id}-home"
    namespace = var.namespace
    labels    = local.pod_labels
  }
  wait_until_bound = false
  spec {
    access_modes = ["ReadWriteOnce"]
    resources {
      requests = {
        storage = var.home_size
      }
    }
  }
}

resource "kubernetes_deployment_v1" "workspace" {
  count            = data.coder_workspace.me.start_count
  wait_for_rollout = false
  metadata {
    name      = "coder-${data.coder_workspace.me.id}"
    namespace = var.namespace
    labels    = local.pod_labels
  }
  spec {
    replicas = 1
    selector {
      match_labels = local.pod_labels
    }
    strategy {
      type = "Recreate"
    }
    template {
      metadata {
        labels = local.pod_labels
      }
      spec {
        # The agent has no business with the cluster.
        automount_service_account_token = false
        # Time for the shutdown script to keep the log and the agent's state of a paused task.
        termination_grace_period_seconds = 300
        security_context {
          run_as_user     = 1000
          fs_group        = 1000
          run_as_non_root = true
          seccomp_profile {
            type = "RuntimeDefault"
          }
        }
        container {
          name    = "workspace"
          image   = var.image
          command = ["sh", "-c", coder_agent.main.init_script]
          security_context {
            allow_privilege_escalation = false
            capabilities {
              drop = ["ALL"]
            }
          }
          env {
            name  = "CODER_AGENT_TOKEN"
            value = coder_agent.main.token
          }
          resources {
            requests = {
              cpu    = "500m"
              memory = "1Gi"
            }
            limits = {
              cpu    = var.cpu
              memory = var.memory
            }
          }
          volume_mount {
            mount_path = local.home
            name       = "home"
          }
        }
        volume {
          name = "home"
          persistent_volume_claim {
            claim_name = kubernetes_persistent_volume_claim_v1.home.metadata[0].name
          }
        }
      }
    }
  }
}
