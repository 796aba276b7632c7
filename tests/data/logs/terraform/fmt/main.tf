resource "terraform_data" "cart" {
    input = 3
  triggers_replace=[1,2]
}
