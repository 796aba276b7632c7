package com.example

class Cart(private val prices: List<Int>) {
    fun total(): Int {
        val unused = 3
        return prices.sum() + tax
    }

    fun first(): Int = prices.firstOrNull()

    fun names(): List<String> = prices.map { it.name }
}
