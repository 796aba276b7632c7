resource "terraform_data" "migrate" {
  provisioner "local-exec" {
    command = "echo 'relation prices does not exist' >&2; exit 3"
  }
}

check "health" {
  assert {
    condition     = terraform_data.migrate.output != null
    error_message = "No output."
  }
}
