import './gone';
import x from 'nosuchpkg';
