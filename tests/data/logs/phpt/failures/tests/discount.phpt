--TEST--
Bug #123 (discounts are rounded)
--FILE--
<?php
var_dump(round(0.125, 2));
echo $missing;
?>
--EXPECT--
float(0.13)
