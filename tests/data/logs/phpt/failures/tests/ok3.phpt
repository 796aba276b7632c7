--TEST--
strlen() of 3 characters
--FILE--
<?php
echo strlen(str_repeat("x", 3)), "\n";
?>
--EXPECT--
3
