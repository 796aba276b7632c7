import { foo } from './util'
console.log(foo)
