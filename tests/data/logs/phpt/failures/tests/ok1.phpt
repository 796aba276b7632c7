--TEST--
strlen() of 1 characters
--FILE--
<?php
echo strlen(str_repeat("x", 1)), "\n";
?>
--EXPECT--
1
