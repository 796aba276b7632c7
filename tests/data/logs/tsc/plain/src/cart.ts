import { Item } from './item.js';

interface Line {
  name: string;
  price: number;
}

export class Cart {
  private lines: Line[] = [];

  add(line: Line): void {
    this.lines.push(line);
  }

  total(): string {
    return this.lines.reduce((sum, line) => sum + line.price, 0);
  }

  find(name: string): Line {
    return this.lines.find((line) => line.name === name);
  }
}

new Cart().add({ name: 'book' });
