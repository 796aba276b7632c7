Feature: Cart

  Scenario: sums prices
    Given an empty cart
    When I add a price of 5
    And I add a price of 7
    Then the total is 12

  Scenario Outline: discount codes
    Given an empty cart
    When I add a price of <price>
    And I use the code "<code>"
    Then the total is <total>

    Examples:
      | price | code   | total |
      | 10    | SUMMER | 9     |
      | 20    | WINTER | 10    |

  Scenario: is shipped
    Given an empty cart
    When I ship it
