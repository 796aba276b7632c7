<?php
use PHPUnit\Framework\TestCase;
use Widgets\Cart;

require_once __DIR__ . '/../src/Cart.php';

final class CartTest extends TestCase
{
    public function testEmpty(): void
    {
        $this->assertSame(0, (new Cart())->total([]));
    }

    /** @dataProvider prices */
    public function testTotal(int $expected, array $prices): void
    {
        $this->assertSame($expected, (new Cart())->total($prices), 'the total is wrong');
    }

    public static function prices(): array
    {
        return ['none' => [0, []], 'three' => [6, [1, 2, 3]], [4, [2, 2]]];
    }

    public function testDiscount(): void
    {
        $this->assertSame(0.1, (new Cart())->discount('SUMMER'));
    }

    public function testItems(): void
    {
        $this->assertEquals(['pen' => 1, 'ink' => 2], ['pen' => 1, 'ink' => 3]);
    }

    public function testLater(): void
    {
        $this->markTestIncomplete('not written yet');
    }

    public function testNothing(): void
    {
    }
}
