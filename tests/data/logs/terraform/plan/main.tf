variable "environment" {
  type    = string
  default = "production"

  validation {
    condition     = contains(["dev", "prod"], var.environment)
    error_message = "The environment must be dev or prod."
  }
}

resource "terraform_data" "cart" {

  lifecycle {
    precondition {
      condition     = length(var.environment) < 5
      error_message = "The name is too long."
    }
  }
}

resource "terraform_data" "script" {
  provisioner "local-exec" {
    command = "echo deploying; exit 3"
  }
}
