import './gone'
const x = ;
