let () = print_string (1 + 2)
let x = nope
