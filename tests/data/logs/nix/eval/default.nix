let
  pkgs = { hello = "hello"; };
in
{
  cart = pkgs.helo;
}
