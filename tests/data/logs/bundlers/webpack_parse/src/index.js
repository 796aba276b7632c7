import './gone';
import x from 'nosuchpkg';
const a = {
