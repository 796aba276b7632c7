--TEST--
array_sum() of three prices
--FILE--
<?php
echo 2 * array_sum([1, 2, 3]), "\n";
?>
--EXPECT--
6
