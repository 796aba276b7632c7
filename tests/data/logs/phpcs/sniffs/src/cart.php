<?php
class cart {
    function total(array $prices) {
        $sum=array_sum($prices);
        if ($sum > 10) return 10;
        return $sum; // this comment makes the line longer than the one hundred and twenty characters that are allowed in it
    }
}
