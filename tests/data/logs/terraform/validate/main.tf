variable "size" {
  type = number
}

resource "terraform_data" "cart" {
  input = var.sizes
  colour = "blue"
}

output "total" {
  value = terraform_data.carts.output
}
