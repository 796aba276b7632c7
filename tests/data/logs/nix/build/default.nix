let
  sh = name: script: deps: derivation {
    inherit name deps;
    system = builtins.currentSystem;
    builder = "/bin/sh";
    args = [ "-c" script ];
  };
  prices = sh "prices-1.0" "echo 'unpacking prices'; echo 'checking prices.csv'; echo 'prices.csv:3: missing column total' >&2; exit 2" [ ];
in
sh "cart-1.0" "echo ok > $out" [ prices ]
