package shop;

import java.util.Map;

public class Main {
    static int price(Map<String, Integer> prices, String name) {
        return prices.get(name);
    }

    public static void main(String[] args) {
        System.out.println("reading prices");
        try {
            System.out.println(Integer.parseInt("x1") + price(Map.of(), "tea"));
        } catch (NumberFormatException e) {
            throw new IllegalStateException("no price for tea", e);
        }
    }
}
