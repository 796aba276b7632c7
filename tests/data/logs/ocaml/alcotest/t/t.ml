let () = Alcotest.run "shop" [ "cart", [ Alcotest.test_case "sum" `Quick (fun () -> Alcotest.(check int) "same" 3 (1+1)); Alcotest.test_case "ok" `Quick (fun () -> ()) ] ]
