--TEST--
strlen() of 2 characters
--FILE--
<?php
echo strlen(str_repeat("x", 2)), "\n";
?>
--EXPECT--
2
