#[test] fn a_ok(){}
fn r(n:u64)->u64{ if n==0 {0} else { r(n+1)+1 } }
#[test] fn stack() { println!("{}", r(1)); }
